"""The portal and, beside it on the same server, a bare Django page: session, login, one query, a small template."""

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sop_portal.settings")

import django

django.setup()

from django.contrib.auth.decorators import login_required  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import Context, Engine  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.urls import path  # noqa: E402

from sop_portal.foundation.organisation.models import User  # noqa: E402

TEMPLATE = Engine().from_string(
    "<!doctype html><title>Bare</title><h1>{{ person.name }}</h1><p>{{ people }} people</p>"
)
ONLY = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


@login_required
def bare(request: HttpRequest) -> HttpResponse:
    """As little as a page for people who are signed in can be."""
    return HttpResponse(TEMPLATE.render(Context({"person": request.user, "people": User.objects.count()})))


urlpatterns = [path("bare/", bare)]


class BareHandler(WSGIHandler):
    """Django with two middlewares and one address."""

    def get_response(self, request: HttpRequest) -> Any:
        """Answer from the addresses of this module."""
        request.urlconf = __name__  # type: ignore[attr-defined]
        return super().get_response(request)


with override_settings(MIDDLEWARE=ONLY):
    plain = BareHandler()
portal = WSGIHandler()
# As the portal's own entrance does, for both.
import_module("sop_portal.urls")
gc.freeze()


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """The bare page under /bare/, the portal everywhere else."""
    handler = plain if environ["PATH_INFO"] == "/bare/" else portal
    return handler(environ, start_response)

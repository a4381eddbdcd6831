"""The pages of what went wrong: with the number of the request, and apart where the database is away."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import wants_json

RETRY_AFTER = "10"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent cannot be understood."""
    return _page(request, "400.html", 400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our mistake, or the database's absence."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return database_away(request)
    return _page(request, "500.html", 500)


def database_away(request: HttpRequest) -> HttpResponse:
    """The database does not answer, or not in time: come back in a moment, nothing is lost."""
    return _later(request, "503.html", _("The portal does not reach its database. Try again in a minute."))


def being_upgraded(request: HttpRequest) -> HttpResponse:
    """A new version is being put in."""
    return _later(request, "upgrade.html", _("The portal is being upgraded. Try again in a minute."))


def _later(request: HttpRequest, template: str, sentence: StrOrPromise) -> HttpResponse:
    # Nobody has looked up whose request it is: cookie and browser say the language.
    with translation.override(translation.get_language_from_request(request)):
        if wants_json(request):
            answer: HttpResponse = JsonResponse({"refused": str(sentence)}, status=503)
        else:
            answer = _page(request, template, 503)
    answer.headers["Retry-After"] = RETRY_AFTER
    return answer


def _page(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """A page that asks nobody: no person, no database."""
    context = {"request_id": getattr(request, "request_id", "")}
    return HttpResponse(loader.get_template(template).render(context), status=status)

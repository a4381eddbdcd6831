"""The demonstration made anew, in either language: whatever was tried in it goes."""

import logging
import subprocess

from django.conf import settings
from django.contrib.auth import logout
from django.core.management.base import CommandError
from django.db import DatabaseError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from sop_portal.demo.emptying import MadeAlready, make_anew
from sop_portal.demo.sign_in_help import is_demonstration
from sop_portal.foundation.organisation.access import Request, open_to_all

logger = logging.getLogger(__name__)


@open_to_all
def ask_to_make_anew(request: Request) -> HttpResponse:
    """Say what goes, and offer both languages; there is no such page where this is no demonstration."""
    if not is_demonstration():
        raise Http404
    return _show(request)


def _show(request: Request, status: int = 200, **said: bool) -> HttpResponse:
    answer = render(request, "demo/anew.html", {"languages": settings.LANGUAGES, **said}, status=status)
    if status != 200:
        answer.headers["Retry-After"] = "60"
    return answer


@open_to_all
@require_POST
def make(request: Request) -> HttpResponseBase:
    """Make the demonstration anew, for anybody who could sign in to it, and lead to its sign-in page."""
    language = request.POST.get("language", "")
    if not is_demonstration() or language not in dict(settings.LANGUAGES):
        raise Http404
    logout(request)
    try:
        make_anew(language)
    except MadeAlready:
        return _show(request, 409, is_made_already=True)
    except (subprocess.CalledProcessError, CommandError, DatabaseError, OSError):
        logger.exception("The demonstration was not made anew")
        return _show(request, 503, has_failed=True)
    response = redirect("account_login")
    # The sign-in page is in the language that was asked for.
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax")
    return response

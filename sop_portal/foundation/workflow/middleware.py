"""A refusal becomes a page (or a line of JSON) with its status, and a refused attempt stays in the trail."""

import logging
import re
from collections.abc import Callable

from django.db import DataError, IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.filters import NotUnderstood
from sop_portal.foundation.kit.refusals import NotReady, Refusal
from sop_portal.foundation.organisation.access import wants_json
from sop_portal.foundation.workflow.engine import note

logger = logging.getLogger(__name__)
GAVE_WAY = ("deadlock detected", "database is locked", "due to lock timeout")
Respond = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """Answers 403, 409 or 422 in sentences; never 500."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        return self.respond(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal into an answer; the transaction it happened in is already undone."""
        if isinstance(exception, IntegrityError | DataError) or is_deadlock(exception):
            # The last line of defence held; how it came to it is for the operator's eyes.
            page = request.resolver_match.view_name if request.resolver_match else ""
            logger.error("The database refused %s", page, exc_info=exception)
            exception = Refusal(
                _("Somebody changed the same records in the same moment, so nothing was done."),
                _("Open the page again and repeat."),
            )
        if not isinstance(exception, Refusal):
            return None
        note_attempt(exception)
        if wants_json(request):
            return JsonResponse({"refused": str(exception)}, status=exception.status)
        # A list that cannot be narrowed so is still there as a whole.
        whole = request.path if isinstance(exception, NotUnderstood) else ""
        context = {"refusal": exception, "back": page_before(request) or whole}
        return render(request, "refused.html", context, status=exception.status)


def page_before(request: HttpRequest) -> str:
    """The page of the portal somebody came from; never one of another site."""
    before = request.META.get("HTTP_REFERER", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if is_ours else ""


def is_deadlock(exception: Exception) -> bool:
    """Whether the database gave one of two people way who waited for each other, or waited too long for the other."""
    words = str(exception)
    return isinstance(exception, OperationalError) and any(sign in words for sign in GAVE_WAY)


def note_attempt(refusal: Refusal) -> None:
    """Leave a trail entry for a refused step; what was merely not ready yet is no attempt worth keeping."""
    if refusal.attempt is None or isinstance(refusal, NotReady):
        return
    kind, record, name, by, at = refusal.attempt
    note(kind, record, f"refused-{name}", by=by, at=at, comment=without_names(refusal.sentence)[:500])


def without_names(sentence: object) -> str:
    """The rule that refused, without the people it names: no name is kept in the trail."""
    names = [re.escape(name) for name in getattr(sentence, "names", ()) if name]
    return re.sub("|".join(names), "…", str(sentence)) if names else str(sentence)

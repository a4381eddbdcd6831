"""A refusal becomes a page (or a line of JSON) with its status, and a refused attempt stays in the trail."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from sop_portal.kit.refusals import NotReady, Refusal
from sop_portal.trail.actions import record as leave_trail

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
        if not isinstance(exception, Refusal):
            return None
        note_attempt(exception)
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"refused": str(exception)}, status=exception.status)
        context = {"refusal": exception, "back": request.META.get("HTTP_REFERER", "")}
        return render(request, "refused.html", context, status=exception.status)


def note_attempt(refusal: Refusal) -> None:
    """Leave a trail entry for a refused step; what was merely not ready yet is no attempt worth keeping."""
    if refusal.attempt is None or isinstance(refusal, NotReady):
        return
    kind, record, name, by, at = refusal.attempt
    leave_trail(kind, record, f"refused-{name}", by=by, at=at, comment=str(refusal)[:500])

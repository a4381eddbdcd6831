"""Whoever comes to an empty portal is led to its first page instead of a sign-in page that lets nobody in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sop_portal.foundation.organisation.models import User

Respond = Callable[[HttpRequest], HttpResponse]


class WayInMiddleware:
    """As long as nobody has an account, signing in leads to the first page."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        return self.respond(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        """Lead from the home page and the sign-in page to the first page where there is nobody to sign in."""
        match = request.resolver_match
        if match is None or match.view_name not in ("my-work", "account_login"):
            return None
        if request.user.is_authenticated or User.objects.exists():
            return None
        return redirect("first-administrator")

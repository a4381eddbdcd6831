"""What holds for every request of somebody signed in: how long a session lasts, a second factor where a role needs it.

The clock of a session is the server's own, whatever day it is in a demonstration.
"""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.access import Request, View, is_anonymous
from sop_portal.foundation.workflow.middleware import RefusalMiddleware
from sop_portal.sign_in import actions
from sop_portal.sign_in.factors import owed_factor, requiring_role

Respond = Callable[[HttpRequest], HttpResponse]
BEGAN, SEEN = "session_began", "session_seen"
# A session that is in use is written down again after this many seconds, not with every request.
NOTED_EVERY = 60.0
# Pages on which somebody adds the factor they owe, what those pages ask for, and the doors in and out.
GUARD_THEMSELVES = ("allauth.",)
WITHOUT_FACTOR = frozenset({"account", "my-work-count", "security-log", "preferences", "set_language"})


class SessionLimitMiddleware:
    """Ends a session that nobody used for long, and every one after some days."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request, signed out where the session is over."""
        if not is_anonymous(request):
            follow_session(request, time.time())
        return self.respond(request)


def follow_session(request: HttpRequest, now: float) -> None:
    """End the session if it is over, else note now and then that it is used."""
    began, seen = request.session.get(BEGAN, now), request.session.get(SEEN, now)
    is_old, is_unused = now - began > settings.SESSION_DAYS * 86_400, now - seen > settings.SESSION_IDLE_MINUTES * 60
    if is_old or is_unused:
        logout(request)
        unused = _("You were signed out, because you had not been here for long. Sign in again.")
        old = _("You were signed out, because you signed in long ago. Sign in again.")
        messages.info(request, unused if is_unused else old)
        return
    if SEEN not in request.session or now - seen > NOTED_EVERY:
        request.session[BEGAN], request.session[SEEN] = began, now
        actions.note_visit(request)


class SecondFactorMiddleware:
    """Leads whoever owes a second factor, and whose days of grace are over, to where they add one."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request."""
        return self.respond(request)

    def process_view(self, request: Request, view: View, args: object, kwargs: object) -> HttpResponse | None:
        """Hold up every page but those that help."""
        if not settings.MFA_REQUIRED_ROLES or is_anonymous(request) or requiring_role(request.actor) is None:
            return None
        owed = owed_factor(request.actor, request.moment)
        if owed is None:
            return None
        actions.begin_grace(request.user, at=request.moment)
        if not owed.is_late or is_open(request, view):
            return None
        if request.method in ("GET", "HEAD"):
            return redirect("account")
        sentence = _("Your role as %(role)s needs a second factor.") % {"role": owed.role}
        refusal = NotYours(sentence, _("Add one on the page of your account, then repeat."))
        return RefusalMiddleware(self.respond).process_exception(request, refusal)


def is_open(request: HttpRequest, view: View) -> bool:
    """Whether a page may be used without the factor that is owed."""
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name in WITHOUT_FACTOR or view.__module__.startswith(GUARD_THEMSELVES)


class PrivatePageMiddleware:
    """Lets no browser and no proxy keep what it was shown, and tells it what no page of ours ever asks for."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Serve the request with the two headers."""
        response = self.respond(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Permissions-Policy", settings.PERMISSIONS_POLICY)
        return response

"""Ending one's own sessions."""

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from sop_portal.foundation.organisation.access import Request, act
from sop_portal.sign_in import actions


@act(None)
def end_session(request: Request, pk: int) -> HttpResponse:
    """Sign oneself out somewhere else."""
    found = get_object_or_404(UserSession, pk=pk, user=request.user)
    actions.end_one_session(found, at=request.moment, origin=actions.origin_of(request))
    messages.success(request, _("That session has ended."))
    return redirect("account")


@act(None)
def end_others(request: Request) -> HttpResponse:
    """Sign oneself out everywhere but here."""
    actions.end_other_sessions(
        request.user, request.session.session_key or "", at=request.moment, origin=actions.origin_of(request)
    )
    messages.success(request, _("All other sessions have ended."))
    return redirect("account")

"""Leaving the demonstration: everything in it goes, and the portal begins empty."""

from django.contrib.auth import logout
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from planning.models import Project
from sop_portal.demo.emptying import MadeAlready, leave_for_good
from sop_portal.demo.sign_in_help import is_demonstration
from sop_portal.foundation.organisation.access import Request, is_anonymous, open_to_all, page, redirect_to_sign_in
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry
from sop_portal.people import start_message


@page(Can.KEEP_PEOPLE)
def ask_to_leave(request: Request) -> HttpResponse:
    """Say what goes and what comes then; there is no such page where this is no demonstration."""
    if not is_demonstration():
        raise Http404
    context = {
        "people": User.objects.count(),
        "projects": Project.objects.count(),
        "entries": Entry.objects.count(),
    }
    return render(request, "demo/leave.html", context)


@open_to_all
@require_POST
def leave(request: Request) -> HttpResponseBase:
    """Empty the database for good, for an administrator of the demonstration alone, and lead to the first page.

    The tables go as a whole, with the rows that say who signed in and which forms were used: nothing of an act remains.
    """
    if not is_demonstration():
        raise Http404
    if is_anonymous(request):
        return redirect_to_sign_in(request, request.path)
    if not request.actor.may(Can.KEEP_PEOPLE):
        raise Http404
    logout(request)
    try:
        leave_for_good()
    except MadeAlready:
        return redirect("account_login")
    start_message.write()
    return redirect("first-administrator")

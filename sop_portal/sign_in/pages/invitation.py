"""The page an invitation leads to: it says for whom it is and takes the first password."""

from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render

from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.access import Request, open_to_all
from sop_portal.sign_in import actions
from sop_portal.sign_in.forms import FirstPasswordForm
from sop_portal.sign_in.models import Invitation
from sop_portal.sign_in.tokens import hash_of_token


@open_to_all
def invitation(request: Request, token: str) -> HttpResponse:
    """Show the form (GET) and carry it out (POST)."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    found = Invitation.objects.select_related("person").filter(hash=hash_of_token(token)).first()
    if found is None or found.used_at or found.ended_at or not found.person.is_active:
        return closed(request, found)
    if found.is_late(request.moment):
        return late(request, found)
    return (
        choose(request, found)
        if request.method == "POST"
        else show(request, found, FirstPasswordForm(person=found.person), 200)
    )


def choose(request: Request, found: Invitation) -> HttpResponse:
    """Set the first password and sign the person in."""
    if not ratelimit.consume(request, action="reset_password_from_key"):
        return render(request, "429.html", status=429)
    form = FirstPasswordForm(request.POST, person=found.person)
    if not form.is_valid():
        return show(request, found, form, 422)
    try:
        person = actions.use_invitation(
            found, form.cleaned_data["password"], at=request.moment, origin=actions.origin_of(request)
        )
    except NotNow:
        return closed(request, found)
    record_authentication(request, person, method="password", email=person.email)
    response: HttpResponse = perform_login(request, Login(user=person, email=person.email))
    return response


def late(request: Request, found: Invitation) -> HttpResponse:
    """A link that came too late sends a new one to the same address: opening it is all the person can do.

    It does so once, whoever opens it however often; the address it goes to is the one the first one went to.
    """
    actions.send_new_invitation(found, at=request.moment)
    return page_of(request, 410, {"is_late": True, "email": found.email})


def closed(request: Request, found: Invitation | None) -> HttpResponse:
    """A link that was used, replaced or never made."""
    is_in = bool(found and found.person.is_active and found.person.has_usable_password())
    return page_of(request, 410 if found else 404, {"is_in": is_in})


def show(request: Request, found: Invitation, form: FirstPasswordForm, status: int) -> HttpResponse:
    """The page with its form."""
    return page_of(request, status, {"form": form, "person": found.person})


def page_of(request: Request, status: int, context: dict[str, Any]) -> HttpResponse:
    """The page; it is kept nowhere, and its address, which holds a secret, is told to no other site.

    “no-referrer” would keep it from the portal too: a browser then sends the form as from nowhere, which is refused.
    """
    response = render(request, "sign_in/invitation.html", context, status=status)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response

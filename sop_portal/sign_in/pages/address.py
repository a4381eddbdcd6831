"""Changing one's own mail address: asking for it, confirming it from the new mailbox, stopping it from the old one."""

from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from allauth.core.exceptions import ReauthenticationRequired
from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.filters import prefill
from sop_portal.foundation.kit.refusals import NotNow, NotReady, say_beside_field
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.access import Request, act, either, open_to_all, page
from sop_portal.sign_in import actions
from sop_portal.sign_in.browsers import remember_browser
from sop_portal.sign_in.forms import AddressForm
from sop_portal.sign_in.models import AddressChange
from sop_portal.sign_in.tokens import hash_of_token


@page(None)
def address_form(request: Request) -> HttpResponse:
    """The form, once the person has shown anew who they are."""
    if not did_recently_reauthenticate(request):
        raise ReauthenticationRequired
    form = AddressForm()
    prefill(form, request.GET, "email")
    return render(request, "sign_in/address.html", {"form": form})


@act(None)
def address_ask(request: Request) -> HttpResponse:
    """Ask for another address."""
    form = AddressForm(request.POST)
    if form.is_valid() and not did_recently_reauthenticate(request):
        # What was typed is kept: the form stands filled in behind the password.
        return redirect(f"{reverse('address')}?{urlencode({'email': form.cleaned_data['email']})}")
    if not form.is_valid() or not ask(request, form):
        return render(request, "sign_in/address.html", {"form": form}, status=422)
    sentence = _(
        "Unless somebody uses this address already, a mail with a link is on its way to %(email)s. Until you follow "
        "it, your address stays as it is."
    )
    messages.success(request, interpolate(sentence, {"email": typed(form.cleaned_data["email"])}))
    return redirect("account")


def ask(request: Request, form: AddressForm) -> bool:
    """Ask for it; whether it could be asked for, which the form says otherwise."""
    try:
        actions.ask_address(
            request.user, form.cleaned_data["email"], at=request.moment, origin=actions.origin_of(request)
        )
    except NotReady as refusal:
        say_beside_field(form, refusal)
        return False
    return True


@act(None)
def address_drop(request: Request) -> HttpResponse:
    """Give up what one asked for."""
    was_waiting = actions.drop_address(request.user, at=request.moment, origin=actions.origin_of(request))
    words = _("Your address stays as it is."), _("Nothing was waiting: your address stays as it is.")
    messages.success(request, words[0] if was_waiting else words[1])
    return redirect("account")


@page(None)
def confirm_page(request: Request, token: str) -> HttpResponse:
    """What the link in the new mailbox leads to, once whoever opens it is signed in."""
    found = AddressChange.objects.filter(hash=hash_of_token(token)).first()
    return show_change(request, found)


@act(None)
def confirm_now(request: Request, token: str) -> HttpResponse:
    """Change the address; this browser stays a known one."""
    found = AddressChange.objects.filter(hash=hash_of_token(token)).first()
    if found is None or found.person_id != request.user.pk:
        return show_change(request, found)
    try:
        person = actions.confirm_address(found, request.user, at=request.moment, origin=actions.origin_of(request))
    except NotNow:
        return show_change(request, found, is_gone=True)
    messages.success(request, _("Your address is changed. You sign in with it from now on, and mail goes there."))
    response = redirect("account")
    remember_browser(request, response, person.email)
    return response


def show_change(request: Request, found: AddressChange | None, *, is_gone: bool = False) -> HttpResponse:
    """The page before the act, or why there is none: a link of somebody else's, or one that no longer works."""
    is_other = found is not None and found.person_id != request.user.pk
    is_open = found is not None and not is_other and not is_gone and found.is_open(request.moment)
    context = {"change": found if is_open else None, "is_other": is_other}
    why_closed = 403 if is_other else 410 if found else 404
    return render(request, "sign_in/address_confirm.html", context, status=200 if is_open else why_closed)


@open_to_all
def stop(request: Request, token: str) -> HttpResponse:
    """What the link in the old mailbox leads to (GET), and stopping it there (POST): nobody need sign in for it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    found = AddressChange.objects.select_related("person").filter(stop_hash=hash_of_token(token)).first()
    if found is None or not actions.may_stop(found, found.person, request.moment):
        return render(request, "sign_in/address_stop.html", status=410 if found else 404)
    if request.method != "POST":
        return render(request, "sign_in/address_stop.html", {"change": found})
    actions.stop_address(found, at=request.moment, origin=actions.origin_of(request))
    return render(request, "sign_in/address_stop.html", {"stopped": found})


address, confirm = either(address_form, address_ask), either(confirm_page, confirm_now)

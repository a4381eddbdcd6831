"""Everybody's own account: how they sign in and where, language, colours, deputies."""

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.formats import day_long
from sop_portal.foundation.kit.refusals import NotReady, say_beside_field
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.models import Delegation, Membership
from sop_portal.people import actions
from sop_portal.people.forms import DelegationForm, PreferencesForm
from sop_portal.sign_in.account import lately, open_sessions, waiting_address, ways_in
from sop_portal.sign_in.factors import owed_factor


@page(None)
def account(request: Request) -> HttpResponse:
    """How whoever looks at it signs in and where, language, colours and deputies."""
    return account_page(request, 200)


@page(None)
def to_account(request: Request) -> HttpResponse:
    """The library's own lists stand on the page of one's account."""
    return redirect("account")


def account_page(request: Request, status: int, **forms: Form) -> HttpResponse:
    """The account page with its two forms."""
    me = request.user
    mine = {"language": me.language, "theme": me.theme}
    context = {
        "preferences": forms.get("preferences") or PreferencesForm(initial=mine, prefix="mine"),
        "delegation": forms.get("delegation") or DelegationForm(giver=me, today=request.today),
        "given": Delegation.objects.on_or_after(request.today).filter(giver=me).select_related("deputy"),
        "held": Delegation.objects.on_or_after(request.today).filter(deputy=me).select_related("giver"),
        "today": request.today,
        "who_gives_roles": actions.who_gives_roles(request.today),
        "memberships": Membership.objects.on(request.today).filter(person=me).select_related("department"),
        "next": factor_box(request),
        "ways": ways_in(me),
        "waiting_address": waiting_address(me, request.moment),
        "sessions": open_sessions(me, request.session.session_key, timezone.now()),
        "lately": lately(me),
    }
    return render(request, "people/account.html", context, status=status)


def factor_box(request: Request) -> NextBox | None:
    """The one thing to do here: the second factor that a role needs."""
    owed = owed_factor(request.actor, request.moment)
    if owed is None:
        return None
    words = {"role": owed.role, "day": day_long(owed.last_on)}
    button = Button(_("Add a passkey"), reverse("mfa_add_webauthn"), is_primary=True)
    other = Button(_("Set up a code app"), reverse("mfa_activate_totp"))
    if owed.is_late:
        text = _("%(role)s needs one. Until then no other page opens.") % words
        return NextBox(_("Add a second factor"), text, tone="late", icon="shield-lock", buttons=[button, other])
    text = _("%(role)s needs one from then on. It takes two minutes with a phone or this computer.") % words
    return NextBox(_("Add a second factor by %(day)s") % words, text, icon="shield-lock", buttons=[button, other])


@act(None)
def preferences(request: Request) -> HttpResponse:
    """Save language and colours."""
    form = PreferencesForm(request.POST, prefix="mine")
    if not form.is_valid():
        return account_page(request, 422, preferences=form)
    actions.set_preferences(request.user, at=request.moment, **form.cleaned_data)
    response = redirect("account")
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], samesite="Lax")
    return response


@act(None)
def delegate(request: Request) -> HttpResponse:
    """Name a deputy for a time."""
    form = DelegationForm(request.POST, giver=request.user, today=request.today)
    if not form.is_valid():
        return account_page(request, 422, delegation=form)
    try:
        actions.delegate(giver=request.user, by=request.user, at=request.moment, **form.values())
    except NotReady as refusal:
        say_beside_field(form, refusal)
        return account_page(request, 422, delegation=form)
    messages.success(request, _("Your deputy was told. The trail will show both names."))
    return redirect("account")


@act(None)
def end_delegation(request: Request, pk: int) -> HttpResponse:
    """End a deputyship now, or cancel one that has not begun."""
    found = get_object_or_404(Delegation, pk=pk, giver=request.user)
    actions.end_delegation_now(found, by=request.user, at=request.moment)
    has_begun = found.from_on <= request.today
    messages.success(request, _("The deputyship has ended.") if has_begun else _("The deputyship is cancelled."))
    return redirect("account")

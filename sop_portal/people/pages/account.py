"""Everybody's own account: language, colours, password, deputies."""

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.models import Delegation, Membership
from sop_portal.people import actions
from sop_portal.people.forms import DelegationForm, PreferencesForm


@page(None)
def account(request: Request) -> HttpResponse:
    """Language, colours, password and deputies of whoever looks at it."""
    return account_page(request, 200)


def account_page(request: Request, status: int, **forms: Form) -> HttpResponse:
    """The account page with its two forms."""
    me = request.user
    mine = {"language": me.language, "theme": me.theme}
    context = {
        "preferences": forms.get("preferences") or PreferencesForm(initial=mine, prefix="mine"),
        "delegation": forms.get("delegation") or DelegationForm(giver=me, today=request.today),
        "given": Delegation.objects.filter(giver=me, until_on__gte=request.today).select_related("deputy"),
        "held": Delegation.objects.filter(deputy=me, until_on__gte=request.today).select_related("giver"),
        "today": request.today,
        "memberships": Membership.objects.on(request.today).filter(person=me).select_related("department"),
    }
    return render(request, "people/account.html", context, status=status)


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
        form.add_error("from_on", str(refusal))
        return account_page(request, 422, delegation=form)
    messages.success(request, _("Your deputy was told. The trail will show both names."))
    return redirect("account")


@act(None)
def end_delegation(request: Request, pk: int) -> HttpResponse:
    """End a deputyship today, or cancel one that has not begun."""
    found = get_object_or_404(Delegation, pk=pk, giver=request.user)
    actions.end_delegation(found, on=request.today, by=request.user, at=request.moment)
    has_begun = found.from_on <= request.today
    messages.success(request, _("The deputyship ends today.") if has_begun else _("The deputyship is cancelled."))
    return redirect("account")

"""Removing the second factor of somebody who lost it: one asks, another decides."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.people import actions
from sop_portal.people.forms import RecoveryForm
from sop_portal.people.pages.people import person_page
from sop_portal.sign_in.models import FactorRecovery


@act(Can.KEEP_PEOPLE)
def recovery_ask(request: Request, pk: int) -> HttpResponse:
    """Ask for it."""
    found = get_object_or_404(User, pk=pk)
    actions.require_administrator(request.user, request.moment)
    form = RecoveryForm(request.POST, prefix="recovery")
    if not form.is_valid():
        return person_page(request, found, 422, recovery_form=form)
    asked = actions.ask_recovery(found, reason=form.cleaned_data["reason"], by=request.user, at=request.moment)
    messages.success(request, _("Asked. A second person decides; the person was told too."))
    return redirect("recovery", asked.pk)


@page(Can.CONFIRM_RECOVERY)
def recovery(request: Request, pk: int) -> HttpResponse:
    """Who asks for whom and why, and how it was decided."""
    found = get_object_or_404(FactorRecovery.objects.select_related("person", "asked_by", "decided_by"), pk=pk)
    may = found.decided_at is None and request.user.pk not in (found.person_id, found.asked_by_id)
    context = {"recovery": found, "may_decide": may, "deciding": actions.who_decides(found)}
    return render(request, "people/recovery.html", context)


@act(Can.CONFIRM_RECOVERY)
def recovery_decide(request: Request, pk: int) -> HttpResponse:
    """Decide on it."""
    found = get_object_or_404(FactorRecovery, pk=pk)
    is_granted = request.POST.get("decision") == "grant"
    actions.decide_recovery(found, grant=is_granted, by=request.user, at=request.moment)
    messages.success(request, _("The second factor is removed.") if is_granted else _("The second factor stays."))
    return redirect("recovery", pk)

"""The limits of the year: what finance puts in force alone, and which results are explained."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from planning.cycles import actions
from planning.cycles.forms import DeviationRuleForm, TransferRuleForm
from planning.cycles.pages.windows import TypedRules, show_windows
from planning.cycles.queries import cycle_with_windows
from planning.cycles.workflow import only_for
from sop_portal.foundation.organisation.access import Request, act
from sop_portal.foundation.organisation.roles import Can


@act(Can.RUN_CYCLE)
def transfer_rule(request: Request, year: int) -> HttpResponse:
    """Say up to which sum finance puts transfers in force alone."""
    cycle = cycle_with_windows(request, year)
    only_for(request, Can.RUN_CYCLE)
    form = TransferRuleForm(request.POST)
    if not form.is_valid():
        return show_windows(request, cycle, TypedRules(transfers=form), 422)
    amount, seen = form.cleaned_data["amount"], form.cleaned_data["seen"]
    actions.transfer_up_to(cycle, amount, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Saved."))
    return redirect("windows", year)


@act(Can.RUN_CYCLE)
def deviation_rule(request: Request, year: int) -> HttpResponse:
    """Say from how many percent off the plan on a result is explained."""
    cycle = cycle_with_windows(request, year)
    only_for(request, Can.RUN_CYCLE)
    form = DeviationRuleForm(request.POST)
    if not form.is_valid():
        return show_windows(request, cycle, TypedRules(deviations=form), 422)
    percent, seen = form.cleaned_data["percent"], form.cleaned_data["seen"]
    actions.explain_beyond(cycle, percent, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Saved."))
    return redirect("windows", year)

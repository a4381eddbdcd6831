"""The funding sources."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from budgets.drafting import actions
from budgets.drafting.forms import FundForm
from budgets.drafting.models import Fund
from planning.cycles.queries import cycle_of
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

LISTED = 200


@page()
def ask_fund(request: Request, *, year: int) -> HttpResponse:
    """The funding sources, and the form for another one."""
    return _show_funds(request, year, FundForm(), 200)


@act(Can.COMPILE_BUDGET)
def take_fund(request: Request, *, year: int) -> HttpResponse:
    """Add a funding source."""
    form = FundForm(request.POST)
    if not form.is_valid():
        return _show_funds(request, year, form, 422)
    actions.add_fund(**form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("The funding source was added."))
    return redirect("funds", year=year)


def _show_funds(request: Request, year: int, form: FundForm, status: int) -> HttpResponse:
    found = Fund.objects.visible_to(request.actor)[:LISTED]
    may_add = request.actor.may(Can.COMPILE_BUDGET)
    context = {"cycle": cycle_of(request, year), "funds": found, "form": form if may_add else None}
    return render(request, "budgets/drafting/funds.html", context, status=status)


funds = either(ask_fund, take_fund)

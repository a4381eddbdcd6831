"""The funding sources: what each is for, how much it holds and when; adding one, and changing one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from budgets.drafting import actions
from budgets.drafting.forms import FundForm
from budgets.drafting.models import Fund
from budgets.drafting.queries.budgets import find_fund
from budgets.drafting.workflow.limits import period_of
from planning.cycles.queries import cycle_of
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import who_may

LISTED = 200


@page()
def ask_fund(request: Request, *, year: int) -> HttpResponse:
    """The funding sources, and the form for another one."""
    return _show_funds(request, year, FundForm(on=request.today), 200)


@act(Can.COMPILE_BUDGET)
def take_fund(request: Request, *, year: int) -> HttpResponse:
    """Add a funding source."""
    form = FundForm(request.POST, on=request.today)
    if not form.is_valid():
        return _show_funds(request, year, form, 422)
    actions.add_fund(form.terms, by=request.user, at=request.moment)
    messages.success(request, _("The funding source was added."))
    return redirect("funds", year=year)


def _show_funds(request: Request, year: int, form: FundForm, status: int) -> HttpResponse:
    found = Fund.objects.visible_to(request.actor)[:LISTED]
    may_add = request.actor.may(Can.COMPILE_BUDGET)
    rows = [(fund, period_of(fund)) for fund in found]
    context = {"cycle": cycle_of(request, year), "rows": rows, "form": form if may_add else None}
    context["may_bring"] = may_add or request.actor.may(Can.RUN_CYCLE)
    context |= {"only": "" if may_add else who_may(Can.COMPILE_BUDGET, request.today)}
    return render(request, "budgets/drafting/funds.html", context, status=status)


@page(Can.COMPILE_BUDGET)
def ask_terms(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Ask for another amount or period of a funding source, or for another name while nothing is spent from it."""
    found = find_fund(request, pk)
    values = {name: getattr(found, name) for name in vars(actions.FundTerms(""))}
    form = FundForm(on=request.today, fund=found, initial={**values, "seen": found.version})
    return _show_fund(request, year, found, form, 200)


@act(Can.COMPILE_BUDGET)
def take_terms(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Change a funding source."""
    found = find_fund(request, pk)
    form = FundForm(request.POST, on=request.today, fund=found)
    if not form.is_valid():
        return _show_fund(request, year, found, form, 422)
    seen = form.cleaned_data["seen"] or 0
    actions.change_fund(found, form.terms, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("The funding source was changed."))
    return redirect("funds", year=year)


def _show_fund(request: Request, year: int, found: Fund, form: FundForm, status: int) -> HttpResponse:
    context = {"cycle": cycle_of(request, year), "fund": found, "form": form}
    return render(request, "budgets/drafting/fund.html", context, status=status)


funds = either(ask_fund, take_fund, when_closed=True)
fund = either(ask_terms, take_terms, when_closed=True)

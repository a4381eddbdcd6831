"""Before there is a budget: what it would be compiled from, and compiling it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from budgets.drafting import actions
from budgets.drafting.models import Budget
from budgets.drafting.queries.allocations import allocated_money, undecided_requests
from budgets.drafting.queries.budgets import budgets_of
from planning.cycles.queries import cycle_of, may_in
from sop_portal.foundation.kit.components import Button
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

LISTED = 200


@page()
def latest(request: Request, *, year: int) -> HttpResponse:
    """The newest version one may see, or how the first one comes about."""
    cycle = cycle_of(request, year)
    newest = budgets_of(request, year).first()
    if newest is not None:
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return redirect(f"{newest.get_absolute_url()}{query}")
    may = may_in(request, cycle, Can.COMPILE_BUDGET)
    buttons = [Button(_("Compile the budget"), reverse("budget-compile", args=[year]), is_primary=True)] if may else []
    return render(request, "budgets/drafting/none.html", {"cycle": cycle, "buttons": buttons})


@page(Can.COMPILE_BUDGET)
def ask_compile(request: Request, *, year: int) -> HttpResponse:
    """Say what the budget is compiled from, and which departments are left out."""
    cycle = cycle_of(request, year)
    if Budget.objects.filter(cycle=cycle).exists():
        return redirect("budget-latest", year=year)
    context = {
        "cycle": cycle,
        "gaps": undecided_requests(cycle.pk)[:LISTED],
        "count": allocated_money(cycle.pk).count(),
    }
    return render(request, "budgets/drafting/compile.html", context)


@act(Can.COMPILE_BUDGET)
def take_compile(request: Request, *, year: int) -> HttpResponse:
    """Compile the budget."""
    made = actions.compile_budget(cycle_of(request, year), by=request.user, at=request.moment)
    messages.success(request, _("The budget was compiled. Look at its lines, then share it with the departments."))
    return redirect(made)


compile_budget = either(ask_compile, take_compile)

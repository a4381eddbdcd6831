"""Taking in what was allocated since the budget was compiled."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from budgets.drafting import actions
from budgets.drafting.forms import SeenBudgetForm
from budgets.drafting.queries.allocations import not_taken_in
from budgets.drafting.queries.budgets import find_budget
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

LISTED = 200


@page(Can.COMPILE_BUDGET)
def ask_new(request: Request, *, year: int, number: int) -> HttpResponse:
    """Show what was allocated since the budget was compiled."""
    found = find_budget(request, year=year, number=number)
    new = not_taken_in(found).select_related("project", "request__department")
    context = {"record": found, "cycle": found.cycle, "lines": new[:LISTED], "count": new.count()}
    return render(request, "budgets/drafting/take_in.html", context)


@act(Can.COMPILE_BUDGET)
def take_new(request: Request, *, year: int, number: int) -> HttpResponse:
    """Add a line for each of these allocations."""
    found = find_budget(request, year=year, number=number)
    form = SeenBudgetForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else 0
    actions.take_in_new(found, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("The new allocations are lines of the budget now."))
    return redirect(found)


take_in = either(ask_new, take_new, when_closed=True)

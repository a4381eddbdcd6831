"""The page of one budget line: change it, leave it out, give it what its department wants."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from budgets.drafting import actions
from budgets.drafting.actions.lines import GIVEN
from budgets.drafting.figures import QUARTERS, ZERO
from budgets.drafting.forms import BudgetLineForm, LeaveOutLineForm, SeenBudgetForm
from budgets.drafting.models import Budget, BudgetLine, Contest
from budgets.drafting.queries.budgets import find_budget, find_line
from budgets.drafting.workflow import BUDGET
from budgets.drafting.workflow.limits import problems_of_figure, spent_on
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.models import Contributor

# Two forms on one page: their fields have different ids.
LEAVING = "leave_%s"


def may_edit(line: BudgetLine, request: Request) -> bool:
    """Whether this person changes the line now: finance, or the head who began this amendment."""
    budget = line.budget
    if budget.state not in BUDGET.editable or budget.cycle.is_closed:
        return False
    if request.actor.may(Can.COMPILE_BUDGET):
        return True
    if budget.kind != Budget.Kind.AMENDMENT or budget.state != Budget.State.DRAFT:
        return False
    began = Contributor.objects.filter(kind=BUDGET.kind, record_id=budget.pk, person_id=request.user.pk)
    return request.actor.may(Can.AMEND_BUDGET, line) and began.exists()


def sheet_url(line: BudgetLine) -> str:
    """The sheet with this line open."""
    return f"{line.budget.get_absolute_url()}?line={line.number}"


@page()
def ask_amounts(request: Request, *, year: int, number: int, line: int) -> HttpResponse:
    """Ask for the amounts of a line; whoever may not change it now sees it on the sheet."""
    found = find_line(find_budget(request, year=year, number=number), request.actor, line)
    if not may_edit(found, request):
        return redirect(sheet_url(found))
    return _page(request, found, None, None, 200)


@act(Can.AMEND_BUDGET)
def take_amounts(request: Request, *, year: int, number: int, line: int) -> HttpResponse:
    """Give a line other amounts."""
    found = find_line(find_budget(request, year=year, number=number), request.actor, line)
    form = BudgetLineForm(request.POST, line=found)
    if not form.is_valid():
        return _page(request, found, form, None, 422)
    seen = form.cleaned_data["seen"]
    actions.set_line(found, form.amounts, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Line %(line)s was saved.") % {"line": found})
    return redirect(sheet_url(found))


@act(Can.AMEND_BUDGET)
def leave_out(request: Request, *, year: int, number: int, line: int) -> HttpResponse:
    """Say why the allocation is not budgeted."""
    found = find_line(find_budget(request, year=year, number=number), request.actor, line)
    form = LeaveOutLineForm(request.POST, auto_id=LEAVING)
    for problem in problems_of_figure(found, ZERO) if form.is_valid() else ():
        form.add_error("why", problem.sentence)
    if not form.is_valid():
        return _page(request, found, None, form, 422)
    actions.leave_out(found, **form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("Line %(line)s is not budgeted; the department reads why.") % {"line": found})
    return redirect(sheet_url(found))


@act(Can.COMPILE_BUDGET)
def change_to_wanted(request: Request, *, year: int, number: int, line: int) -> HttpResponse:
    """Give a contested line the amount its department wants, shared out over the quarters as before."""
    found = find_line(find_budget(request, year=year, number=number), request.actor, line)
    contest = Contest.objects.filter(line=found, settled=Contest.Settled.OPEN).first()
    form = SeenBudgetForm(request.POST)
    if contest is None or not form.is_valid():
        raise NotNow(_("This line is not contested now."), _("Open the budget to see its state."))
    seen = form.cleaned_data["seen"]
    if contest.wanted:
        amounts = actions.spread_like(found, contest.wanted, contest.reason)
        actions.set_line(found, amounts, by=request.user, at=request.moment, seen=seen)
    else:
        actions.leave_out(found, why=contest.reason, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Line %(line)s was changed; the department confirms again.") % {"line": found})
    return redirect(sheet_url(found))


def _page(
    request: Request, line: BudgetLine, form: BudgetLineForm | None, leaving: LeaveOutLineForm | None, status: int
) -> HttpResponse:
    values = {name: getattr(line, name) for name in (*QUARTERS, *GIVEN)}
    seen = {"seen": line.budget.version}
    form = form or BudgetLineForm(line=line, initial={**values, **seen})
    context = {
        "line": line,
        "cycle": line.budget.cycle,
        "spent": spent_on([line]).get(line.number, ZERO),
        "back_url": sheet_url(line),
        "form": form,
        "quarters": [form[name] for name in QUARTERS],
        "leaving": leaving or LeaveOutLineForm(initial=seen, auto_id=LEAVING),
    }
    return render(request, "budgets/drafting/line.html", context, status=status)


line = either(ask_amounts, take_amounts, when_closed=True)

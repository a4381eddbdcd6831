"""The pages of one budget line: change it, leave it out, give it what its department wants."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from budgets.drafting import actions
from budgets.drafting.drawer import may_edit
from budgets.drafting.figures import planned_places, spread
from budgets.drafting.finding import find_line
from budgets.drafting.forms import QUARTERS, LeaveOutForm, LineForm, SeenForm
from budgets.drafting.models import BudgetLine, Contest
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

# Two forms on one page: their fields have different ids.
LEAVING = "leave_%s"


def address_of(line: BudgetLine) -> str:
    """The sheet with this line open."""
    return f"{line.budget.get_absolute_url()}?line={line.number}"


@page()
def _show(request: Request, *, year: int, number: int, line: int) -> HttpResponse:
    found = find_line(request, year=year, number=number, line=line)
    if not may_edit(found, request):
        return redirect(address_of(found))
    values = {name: getattr(found, name) for name in (*QUARTERS, "category", "fund", "computation")}
    return _page(request, found, LineForm(line=found, initial={**values, "seen": found.budget.version}), None, 200)


@act(Can.AMEND_BUDGET)
def _save(request: Request, *, year: int, number: int, line: int) -> HttpResponse:
    found = find_line(request, year=year, number=number, line=line)
    form = LineForm(request.POST, line=found)
    if not form.is_valid():
        return _page(request, found, form, None, 422)
    actions.set_line(found, **form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("Line %(line)s was saved.") % {"line": found})
    return redirect(address_of(found))


@act(Can.AMEND_BUDGET)
def leave_out(request: Request, *, year: int, number: int, line: int) -> HttpResponse:
    """Say why the allocation is not budgeted."""
    found = find_line(request, year=year, number=number, line=line)
    form = LeaveOutForm(request.POST, auto_id=LEAVING)
    if not form.is_valid():
        return _page(request, found, None, form, 422)
    actions.leave_out(found, **form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("Line %(line)s is not budgeted; the department reads why.") % {"line": found})
    return redirect(address_of(found))


@act(Can.COMPILE_BUDGET)
def change_to_wanted(request: Request, *, year: int, number: int, line: int) -> HttpResponse:
    """Give a contested line the amount its department wants, shared out over the quarters as before."""
    found = find_line(request, year=year, number=number, line=line)
    contest = Contest.objects.filter(line=found, settled=Contest.Settled.OPEN).first()
    form = SeenForm(request.POST)
    if contest is None or not form.is_valid():
        raise NotNow(_("This line is not contested now."), _("Open the budget to see how it stands."))
    seen = form.cleaned_data["seen"]
    if contest.wanted:
        q1, q2, q3, q4 = spread(
            contest.wanted, found.quarters, planned_places(contest.wanted, found.budget.cycle.currency)
        )
        actions.set_line(found, q1=q1, q2=q2, q3=q3, q4=q4, by=request.user, at=request.moment, seen=seen)
    else:
        actions.leave_out(found, why=contest.reason, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Line %(line)s was changed; the department confirms again.") % {"line": found})
    return redirect(address_of(found))


def _page(
    request: Request, line: BudgetLine, form: LineForm | None, leaving: LeaveOutForm | None, status: int
) -> HttpResponse:
    values = {name: getattr(line, name) for name in (*QUARTERS, "category", "fund", "computation")}
    seen = {"seen": line.budget.version}
    form = form or LineForm(line=line, initial={**values, **seen})
    context = {
        "line": line, "cycle": line.budget.cycle, "back_url": address_of(line),
        "form": form, "quarters": [form[name] for name in QUARTERS],
        "leaving": leaving or LeaveOutForm(initial=seen, auto_id=LEAVING),
    }  # fmt: skip
    return render(request, "budgets/drafting/line.html", context, status=status)


line = either(_show, _save)

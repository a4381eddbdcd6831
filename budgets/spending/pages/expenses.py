"""What was spent in a year, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render

from budgets.spending import exports
from budgets.spending.forms import ExpenseFilter
from budgets.spending.models import Expense
from budgets.spending.queries import corrected_among, expenses_of, stored_total_of_expenses, total_of_expenses
from planning.cycles.queries import cycle_of, may_in
from planning.models import Cycle
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.filters import sort_asked
from sop_portal.foundation.kit.formats import day_of_year, money
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can

WITH_NAMES = ("project", "department", "appropriation", "posted_by")
COLUMNS = (
    "cycle_id",
    "amount",
    "spent_on",
    "what",
    "warnings",
    "corrects_id",
    "project__name",
    "project__slug",
    "department__name",
    "department__slug",
    "appropriation__number",
    "posted_by__name",
)
SORTS = {"date": "spent_on", "amount": "amount"}


@dataclass(frozen=True)
class ExpenseRow:
    """An expense as it is printed."""

    url: str
    day: str
    what: str
    project: str
    project_url: str
    department: str
    line: str
    amount: str
    person: str
    is_counter_entry: bool
    is_corrected: bool
    has_warning: bool


@page()
def expenses(request: Request, year: int) -> HttpResponse:
    """What was spent, newest first."""
    cycle = cycle_of(request, year)
    narrowing = ExpenseFilter(request.GET, actor=request.actor)
    found = narrowing.narrow(expenses_of(cycle, request.actor), cycle)
    turned = paginate(found.select_related(*WITH_NAMES).only(*COLUMNS), request.GET, SORTS, "-date")
    is_narrow = narrowing.is_narrowed_by("project", "line", "month", "receipt")
    stored = None if is_narrow else stored_total_of_expenses(cycle, request.actor, narrowing.wanted_department)
    context = {
        "cycle": cycle,
        "narrowing": narrowing,
        "turned": turned,
        "asked": request.GET.urlencode(),
        "rows": expense_rows(turned.rows, cycle),
        "total": total_of_expenses(found) if stored is None else stored,
        "may_post": may_in(request, cycle, Can.POST_EXPENSE),
    }
    return render(request, "budgets/spending/expenses.html", context)


@page()
def expenses_export(request: Request, year: int, kind: str) -> HttpResponseBase:
    """The expenses as a spreadsheet, narrowed like the list."""
    cycle = cycle_of(request, year)
    narrowing = ExpenseFilter(request.GET, actor=request.actor)
    sort_asked(request.GET, SORTS)
    return exports.expenses(kind, cycle, narrowing.narrow(expenses_of(cycle, request.actor), cycle))


def expense_rows(found: Sequence[Expense], cycle: Cycle) -> list[ExpenseRow]:
    """Expenses and counter-entries; one query says which are corrected."""
    corrected = corrected_among(found)
    return [
        ExpenseRow(
            url=f"{address('expenses', cycle.year)}{expense.pk}/",
            day=day_of_year(expense.spent_on),
            what=expense.what,
            project=expense.project.name,
            project_url=f"{address('projects', cycle.year)}{expense.department.slug}/{expense.project.slug}/",
            department=expense.department.name,
            line=f"{cycle.year}-{expense.appropriation.number}",
            amount=money(expense.amount, 2),
            person=expense.posted_by.name if expense.posted_by else "",
            is_counter_entry=expense.corrects_id is not None,
            is_corrected=expense.pk in corrected,
            has_warning=bool(expense.warnings),
        )
        for expense in found
    ]

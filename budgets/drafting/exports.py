"""A version of the budget as a spreadsheet to take away."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _

from budgets.drafting.figures import quarter_names
from budgets.drafting.models import Budget, BudgetLine, Category
from budgets.drafting.models.fund import fund_called
from budgets.drafting.queries.in_force import closed_among, why_closed
from planning.projects.exports import workbook
from sop_portal.foundation.kit.sheets import csv_lines

AT_ONCE = 2000
COLUMNS = (
    "number",
    "department__name",
    "project__name",
    "category",
    "fund__name",
    "allocated",
    "q1",
    "q2",
    "q3",
    "q4",
    "computation",
    "refusal",
)


def lines(kind: str, budget: Budget, found: QuerySet[BudgetLine]) -> HttpResponseBase:
    """The lines as CSV or workbook; any other kind is an unknown address."""
    name = f"budget-{budget.cycle.year}-{budget.number}"
    if kind == "xlsx":
        return workbook(name, _("Budget %(year)s") % {"year": budget.cycle.year}, _header(budget), _rows(budget, found))
    if kind != "csv":
        raise Http404
    response = StreamingHttpResponse(
        csv_lines(_header(budget), _rows(budget, found)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _header(budget: Budget) -> list[str]:
    first = [_("Line"), _("Department"), _("Project"), _("Category"), _("Funding source"), _("Allocated")]
    last = [_("Total"), _("Currency"), _("How it is computed"), _("Why it is not budgeted")]
    return [*first, *quarter_names(budget.cycle.starts_on), *last, _("In force"), _("Closed")]


def _rows(budget: Budget, found: QuerySet[BudgetLine]) -> Iterator[tuple[Any, ...]]:
    names = {value: str(label) for value, label in Category.choices}
    ordered = found.order_by("number").values_list(*COLUMNS)
    closed = closed_among(budget)
    is_in_force = budget.state == Budget.State.APPROVED
    for number, department, project, category, fund, allocated, *quarters, computed, why in ordered.iterator(AT_ONCE):
        line = f"{budget.cycle.year}-{number}"
        total = sum(quarters, Decimal(0))
        known = closed.get(number) if is_in_force else None
        in_force = total if known is None else known.approved
        yield (
            line,
            department,
            project,
            names[category],
            fund_called(fund),
            allocated,
            *quarters,
            total,
            budget.cycle.currency,
            computed,
            why,
            in_force if is_in_force else None,
            why_closed(known) if known else "",
        )

"""Storing what the lines of a budget come to, by department."""

from collections.abc import Collection

from budgets.drafting.models import Budget, BudgetLine, BudgetSum
from budgets.drafting.queries.sums import sums_by_department


def update_sums(budget: Budget, departments: Collection[int] | None = None) -> None:
    """Add up the lines of a locked budget anew: of all departments, or of those whose lines changed."""
    lines, sums = BudgetLine.objects.filter(budget=budget), BudgetSum.objects.filter(budget=budget)
    if departments is not None:
        lines, sums = lines.filter(department_id__in=departments), sums.filter(department_id__in=departments)
    sums.delete()
    BudgetSum.objects.bulk_create(BudgetSum(budget=budget, **row) for row in sums_by_department(lines))

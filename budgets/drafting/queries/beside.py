"""What stands beside the lines of a sheet: the year before, the version before, and what each category comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from budgets.drafting.figures import QUARTERS, LineSums
from budgets.drafting.models import Appropriation, Budget, BudgetLine
from budgets.drafting.queries.in_force import amounts_in_force
from budgets.drafting.queries.lines import actuals_of
from planning.models import Cycle

Key = tuple[int, str, str]


@dataclass(frozen=True)
class YearBefore:
    """The year before the one that is budgeted: what it spent, of what; by line, beside the first of its project.

    While that year runs, what is spent so far stands for its actual figure, and the last actual year beside it.
    """

    year: int
    is_running: bool
    spent: Mapping[int, Decimal]
    approved: Mapping[int, Decimal]
    earlier: Mapping[int, Decimal] = field(default_factory=dict)


def year_before(budget: Budget, lines: Sequence[BudgetLine], today: date) -> YearBefore:
    """What the lines are measured against."""
    year = budget.cycle.year - 1
    known = _budgeted(year, lines)
    approved = {pk: amounts[0] for pk, amounts in known.items()}
    is_running = Cycle.objects.filter(year=year, ends_on__gte=today).exclude(state=Cycle.State.CLOSED).exists()
    if is_running:
        spent = {pk: amounts[1] for pk, amounts in known.items()}
        return YearBefore(year, True, spent, approved, actuals_of(budget, lines, year - 1))
    return YearBefore(year, False, actuals_of(budget, lines), approved)


def _budgeted(year: int, lines: Sequence[BudgetLine]) -> dict[int, tuple[Decimal, Decimal]]:
    """What was approved and spent for the same project in the same category, beside the first of its lines."""
    of_project = Appropriation.objects.filter(
        cycle__year=year,
        department__in={line.department_id for line in lines},
        project__slug__in={line.project.slug for line in lines},
    ).order_by()
    summed = of_project.values_list("department_id", "project__slug", "category")
    sums = {(row[0], row[1], row[2]): row[3:] for row in summed.annotate(Sum("approved"), Sum("spent"))}
    first_lines: dict[Key, BudgetLine] = {}
    for line in sorted(lines, key=lambda line: line.number):
        first_lines.setdefault((line.department_id, line.project.slug, line.category), line)
    return {line.pk: sums[key] for key, line in first_lines.items() if key in sums}


def amounts_before(budget: Budget, lines: Sequence[BudgetLine]) -> dict[int, Decimal] | None:
    """What these lines held in the version this one amends, by number; None for a version that amends none."""
    if budget.based_on_id is None:
        return None
    return amounts_in_force(budget, lines)


def sums_by_category(lines: QuerySet[BudgetLine]) -> dict[str, LineSums]:
    """What the lines of each category come to."""
    sums = [Sum(name) for name in ("allocated", *QUARTERS)]
    rows = lines.order_by().values_list("category").annotate(Count("pk"), *sums)
    return {category: LineSums(*amounts) for category, *amounts in rows}

"""What the lines of a budget come to.

The sums are stored by department, so that a sheet of 200,000 lines need not be added up.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from budgets.drafting.figures import QUARTERS, ZERO, LineSums
from budgets.drafting.models import Budget, BudgetLine, BudgetSum, Confirmation, Contest

REFUSED = Q(is_refused=True)
SUMMED = {
    "lines": Count("pk"),
    "refused": Count("pk", filter=REFUSED),
    # First, because the sum of the next line is called as its column is.
    "allocated_refused": Sum("allocated", filter=REFUSED, default=ZERO),
    "allocated": Sum("allocated"),
    **{quarter: Sum(quarter) for quarter in QUARTERS},
}
State = Confirmation.State
SETTLED = (State.CONFIRMED, State.OVERRULED)


@dataclass(frozen=True)
class SheetTotals:
    """What the lines of a sheet come to, and how many are settled with their departments, of those that were asked."""

    sums: LineSums
    settled: int = 0
    asked: int = 0


@dataclass(frozen=True)
class DepartmentSums:
    """The lines of one department: those that hold money, and those that are not budgeted."""

    budgeted: LineSums
    refused: LineSums


def sums_by_department(lines: QuerySet[BudgetLine]) -> Iterable[Mapping[str, Any]]:
    """These lines added up for each department, in the columns of a stored sum."""
    return lines.order_by().values("department_id").annotate(**SUMMED)


def sums_by_quarter(lines: QuerySet[BudgetLine]) -> dict[str, Decimal | None]:
    """Allocation, quarters and total of these lines; nothing where there are no lines."""
    sums = {name: Sum(name) for name in (*QUARTERS, "amount")}
    return lines.aggregate(allocated=Sum("allocated"), **sums)


def total_of(lines: QuerySet[BudgetLine]) -> Decimal:
    """The sum of these lines."""
    return lines.aggregate(total=Sum("amount"))["total"] or ZERO


def sum_of(budget: Budget) -> Decimal:
    """What the whole budget comes to."""
    found = BudgetSum.objects.filter(budget=budget).aggregate(**{quarter: Sum(quarter) for quarter in QUARTERS})
    return sum((amount or ZERO for amount in found.values()), ZERO)


def totals_of(budget: Budget, lines: QuerySet[BudgetLine], sums: Iterable[BudgetSum], state: str) -> SheetTotals:
    """What lines come to and how many are settled, narrowed to what their departments say of them.

    `lines` and `sums` are of the same departments. Only the few lines that are contested now are read themselves.
    """
    contested = _contested(budget, lines)
    if state == State.CONTESTED:
        found = _total(part.budgeted + part.refused for part in contested.values())
        return SheetTotals(found, asked=found.count)
    answers = dict(Confirmation.objects.filter(budget=budget).values_list("department_id", "state"))
    parts, settled, asked = [], 0, 0
    for row in sums:
        part, answer = _parts({name: getattr(row, name) for name in SUMMED}), answers.get(row.department_id)
        agreed = part.budgeted
        if answer == State.CONTESTED:
            # The other lines of a department that contests some count as confirmed.
            answer = State.CONFIRMED
            agreed -= contested[row.department_id].budgeted if row.department_id in contested else LineSums()
        settled += agreed.count if answer in SETTLED else 0
        whole = {"": part.budgeted + part.refused, "refused": part.refused, answer: agreed}
        parts.append(whole.get(state, LineSums()))
        # An amendment asks only whose lines change; the others stand as they did.
        asked += 0 if answer is None and budget.based_on_id else parts[-1].count
    total = _total(parts)
    return SheetTotals(total, settled if not state else total.count if state in SETTLED else 0, asked)


def _contested(budget: Budget, lines: QuerySet[BudgetLine]) -> dict[int, DepartmentSums]:
    """The lines contested now, added up by department."""
    contests = Contest.objects.filter(confirmation__budget=budget, settled=Contest.Settled.OPEN)
    found = sums_by_department(lines.filter(pk__in=contests.values("line_id")))
    return {row["department_id"]: _parts(row) for row in found}


def _parts(row: Mapping[str, Any]) -> DepartmentSums:
    """A line that is not budgeted holds no money, so the quarters belong to the others."""
    refused = LineSums(row["refused"], row["allocated_refused"])
    whole = LineSums(row["lines"], row["allocated"], *(row[quarter] for quarter in QUARTERS))
    return DepartmentSums(whole - refused, refused)


def _total(parts: Iterable[LineSums]) -> LineSums:
    return sum(parts, LineSums())

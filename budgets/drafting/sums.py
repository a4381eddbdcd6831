"""What the lines of a budget come to: kept by department, so that a sheet of 200,000 lines need not be added up."""

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from budgets.drafting.figures import NOTHING
from budgets.drafting.models import Budget, BudgetLine, BudgetSum, Confirmation, Contest

QUARTERS = ("q1", "q2", "q3", "q4")
SUMMED = ("count", "allocated", *QUARTERS)
REFUSED = Q(is_refused=True)
RECKONED = {
    "lines": Count("pk"),
    "refused": Count("pk", filter=REFUSED),
    "allocated": Sum("allocation__granted_cost"),
    "allocated_refused": Sum("allocation__granted_cost", filter=REFUSED, default=NOTHING),
    **{quarter: Sum(quarter) for quarter in QUARTERS},
}
C = Confirmation.State

Part = Mapping[str, Any]


def keep(budget: Budget, departments: Collection[int] | None = None) -> None:
    """Add up the lines of a locked budget anew: of all departments, or of those whose lines changed."""
    lines, kept = BudgetLine.objects.filter(budget=budget), BudgetSum.objects.filter(budget=budget)
    if departments is not None:
        lines, kept = lines.filter(department_id__in=departments), kept.filter(department_id__in=departments)
    kept.delete()
    found = lines.order_by().values("department_id").annotate(**RECKONED)
    BudgetSum.objects.bulk_create(BudgetSum(budget=budget, **row) for row in found)


def sum_of(budget: Budget) -> Decimal:
    """What the whole budget comes to."""
    found = BudgetSum.objects.filter(budget=budget).aggregate(**{quarter: Sum(quarter) for quarter in QUARTERS})
    return sum((amount or NOTHING for amount in found.values()), NOTHING)


def totals(budget: Budget, lines: QuerySet[BudgetLine], kept: Iterable[BudgetSum], state: str) -> dict[str, Any]:
    """What lines come to and how many of them are settled, narrowed to what their departments say of them.

    `lines` and `kept` are of the same departments. Only the few lines that are contested now are read themselves.
    """
    answers = dict(Confirmation.objects.filter(budget=budget).values_list("department_id", "state"))
    contested = _contested(budget, lines)
    if state == C.CONTESTED:
        return _total((_minus(row, {}) for row in contested.values()), settled=0)
    parts, settled = [], 0
    for row in kept:
        whole = {name: getattr(row, name) for name in RECKONED}
        said = answers.get(row.department_id)
        budgeted = _budgeted(whole, contested.get(row.department_id, {}) if said == C.CONTESTED else {})
        counts_as = C.CONFIRMED if said == C.CONTESTED else said
        settled += budgeted["count"] if counts_as in (C.CONFIRMED, C.OVERRULED) else 0
        if not state:
            parts.append(_minus(whole, {}))
        elif state == "refused":
            held = _budgeted(whole, {})
            parts.append(_minus(whole, held | {"lines": held["count"]}))
        elif state == counts_as:
            parts.append(budgeted)
    total = _total(parts, settled=settled)
    return total if not state else total | {"settled": total["count"] if state in (C.CONFIRMED, C.OVERRULED) else 0}


def _contested(budget: Budget, lines: QuerySet[BudgetLine]) -> dict[int, Part]:
    """The lines contested now, added up by department."""
    contests = Contest.objects.filter(confirmation__budget=budget, settled=Contest.Settled.OPEN)
    found = lines.filter(pk__in=contests.values("line_id")).order_by().values("department_id").annotate(**RECKONED)
    return {row["department_id"]: row for row in found}


def _minus(whole: Part, less: Part) -> dict[str, Any]:
    """A part without another part of it."""
    names = ("allocated", *QUARTERS)
    return {"count": whole["lines"] - less.get("lines", 0)} | {name: whole[name] - less.get(name, 0) for name in names}


def _budgeted(whole: Part, contested: Part) -> dict[str, Any]:
    """The lines that hold money, without the contested ones among them."""
    names = {"lines": "refused", "allocated": "allocated_refused"}
    left = {name: row[name] - row[refused] for row in (whole,) for name, refused in names.items()}
    less = {name: contested[name] - contested[refused] for name, refused in names.items()} if contested else {}
    return _minus({**whole, **left}, {**contested, **less})


def _total(parts: Iterable[Part], *, settled: int) -> dict[str, Any]:
    total: dict[str, Any] = {"count": 0, **dict.fromkeys(SUMMED[1:], NOTHING)}
    for part in parts:
        for name in SUMMED:
            total[name] += part[name]
    return total | {"amount": sum((total[quarter] for quarter in QUARTERS), NOTHING), "settled": settled}

"""The lines of a sheet: narrowed, with what departments say of them and what is known of last year."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Sum

from budgets.drafting.models import Budget, BudgetLine, Confirmation, Contest
from planning.forecasts.figures import total
from planning.forecasts.queries.planners import all_planners_in
from planning.models import Actual, Project
from sop_portal.foundation.organisation.models import Department

# What is known of last year for the lines of a category: materials, or money.
METRICS = {"materials": "materials", "services": "money"}
State = Confirmation.State


class SheetNarrowing(TypedDict, total=False):
    """The department and the state that a sheet is narrowed to."""

    department: Department | None
    state: str


@dataclass(frozen=True)
class LineAnswers:
    """What departments say of some lines: the confirmation of each department, and the lines contested now."""

    confirmations: Mapping[int, Confirmation]
    contested: Collection[int]


def narrowed(lines: QuerySet[BudgetLine], budget: Budget, wanted: SheetNarrowing) -> QuerySet[BudgetLine]:
    """The lines of one department, or of one state."""
    department, state = wanted.get("department"), wanted.get("state")
    if department:
        lines = lines.filter(department_id=department.pk)
    return lines.filter(in_state(budget, state)) if state else lines


def in_state(budget: Budget, state: str) -> Q:
    """Lines by what their department says of them; the uncontested lines of a contest count as confirmed."""
    if state == "refused":
        return Q(is_refused=True)

    def answered(*states: str) -> Q:
        found = Confirmation.objects.filter(budget=budget, state__in=states)
        return Q(department_id__in=found.values("department_id"), is_refused=False)

    contested = Q(Exists(Contest.objects.filter(line=OuterRef("pk"), settled=Contest.Settled.OPEN)))
    if state == State.CONTESTED:
        return contested
    if state == State.CONFIRMED:
        return answered(State.CONFIRMED) | (answered(State.CONTESTED) & ~contested)
    return answered(state)


def answers_to(budget: Budget, lines: Sequence[BudgetLine]) -> LineAnswers:
    """What the departments of these lines say of them."""
    departments = {line.department_id for line in lines}
    found = Confirmation.objects.filter(budget=budget, department_id__in=departments)
    contests = Contest.objects.filter(confirmation__budget=budget, settled=Contest.Settled.OPEN)
    contested = contests.filter(line__in=[line.pk for line in lines]).values_list("line_id", flat=True)
    return LineAnswers({confirmation.department_id: confirmation for confirmation in found}, set(contested))


def actuals_of(budget: Budget, lines: Sequence[BudgetLine], year: int | None = None) -> dict[int, Decimal]:
    """A year's money of the project beside the first of its lines in a category: it is known per project only.

    Where no year is named, it is the one before that of the budget.
    """
    measured = [line for line in lines if line.category in METRICS]
    projects = {line.project_id for line in measured}
    in_budget = BudgetLine.objects.filter(budget=budget, project__in=projects, category__in=METRICS).order_by()
    first_of_each = in_budget.values("project", "category").annotate(first=Min("number"))
    first_numbers = set(first_of_each.values_list("first", flat=True))
    planners = all_planners_in(budget.cycle_id)
    known = Actual.objects.filter(
        year=budget.cycle.year - 1 if year is None else year,
        department__in=planners.parts_of_all(line.department_id for line in measured),
        slug__in={line.project.slug for line in measured},
    )
    found: dict[tuple[int, str], list[Actual]] = defaultdict(list)
    for actual in known:
        found[planners.of(actual.department_id), actual.slug].append(actual)
    values = {
        line.pk: total(getattr(a, METRICS[line.category]) for a in found[line.department_id, line.project.slug])
        for line in measured
        if line.number in first_numbers
    }
    return {pk: value for pk, value in values.items() if value is not None}


def actual_total_of(budget: Budget, lines: QuerySet[BudgetLine]) -> Decimal | None:
    """The sum of what is known of last year; where nothing is known there is no sum, not a zero."""
    known = Project.objects.filter(
        cycle_id=budget.cycle_id,
        department__actuals__year=budget.cycle.year - 1,
        department__actuals__slug=F("slug"),
    )
    projects = {category: lines.filter(category=category).order_by().values("project_id") for category in METRICS}
    sums = {
        category: Sum(f"department__actuals__{metric}", filter=Q(pk__in=projects[category]))
        for category, metric in METRICS.items()
    }
    return total([*known.aggregate(**sums).values(), *_of_merged(budget, projects)])


def _of_merged(budget: Budget, projects: Mapping[str, "QuerySet[Any, Any]"]) -> Iterator[Decimal | None]:
    """Last year's money of the projects of departments that are planned under another one now."""
    planners = all_planners_in(budget.cycle_id)
    if not planners.heirs:
        return
    rows = list(Actual.objects.filter(year=budget.cycle.year - 1, department__in=planners.heirs))
    for category, metric in METRICS.items():
        shown = Project.objects.filter(pk__in=projects[category], department__in=planners.heirs.values())
        known = set(shown.values_list("department_id", "slug"))
        yield from (getattr(row, metric) for row in rows if (planners.of(row.department_id), row.slug) in known)

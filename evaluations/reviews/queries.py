"""Evaluations as pages fetch them, and the figures they are made of: goals, hours and money, planned beside actual."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypedDict

from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from budgets.models import Appropriation, Category
from evaluations.reports.models import COUNTERS, CountCorrection
from evaluations.reports.queries import corrections_of_project
from evaluations.reviews.figures import EvaluationFacts, Fact, GoalFact
from evaluations.reviews.models import COUNTED, MONEY_FIELDS, Evaluation, Goal
from planning.forecasts.figures import plain
from planning.forecasts.queries.history import past_of_project
from planning.forecasts.queries.planners import all_planners_in
from planning.models import Actual, Cycle, ForecastFigure, Metric, Project
from sop_portal.foundation.kit.money import exact_sum
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry

NOTHING = Decimal(0)
# Planned and spent.
Money = tuple[Decimal, Decimal]


class EvaluationAddress(TypedDict):
    """What the address of an evaluation says."""

    year: int
    department: str
    project: str


def find_evaluation(request: Request, *, year: int, department: str, project: str) -> Evaluation:
    """The evaluation of the address, if the person may see it."""
    visible = Evaluation.objects.visible_to(request.actor).select_related(
        "cycle", "department", "project__cycle", "project__department", "project__lead"
    )
    return get_object_or_404(visible, cycle__year=year, department__slug=department, project__slug=project)


def departments_of(actor: Actor) -> QuerySet[Department]:
    """The departments a person may see evaluations of."""
    everything = Department.objects.all()
    return everything if actor.sees_everything else everything.filter(pk__in=actor.department_ids)


def facts_of(evaluation: Evaluation) -> EvaluationFacts:
    """All facts of an evaluation; until it is reviewed, the counted figures follow the reports."""
    found, follows = list(evaluation.goals.order_by("pk")), evaluation.state != Evaluation.State.REVIEWED
    before = figures_of_last_year(evaluation.project) if follows and any(goal.is_counted for goal in found) else {}
    goals = [_goal(goal, evaluation.project, before) for goal in found]
    resources = [_hours(evaluation), *_money(evaluation)]
    return EvaluationFacts(goals, resources, evaluation.cycle.deviation_to_explain)


@dataclass(frozen=True)
class ForecastResult:
    """What one reviewed evaluation says of one forecast figure, beside what happened."""

    evaluation: Evaluation
    metric: Metric
    forecast: Decimal
    actual: Decimal


def forecast_results(cycle: Cycle, actor: Actor) -> Iterator[ForecastResult]:
    """Forecast beside result in the reviewed evaluations a person may see; where one of both is not known, nothing.

    The result is that of the history, as wherever the portal says how far a forecast missed: a count that was corrected
    after the review is the corrected one.
    """
    reviewed = Evaluation.objects.filter(cycle=cycle, state=Evaluation.State.REVIEWED).visible_to(actor)
    found = reviewed.select_related("cycle", "department", "project").in_bulk()
    past = {(row.department_id, row.slug): row.figures for row in Actual.objects.filter(year=cycle.year)}
    for pk, metric, forecast in _forecasts_of(reviewed):
        project = found[pk].project
        actual = past.get((project.department_id, project.slug), {}).get(metric)
        if forecast is not None and actual is not None:
            yield ForecastResult(found[pk], Metric(metric), forecast, actual)


def _forecasts_of(reviewed: QuerySet[Evaluation]) -> Iterator[tuple[int, str, Decimal | None]]:
    """What was forecast, by evaluation and metric: the targets of the counted goals, and the hours."""
    goals = Goal.objects.filter(evaluation__in=reviewed, indicator__in=COUNTED).order_by("evaluation_id", "pk")
    yield from goals.values_list("evaluation_id", "indicator", "target")
    hours = ForecastFigure.objects.filter(metric=Metric.PEOPLE, line__is_planned=True)
    hours = hours.filter(line__project__evaluation__in=reviewed).order_by("line__project__evaluation")
    yield from hours.values_list("line__project__evaluation", "metric", "figure")


def _goal(goal: Goal, project: Project, before: Mapping[str, Decimal | None]) -> GoalFact:
    """A goal; while the evaluation is open, the portal's own follow the reports and the history."""
    follows, since = goal.is_counted and goal.indicator in before, NOTHING
    actual, baseline = goal.actual, goal.baseline
    if follows:
        actual, baseline = reached(project, goal.indicator), before[goal.indicator]
    elif goal.is_counted and actual is not None:
        since = reached(project, goal.indicator) - actual
    return GoalFact(
        str(goal),
        goal.target,
        actual,
        baseline,
        is_typed=not goal.is_counted,
        actual_since=since,
        counts=(f"reached-{goal.indicator}",) if goal.is_counted else (),
        goal=goal,
    )


def reached(project: Project, metric: str) -> Decimal:
    """The total of one metric in the accepted reports of a project."""
    return Decimal(getattr(project, COUNTERS[Metric(metric)]))


def _hours(evaluation: Evaluation) -> Fact:
    return Fact(Metric.PEOPLE.label, forecast_of(evaluation.project).get(Metric.PEOPLE), evaluation.people_used)


def forecast_of(project: Project) -> dict[str, Decimal | None]:
    """The forecast figures of a project, by metric; empty where it was not planned."""
    figures = ForecastFigure.objects.filter(line__project=project, line__is_planned=True)
    return dict(figures.values_list("metric", "figure"))


def _money(evaluation: Evaluation) -> list[Fact]:
    """Planned and spent by category; once it is reviewed as it was then, with what changed since beside it."""
    now = money_by_category(evaluation.project)
    then = _as_reviewed(evaluation) if evaluation.state == Evaluation.State.REVIEWED else now
    zero = (NOTHING, NOTHING)
    money = {category: (then.get(category, zero), now.get(category, zero)) for category in sorted({*then, *now})}
    facts = [
        replace(_fact_of(Category(category).label, *both), counts=(f"spent-{category}",))
        for category, both in money.items()
    ]
    total_then, total_now = (_sums(both[place] for both in money.values()) for place in (0, 1))
    counts = tuple(name for fact in facts for name in fact.counts)
    return [*facts, replace(_fact_of(_("Money in all"), total_then, total_now), is_total=True, counts=counts)]


def _fact_of(label: StrOrPromise, then: Money, now: Money) -> Fact:
    (planned, spent), (planned_now, spent_now) = then, now
    fact = Fact(label, planned, spent, is_money=True)
    return replace(fact, planned_since=planned_now - planned, actual_since=spent_now - spent)


def _sums(money: Iterable[Money]) -> Money:
    found = list(money)
    return sum((planned for planned, _spent in found), NOTHING), sum((spent for _planned, spent in found), NOTHING)


def money_by_category(project: Project) -> dict[str, Money]:
    """What the lines of a project hold and what is spent on them, now, by category."""
    rows = Appropriation.objects.filter(project=project).order_by("category").values_list("category")
    sums = rows.annotate(planned=exact_sum("approved"), used=exact_sum("spent"))
    return {category: (planned, spent) for category, planned, spent in sums}


def _as_reviewed(evaluation: Evaluation) -> dict[str, Money]:
    """What the review wrote down; of one from before reviews did, what is known now."""
    entries = Entry.objects.of("evaluation", evaluation.pk).filter(verb="edit")
    noted = entries.filter(changes__0__field__in=list(MONEY_FIELDS)).first()
    if noted is None:
        return money_by_category(evaluation.project)
    figures = {change["field"]: Decimal(change["new"]) for change in noted.changes}
    return {c: (figures[f"planned-{c}"], figures[f"spent-{c}"]) for c in Category.values if f"spent-{c}" in figures}


def corrected_since(evaluation: Evaluation) -> list[CountCorrection]:
    """The counts of the project that were corrected since its evaluation was reviewed, which stays as it was."""
    if evaluation.state != Evaluation.State.REVIEWED or evaluation.reviewed_at is None:
        return []
    found = corrections_of_project(evaluation.project_id).filter(state=CountCorrection.State.IN_FORCE)
    return list(found.filter(decided_at__gt=evaluation.reviewed_at))


def figures_shown(evaluation: Evaluation) -> dict[str, str]:
    """What an open evaluation shows of what was counted, was there the year before, is planned and is spent, now."""
    project = Project.objects.select_related("cycle").get(pk=evaluation.project_id)
    before = figures_of_last_year(project)
    figures: dict[str, Decimal | None] = {f"reached-{metric.value}": reached(project, metric) for metric in COUNTED}
    figures |= {f"before-{metric.value}": before[metric] for metric in COUNTED}
    for category, (planned, spent) in money_by_category(project).items():
        figures |= {f"planned-{category}": planned, f"spent-{category}": spent}
    return {name: plain(figure) for name, figure in figures.items()}


def moved_since_submitted(evaluation: Evaluation) -> dict[str, Decimal]:
    """By how much each figure that an evaluation shows moved since its department handed it in."""
    entries = Entry.objects.of("evaluation", evaluation.pk)
    submitted = entries.filter(verb="submit").values_list("position", flat=True).first() or 0
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries.filter(verb="follow-figures", position__gt=submitted):
        for change in entry.changes:
            # What was not known before did not move.
            if change["old"] and change["new"]:
                moved[change["field"]] += Decimal(change["new"]) - Decimal(change["old"])
    return moved


def unexplained(evaluation: Evaluation) -> list[Fact]:
    """What lies far from the plan without a word of the department that handed the evaluation in."""
    facts = facts_of(evaluation)
    if not evaluation.explanation.strip():
        return facts.to_explain
    moved = moved_since_submitted(evaluation)
    return [fact for fact in facts.to_explain if fact.moved_beyond(facts.limit, moved)]


def spent_on_materials(project: Project) -> Decimal:
    """What was spent on the project's lines for materials."""
    lines = Appropriation.objects.filter(project=project, category=Category.MATERIALS)
    return lines.aggregate(spent=Sum("spent"))["spent"] or NOTHING


def figures_of_last_year(project: Project) -> dict[str, Decimal | None]:
    """What the project did the year before, by metric, with what it did in departments that are part of its own now."""
    parts = all_planners_in(project.cycle_id).parts_of(project.department_id)
    return past_of_project(project, parts, project.cycle.year - 1)

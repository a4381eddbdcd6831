"""Evaluations as pages fetch them, and the figures they are made of: goals, hours and money, planned beside actual."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from budgets.models import Appropriation, Category
from evaluations.reviews.figures import EvaluationFacts, Fact, GoalFact
from evaluations.reviews.models import COUNTED, Evaluation, Goal
from planning.forecasts.queries.history import past_of_project
from planning.forecasts.queries.planners import all_planners_in
from planning.models import Cycle, ForecastFigure, Metric, Project
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

# Where a project keeps what its accepted reports add up to.
COUNTERS = {Metric.ACTIVITIES: "activities_held", Metric.PARTICIPANTS: "participants_reached"}
NOTHING = Decimal(0)


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
    resources = [_hours(evaluation), *_money(evaluation.project)]
    return EvaluationFacts(goals, resources, evaluation.cycle.deviation_to_explain)


@dataclass(frozen=True)
class ForecastResult:
    """What one reviewed evaluation says of one forecast figure, beside what happened."""

    evaluation: Evaluation
    metric: Metric
    forecast: Decimal
    actual: Decimal


def forecast_results(cycle: Cycle, actor: Actor) -> Iterator[ForecastResult]:
    """Forecast beside result in the reviewed evaluations a person may see; where one of both is not known, nothing."""
    reviewed = Evaluation.objects.filter(cycle=cycle, state=Evaluation.State.REVIEWED).visible_to(actor)
    found = reviewed.select_related("cycle", "department", "project").in_bulk()
    goals = Goal.objects.filter(evaluation__in=reviewed, indicator__in=COUNTED).order_by("evaluation_id", "pk")
    for pk, metric, forecast, actual in goals.values_list("evaluation_id", "indicator", "target", "actual"):
        if forecast is not None and actual is not None:
            yield ForecastResult(found[pk], Metric(metric), forecast, actual)
    hours = ForecastFigure.objects.filter(metric=Metric.PEOPLE, line__is_planned=True, figure__isnull=False)
    hours = hours.filter(line__project__evaluation__in=reviewed).order_by("line__project__evaluation")
    for pk, forecast in hours.values_list("line__project__evaluation", "figure"):
        used = found[pk].people_used
        if forecast is not None and used is not None:
            yield ForecastResult(found[pk], Metric.PEOPLE, forecast, used)


def _goal(goal: Goal, project: Project, before: Mapping[str, Decimal | None]) -> GoalFact:
    """A goal; while the evaluation is open, the portal's own follow the reports and the history."""
    follows = goal.is_counted and goal.indicator in before
    actual, baseline = (
        (reached(project, goal.indicator), before[goal.indicator]) if follows else (goal.actual, goal.baseline)
    )
    return GoalFact(str(goal), goal.target, actual, baseline, is_typed=not goal.is_counted, goal=goal)


def reached(project: Project, metric: str) -> Decimal:
    """The total of one metric in the accepted reports of a project."""
    return Decimal(getattr(project, COUNTERS[Metric(metric)]))


def _hours(evaluation: Evaluation) -> Fact:
    return Fact(Metric.PEOPLE.label, forecast_of(evaluation.project).get(Metric.PEOPLE), evaluation.people_used)


def forecast_of(project: Project) -> dict[str, Decimal | None]:
    """The forecast figures of a project, by metric; empty where it was not planned."""
    figures = ForecastFigure.objects.filter(line__project=project, line__is_planned=True)
    return dict(figures.values_list("metric", "figure"))


def _money(project: Project) -> list[Fact]:
    rows = Appropriation.objects.filter(project=project).values_list("category").order_by("category")
    lines = [
        Fact(Category(category).label, approved, spent, is_money=True)
        for category, approved, spent in rows.annotate(Sum("approved"), Sum("spent"))
    ]
    return [*lines, Fact(_("Money in all"), project.budgeted, project.spent, is_money=True, is_total=True)]


def spent_on_materials(project: Project) -> Decimal:
    """What was spent on the project's lines for materials."""
    lines = Appropriation.objects.filter(project=project, category=Category.MATERIALS)
    return lines.aggregate(spent=Sum("spent"))["spent"] or NOTHING


def figures_of_last_year(project: Project) -> dict[str, Decimal | None]:
    """What the project did the year before, by metric, with what it did in departments that are part of its own now."""
    parts = all_planners_in(project.cycle_id).parts_of(project.department_id)
    return past_of_project(project, parts, project.cycle.year - 1)

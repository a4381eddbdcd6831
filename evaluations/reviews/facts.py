"""The facts of an evaluation as the portal lays them out: goals, hours and money, planned beside actual."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from budgets.models import Appropriation, Category
from evaluations.reviews.figures import Fact, to_explain
from evaluations.reviews.models import COUNTED, Evaluation, Goal
from planning.models import Actual, ForecastFigure, Metric, Project

KEPT = {Metric.ACTIVITIES: "activities_held", Metric.PARTICIPANTS: "participants_reached"}
ZERO = Decimal(0)


@dataclass(frozen=True)
class Facts:
    """Goals and resources of one evaluation."""

    goals: list[Fact]
    resources: list[Fact]
    limit: int

    @property
    def to_explain(self) -> list[Fact]:
        """Everything that lies further from the plan than the year allows without a word."""
        return to_explain([*self.goals, *self.resources], self.limit)


def facts_of(evaluation: Evaluation) -> Facts:
    """All facts of an evaluation. Until it is reviewed the counted figures follow the reports."""
    goals = [_goal(goal, evaluation) for goal in evaluation.goals.order_by("pk")]
    resources = [_hours(evaluation), *_money(evaluation.project)]
    return Facts(goals, resources, evaluation.cycle.deviation_to_explain)


def _goal(goal: Goal, evaluation: Evaluation) -> Fact:
    follows = goal.is_counted and evaluation.state != Evaluation.State.REVIEWED
    actual = reached(evaluation.project, goal.indicator) if follows else goal.actual
    return Fact(str(goal), goal.target, actual, goal.baseline, is_typed=not goal.is_counted, goal=goal)


def reached(project: Project, measure: str) -> Decimal:
    """What the accepted reports add up to."""
    return Decimal(getattr(project, KEPT[Metric(measure)]))


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
    return lines.aggregate(spent=Sum("spent"))["spent"] or ZERO


def counted_goals(evaluation: Evaluation) -> list[Goal]:
    """The goals the portal sets: last year as the base, the forecast as the target, the reports as the result."""
    project = evaluation.project
    before = Actual.objects.filter(
        department=project.department_id, slug=project.slug, year=project.cycle.year - 1
    ).first()
    forecast = forecast_of(project)
    return [
        Goal(
            evaluation=evaluation, indicator=measure, baseline=getattr(before, measure, None),
            target=forecast.get(measure), actual=reached(project, measure),
        )
        for measure in COUNTED
    ]  # fmt: skip

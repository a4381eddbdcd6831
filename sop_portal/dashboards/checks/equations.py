"""What every kept total has to be equal to: one line per equation, recomputed by the database."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DecimalField,
    Exists,
    F,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Round

from budgets.models import Appropriation, BudgetLine, BudgetSum, Expense, Fund
from evaluations.models import CountCorrection, ProgressReport
from evaluations.reports.models import COUNTERS
from evaluations.reports.queries import with_period
from planning.models import Forecast, ForecastFigure, Metric, Pool, Project, RequestLine, ResourceRequest
from sop_portal.dashboards.figures import ZERO

PLACES = 2
AMOUNT = DecimalField(max_digits=20, decimal_places=PLACES)
HALF = Decimal("0.5")


REQUESTED = RequestLine.objects.all()
ASKED = REQUESTED.exclude(request__state="waived")


@dataclass(frozen=True)
class Equation:
    """A kept total, the field of a model, and what it has to be equal to, computed by the database.

    `tolerance` is what rounding to whole numbers may leave between them.
    """

    field: str
    model: type[Model]
    computed: Combinable
    description: str
    tolerance: Decimal = ZERO

    def broken(self) -> QuerySet[Any]:
        """The rows that do not fit, with `computed` and `gap`; the database computes and compares."""
        rows: QuerySet[Any] = self.model._default_manager.annotate(computed=self.computed)
        # Rounded, because SQLite adds in binary fractions.
        kept = Coalesce(F(self.field), ZERO, output_field=AMOUNT)
        rows = rows.annotate(gap=Round(kept - F("computed"), PLACES, output_field=AMOUNT))
        return rows.filter(Q(gap__gt=self.tolerance) | Q(gap__lt=-self.tolerance)).order_by("pk")


def sum_of(rows: QuerySet[Any], by: str, field: str) -> Coalesce:
    """The sum of a field over the rows that lead to the outer row by `by`; nothing where there are none."""
    sums = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(sum=Sum(field)).values("sum")
    return Coalesce(Subquery(sums), ZERO, output_field=AMOUNT)


def count_of(rows: QuerySet[Any], by: str) -> Coalesce:
    """How many rows lead to the outer row by `by`."""
    counts = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0)


def forecast_of_project(*metrics: str) -> Coalesce:
    """The forecast figures of a project that is planned, in a forecast that is not waived."""
    planned = ForecastFigure.objects.filter(line__is_planned=True, metric__in=metrics)
    return sum_of(planned.exclude(line__forecast__state="waived"), "line__project", "figure")


def forecast_of_department(metric: str) -> Coalesce:
    """What the planned projects of a forecast come to in one measure."""
    return sum_of(ForecastFigure.objects.filter(line__is_planned=True, metric=metric), "line__forecast", "figure")


def line_in_force() -> Case:
    """What the line of this number holds in the version in force; a closed one holds what is spent on it."""
    lines = BudgetLine.objects.filter(
        budget__state="approved", budget__cycle=OuterRef("cycle"), number=OuterRef("number")
    )
    held = Coalesce(Subquery(lines.annotate(sum=quarters()).values("sum")), ZERO, output_field=AMOUNT)
    return Case(When(closed_at__isnull=False, then=F("spent")), default=held, output_field=AMOUNT)


def lines_of_department(aggregate: Aggregate, *, within: Q | None = None) -> Coalesce:
    """What the lines of a department come to in a budget."""
    lines = BudgetLine.objects.filter(within or Q(), budget=OuterRef("budget"), department=OuterRef("department"))
    sums = lines.order_by().values("department").annotate(computed=aggregate)
    return Coalesce(Subquery(sums.values("computed")), ZERO, output_field=AMOUNT)


def granted_from_pool() -> Case:
    """What lines were granted of a pool; of money their cost, and that of the people and materials it pays for."""
    cost = sum_of(REQUESTED, "pool", "granted_cost") + sum_of(REQUESTED, "pool__paid_from", "granted_cost")
    return Case(When(kind="money", then=cost), default=sum_of(REQUESTED, "pool", "granted"), output_field=AMOUNT)


def quarters() -> Combinable:
    """The four quarters together."""
    return F("q1") + F("q2") + F("q3") + F("q4")


def booked_for_reported_months() -> Case:
    """What the last report handed in carries of earlier months: then all of them add up to what was posted by then."""
    frozen = ProgressReport.objects.filter(spent__isnull=False, submitted_at__isnull=False)
    of_project = frozen.filter(project=OuterRef("project"))
    later = Q(submitted_at__gt=OuterRef("submitted_at"))
    same = Q(submitted_at=OuterRef("submitted_at"), pk__gt=OuterRef("pk"))
    is_followed = Q(Exists(of_project.filter(later | same)))
    known = with_period(Expense.objects.filter(project=OuterRef("project"), posted_at__lte=OuterRef("submitted_at")))
    posted = known.filter(period__in=frozen.values("pk")).order_by().values("project").annotate(sum=Sum("amount"))
    others = of_project.exclude(pk=OuterRef("pk")).order_by().values("project")
    reported = others.annotate(sum=Sum("spent") + Sum(Coalesce("spent_earlier", ZERO, output_field=AMOUNT)))
    carried = _or_zero(posted) - _or_zero(reported) - F("spent")
    not_yet = Q(spent__isnull=True) | Q(submitted_at__isnull=True)
    kept = Coalesce("spent_earlier", ZERO, output_field=AMOUNT)
    return Case(When(not_yet, then=ZERO), When(is_followed, then=kept), default=carried, output_field=AMOUNT)


def counted_in_project(metric: Metric) -> Combinable:
    """What the accepted reports of a project add up to in one measure, with the corrections in force."""
    corrected = CountCorrection.objects.in_force().filter(metric=metric).annotate(by=F("becomes") - F("was"))
    return sum_of(ACCEPTED, "project", COUNTERS[metric]) + sum_of(corrected, "project", "by")


def _or_zero(sums: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(sums.values("sum")), ZERO, output_field=AMOUNT)


SPENT = Expense.objects.all()
ALLOCATED = RequestLine.objects.filter(request__state="allocated")
APPROVED = Appropriation.objects.all()
ACCEPTED = ProgressReport.objects.filter(state="accepted")
REFUSED = Q(is_refused=True)

FORECASTS = tuple(
    Equation(metric, Forecast, forecast_of_department(metric), "the figures of its planned projects")
    for metric in Metric.values
)

REQUESTS = (
    Equation("line_count", ResourceRequest, count_of(REQUESTED, "request"), "the number of its lines"),
    Equation(
        "undecided",
        ResourceRequest,
        count_of(REQUESTED.filter(decision="open"), "request"),
        "the number of its open lines",
    ),
    Equation("cost", ResourceRequest, sum_of(REQUESTED, "request", "cost"), "the cost of its lines"),
    Equation(
        "granted_cost", ResourceRequest, sum_of(REQUESTED, "request", "granted_cost"), "what its lines were granted"
    ),
    Equation("committed", Pool, granted_from_pool(), "what is granted from it"),
)

PROJECTS = (
    Equation("needed", Project, forecast_of_project("materials", "money"), "its forecast of materials and money"),
    Equation("activities_planned", Project, forecast_of_project("activities"), "its forecast of activities", HALF),
    Equation(
        "participants_planned", Project, forecast_of_project("participants"), "its forecast of participants", HALF
    ),
    Equation("asked", Project, sum_of(ASKED, "project", "cost"), "the cost of its lines in requests not waived"),
    Equation("granted", Project, sum_of(ALLOCATED, "project", "granted_cost"), "what its request lines were granted"),
    Equation("budgeted", Project, sum_of(APPROVED, "project", "approved"), "its approved lines"),
    Equation("spent", Project, sum_of(SPENT, "project", "amount"), "its expenses"),
    *(
        Equation(name, Project, counted_in_project(metric), "its accepted reports with their corrections")
        for metric, name in COUNTERS.items()
    ),
)

BUDGETS = (
    Equation("spent", Appropriation, sum_of(SPENT, "appropriation", "amount"), "its expenses"),
    Equation("approved", Appropriation, line_in_force(), "its line in the budget in force"),
    Equation("lines", BudgetSum, lines_of_department(Count("pk")), "the number of its lines"),
    Equation(
        "refused",
        BudgetSum,
        lines_of_department(Count("pk"), within=REFUSED),
        "the number of its lines without money",
    ),
    *(Equation(name, BudgetSum, lines_of_department(Sum(name)), "its lines") for name in ("q1", "q2", "q3", "q4")),
    Equation(
        "allocated",
        BudgetSum,
        lines_of_department(Sum("allocated")),
        "the allocations of its lines",
    ),
    Equation(
        "allocated_refused",
        BudgetSum,
        lines_of_department(Sum("allocated"), within=REFUSED),
        "the allocations of its lines without money",
    ),
    Equation("amount", BudgetLine, quarters(), "its four quarters"),
    Equation("in_force", Fund, sum_of(APPROVED, "fund", "approved"), "its approved lines"),
)

REPORTS = (
    Equation(
        "spent_earlier",
        ProgressReport,
        booked_for_reported_months(),
        "what was posted for the reported months, less what the reports hold",
    ),
)

EQUATIONS = (*FORECASTS, *REQUESTS, *PROJECTS, *BUDGETS, *REPORTS)

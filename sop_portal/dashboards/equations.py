"""What every kept total has to be equal to: one line per equation, recomputed by the database."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, F, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Round

from budgets.models import Appropriation, BudgetLine, BudgetSum, Expense
from evaluations.models import ProgressReport
from planning.models import Forecast, ForecastFigure, Metric, Pool, Project, RequestLine, ResourceRequest

PLACES = 2
NOTHING = Decimal(0)
FIGURE = DecimalField(max_digits=20, decimal_places=PLACES)


@dataclass(frozen=True)
class Equation:
    """A kept figure and what it has to be; `within` is what rounding to whole numbers may leave between them."""

    kept: str
    on: type[Model]
    found: Any
    says: str
    within: Decimal = NOTHING

    def broken(self) -> QuerySet[Any]:
        """The rows that do not fit, with `found` and `gap`; the database reckons and compares."""
        rows: QuerySet[Any] = self.on._default_manager.annotate(found=self.found)
        # Rounded, because SQLite adds in binary fractions.
        kept = Coalesce(F(self.kept), NOTHING, output_field=FIGURE)
        rows = rows.annotate(gap=Round(kept - F("found"), PLACES, output_field=FIGURE))
        return rows.filter(Q(gap__gt=self.within) | Q(gap__lt=-self.within)).order_by("pk")


def sum_of(rows: QuerySet[Any], by: str, what: str) -> Any:
    """The sum of a field over the rows that lead to the outer row by `by`; nothing where there are none."""
    sums = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(sum=Sum(what)).values("sum")
    return Coalesce(Subquery(sums), NOTHING, output_field=FIGURE)


def figures(*metrics: str) -> Any:
    """The forecast figures of a project that is planned."""
    planned = ForecastFigure.objects.filter(line__is_planned=True, metric__in=metrics)
    return sum_of(planned, "line__project", "figure")


def counted(rows: QuerySet[Any], by: str) -> Any:
    """How many rows lead to the outer row by `by`."""
    counts = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0)


def forecast(metric: str) -> Any:
    """What the planned projects of a forecast come to in one measure."""
    return sum_of(ForecastFigure.objects.filter(line__is_planned=True, metric=metric), "line__forecast", "figure")


def in_force() -> Any:
    """What the line of this number holds in the version in force."""
    lines = BudgetLine.objects.filter(
        budget__state="approved", budget__cycle=OuterRef("cycle"), number=OuterRef("number")
    )
    return Coalesce(
        Subquery(lines.annotate(sum=F("q1") + F("q2") + F("q3") + F("q4")).values("sum")), NOTHING, output_field=FIGURE
    )


def in_department(reckoned: Any, *, within: Any = None) -> Any:
    """What the lines of a department come to in a budget."""
    lines = BudgetLine.objects.filter(within or Q(), budget=OuterRef("budget"), department=OuterRef("department"))
    sums = lines.order_by().values("department").annotate(found=reckoned)
    return Coalesce(Subquery(sums.values("found")), NOTHING, output_field=FIGURE)


def quarters() -> Any:
    """The four quarters together."""
    return F("q1") + F("q2") + F("q3") + F("q4")


ASKED, SPENT = RequestLine.objects.all(), Expense.objects.all()
ALLOCATED = RequestLine.objects.filter(request__state="allocated")
APPROVED = BudgetLine.objects.filter(budget__state="approved")
ACCEPTED = ProgressReport.objects.filter(state="accepted")
HALF = Decimal("0.5")
REFUSED = Q(is_refused=True)

EQUATIONS = (
    *(Equation(metric, Forecast, forecast(metric), "the figures of its planned projects") for metric in Metric.values),
    Equation("line_count", ResourceRequest, counted(ASKED, "request"), "the number of its lines"),
    Equation(
        "undecided", ResourceRequest, counted(ASKED.filter(decision="open"), "request"), "the number of its open lines"
    ),
    Equation("cost", ResourceRequest, sum_of(ASKED, "request", "cost"), "the cost of its lines"),
    Equation("granted_cost", ResourceRequest, sum_of(ASKED, "request", "granted_cost"), "what its lines were granted"),
    Equation("committed", Pool, sum_of(ASKED, "pool", "granted"), "what is granted from it"),
    Equation("needed", Project, figures("materials", "money"), "its forecast of materials and money"),
    Equation("activities_planned", Project, figures("activities"), "its forecast of activities", HALF),
    Equation("participants_planned", Project, figures("participants"), "its forecast of participants", HALF),
    Equation("asked", Project, sum_of(ASKED, "project", "cost"), "the cost of its request lines"),
    Equation("granted", Project, sum_of(ALLOCATED, "project", "granted_cost"), "what its request lines were granted"),
    Equation("budgeted", Project, sum_of(APPROVED, "project", "amount"), "its lines in the budget in force"),
    Equation("spent", Project, sum_of(SPENT, "project", "amount"), "its expenses"),
    Equation("activities_held", Project, sum_of(ACCEPTED, "project", "activities_held"), "its accepted reports"),
    Equation(
        "participants_reached", Project, sum_of(ACCEPTED, "project", "participants_reached"), "its accepted reports"
    ),
    Equation("spent", Appropriation, sum_of(SPENT, "appropriation", "amount"), "its expenses"),
    Equation("approved", Appropriation, in_force(), "its line in the budget in force"),
    Equation("lines", BudgetSum, in_department(Count("pk")), "the number of its lines"),
    Equation("refused", BudgetSum, in_department(Count("pk"), within=REFUSED), "the number of its lines without money"),
    *(Equation(name, BudgetSum, in_department(Sum(name)), "its lines") for name in ("q1", "q2", "q3", "q4")),
    Equation("allocated", BudgetSum, in_department(Sum("allocation__granted_cost")), "the allocations of its lines"),
    Equation(
        "allocated_refused",
        BudgetSum,
        in_department(Sum("allocation__granted_cost"), within=REFUSED),
        "the allocations of its lines without money",
    ),
    Equation("amount", BudgetLine, quarters(), "its four quarters"),
)

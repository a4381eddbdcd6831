"""How close the forecasts of participants came: by year and department, in one query."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from planning.forecasts.queries.planners import all_planners_in
from planning.models import Actual, Cycle, ForecastFigure, Project
from sop_portal.dashboards.figures import ZERO, weighted_miss
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts import Caption, Miss, bias_chart
from sop_portal.foundation.kit.charts.bars import BiasChart
from sop_portal.foundation.organisation.lineage import lineage

YEARS_BEFORE = 5
MOST_SHOWN = 12


@dataclass(frozen=True)
class Accuracy:
    """Forecast and actual participants of one department; `off` in percent of the actual (positive: too high)."""

    year: int
    department: str
    forecast: Decimal
    actual: Decimal

    @property
    def missed(self) -> Decimal:
        """By how many participants it missed, too high or too low."""
        return abs(self.forecast - self.actual)

    @property
    def off(self) -> Decimal:
        """How far the forecast missed, in percent of what happened."""
        return (self.forecast - self.actual) * 100 / self.actual


def accuracy_by_year(cycle: Cycle) -> dict[int, list[Accuracy]]:
    """The years up to this one that have both, the newest first; projects without an actual are left out."""
    heirs = {heir for heir in lineage().into.values() if heir}
    alone = accepted(cycle).exclude(line__project__department_id__in=heirs) if heirs else accepted(cycle)
    figures = alone.filter(
        line__project__department__actuals__year=F("line__forecast__cycle__year"),
        line__project__department__actuals__slug=F("line__project__slug"),
        line__project__department__actuals__participants__isnull=False,
    )
    sums = figures.order_by().values_list("line__forecast__cycle__year", "line__project__department__name")
    rows = list(sums.annotate(forecast=Sum("figure"), actual=Sum("line__project__department__actuals__participants")))
    rows += of_heirs(cycle, heirs) if heirs else []
    found: dict[int, list[Accuracy]] = {}
    for year, name, forecast, actual in sorted(rows, key=lambda row: (-row[0], row[1])):
        if actual:
            found.setdefault(year, []).append(Accuracy(year, name, forecast, actual))
    return found


def accepted(cycle: Cycle) -> QuerySet[ForecastFigure]:
    """The participants that accepted forecasts of the years compared planned.

    What a cancelled project did until then is no measure of what was forecast for its whole year.
    """
    return ForecastFigure.objects.exclude(line__project__state=Project.State.CANCELLED).filter(
        metric="participants",
        figure__isnull=False,
        line__is_planned=True,
        line__forecast__state="accepted",
        line__forecast__cycle__year__range=years_compared(cycle),
    )


def years_compared(cycle: Cycle) -> tuple[int, int]:
    """The first and the last year compared: the year itself is one once it is closed, and so counted whole."""
    return cycle.year - YEARS_BEFORE, cycle.year if cycle.is_closed else cycle.year - 1


def of_heirs(cycle: Cycle, heirs: Collection[int]) -> list[tuple[int, str, Decimal, Decimal]]:
    """The accuracy of heirs: what merged departments did in a year that the heir planned for is theirs."""
    columns = ("line__project__department_id", "line__project__department__name", "line__project__slug", "figure")
    found: dict[tuple[int, str], tuple[Decimal, Decimal]] = {}
    for past in Cycle.objects.filter(year__range=years_compared(cycle)).order_by("-year"):
        planners = all_planners_in(past.pk)
        happened: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
        known = Actual.objects.filter(year=past.year, department_id__in=planners.parts_of_all(heirs))
        for row in known.filter(participants__isnull=False):
            happened[planners.of(row.department_id), row.slug] += row.participants or ZERO
        planned = accepted(cycle).filter(line__forecast__cycle=past, line__project__department_id__in=heirs)
        for department, name, slug, figure in planned.values_list(*columns):
            if (department, slug) in happened:
                forecast, actual = found.get((past.year, name), (ZERO, ZERO))
                found[past.year, name] = (forecast + figure, actual + happened[department, slug])
    return [(year, name, forecast, actual) for (year, name), (forecast, actual) in found.items()]


def newest(years: dict[int, list[Accuracy]]) -> list[Accuracy]:
    """The last year with figures."""
    return next(iter(years.values()), [])


def closeness(rows: list[Accuracy]) -> Decimal:
    """100 % minus the weighted error (WAPE)."""
    return 100 - (weighted_miss((row.forecast, row.actual) for row in rows) or ZERO)


def bias(cycle: Cycle, rows: list[Accuracy]) -> BiasChart | None:
    """How far each department's forecast missed, the worst first; None without figures."""
    if not rows:
        return None
    worst = sorted(rows, key=lambda row: -abs(row.off))[:MOST_SHOWN]
    url = address("accuracy", cycle.year)
    misses = [Miss(row.department, row.off, url) for row in sorted(worst, key=lambda row: -row.off)]
    small = sum(1 for row in rows if abs(row.off) < 5)
    words = {"n": small, "all": len(rows), "year": rows[0].year}
    title = _("In %(year)s, %(n)s of %(all)s departments forecast within 5 %%") % words
    return bias_chart(misses, Caption(title, _("Forecast against actual participants by department")))

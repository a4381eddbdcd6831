"""How close the forecasts of participants came: by year and department, in one query."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from planning.models import Cycle, ForecastFigure
from sop_portal.dashboards.figures import ZERO
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts import Caption, Miss, bias_chart
from sop_portal.foundation.kit.charts.bars import BiasChart

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
    """The years before this one that have both, the newest first; projects without an actual are left out."""
    figures = ForecastFigure.objects.filter(
        metric="participants",
        figure__isnull=False,
        line__is_planned=True,
        line__forecast__state="accepted",
        line__forecast__cycle__year__range=(cycle.year - YEARS_BEFORE, cycle.year - 1),
        line__project__department__actuals__year=F("line__forecast__cycle__year"),
        line__project__department__actuals__slug=F("line__project__slug"),
        line__project__department__actuals__participants__isnull=False,
    )
    sums = figures.values_list("line__forecast__cycle__year", "line__project__department__name").annotate(
        forecast=Sum("figure"), actual=Sum("line__project__department__actuals__participants")
    )
    found: dict[int, list[Accuracy]] = {}
    for year, name, forecast, actual in sums.order_by(
        "-line__forecast__cycle__year", "line__project__department__name"
    ):
        if actual:
            found.setdefault(year, []).append(Accuracy(year, name, forecast, actual))
    return found


def newest(years: dict[int, list[Accuracy]]) -> list[Accuracy]:
    """The last year with figures."""
    return next(iter(years.values()), [])


def closeness(rows: list[Accuracy]) -> Decimal:
    """100 % minus the weighted error (WAPE)."""
    total = sum((row.actual for row in rows), ZERO)
    return 100 - sum((row.missed for row in rows), ZERO) * 100 / total


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

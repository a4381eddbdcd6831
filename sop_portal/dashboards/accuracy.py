"""How close the forecasts of participants came: by year and department, in one query."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Sum

from planning.models import Cycle, ForecastFigure

LOOKED_BACK = 5
NOTHING = Decimal(0)


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


def by_year(cycle: Cycle) -> dict[int, list[Accuracy]]:
    """The years before this one that have both, the newest first; projects without an actual are left out."""
    figures = ForecastFigure.objects.filter(
        metric="participants", figure__isnull=False, line__is_planned=True, line__forecast__state="accepted",
        line__forecast__cycle__year__range=(cycle.year - LOOKED_BACK, cycle.year - 1),
        line__project__department__actuals__year=F("line__forecast__cycle__year"),
        line__project__department__actuals__slug=F("line__project__slug"),
        line__project__department__actuals__participants__isnull=False,
    )  # fmt: skip
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
    total = sum((row.actual for row in rows), NOTHING)
    return 100 - sum((row.missed for row in rows), NOTHING) * 100 / total

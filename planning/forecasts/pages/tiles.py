"""Five totals with their change on an earlier year: of a department's forecast, and of the demand report."""

from django.utils.translation import gettext as _

from planning.forecasts.figures import METRICS, Figure, change, heading, total
from planning.forecasts.models import Forecast, ForecastLine
from planning.forecasts.queries.history import actuals_in, last_known_year
from planning.forecasts.queries.planners import all_planners_in
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Tile


def totals_of(lines: list[ForecastLine]) -> dict[str, Figure]:
    """The sums of the planned projects; a metric nobody knows has none."""
    planned = [{figure.metric: figure.figure for figure in line.figures.all()} for line in lines if line.is_planned]
    return {metric: total(found.get(metric) for found in planned) for metric in METRICS}


def tiles_of(forecast: Forecast, sums: dict[str, Figure]) -> list[Tile]:
    """The department's totals with the change on the last year that is known."""
    planners, own = all_planners_in(forecast.cycle_id), [forecast.department_id]
    year = last_known_year(forecast.cycle.year, own, planners)
    before = actuals_in(year, own, planners).get(forecast.department_id, {})
    moved = {metric: change(sums[metric], before.get(metric)) for metric in METRICS}
    return tiles(sums, moved, year, forecast.cycle.currency)


def tiles(sums: dict[str, Figure], moved: dict[str, Figure], year: int, currency: str) -> list[Tile]:
    """Five totals, each with its change on the actual figure of a year."""
    return [
        Tile(heading(metric, currency), formats.exact(sums[metric]), note=on_year(moved[metric], year))
        for metric in METRICS
    ]


def on_year(moved: Figure, year: int) -> str:
    """The change on a year in words."""
    if moved is None:
        return _("not known for %(year)s") % {"year": year}
    return _("%(change)s compared with %(year)s") % {"change": formats.signed_percent(moved), "year": year}

"""What forecasts come to: kept on each forecast, and with every published report."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from django.db.models import Sum

from planning.forecasts.figures import METRICS, Figure
from planning.forecasts.models import DemandReport, Forecast, ForecastFigure, ReportSum
from planning.forecasts.pastyears import known_before, last_year


def reckoned(forecasts: Iterable[Forecast]) -> dict[int, dict[str, Figure]]:
    """What the planned projects of each forecast come to, added up from their figures."""
    planned = ForecastFigure.objects.filter(line__forecast__in=[f.pk for f in forecasts], line__is_planned=True)
    sums: dict[int, dict[str, Figure]] = defaultdict(dict)
    for pk, metric, figure in planned.order_by().values_list("line__forecast_id", "metric").annotate(Sum("figure")):
        sums[pk][metric] = figure
    return sums


def keep(*forecasts: Forecast) -> None:
    """Give locked forecasts their sums; whoever locked them saves them."""
    sums = reckoned(forecasts)
    for forecast in forecasts:
        for metric in METRICS:
            setattr(forecast, metric, sums[forecast.pk].get(metric))


Sums = dict[int, dict[str, Figure]]


def live(report: DemandReport, departments: Iterable[int]) -> tuple[Sums, int, Sums]:
    """The accepted forecasts by department as they are now; the last year that is known, and its figures."""
    accepted = Forecast.objects.filter(cycle_id=report.cycle_id, state=Forecast.State.ACCEPTED)
    before = known_before(report.cycle.year, departments)
    return {forecast.department_id: forecast.sums for forecast in accepted}, before, last_year(before, departments)


def frozen(report: DemandReport) -> tuple[Sums, int, Sums]:
    """The same as it stood when the report was published."""
    years: dict[int, Sums] = defaultdict(dict)
    for row in ReportSum.objects.filter(report=report):
        years[row.year][row.department_id] = row.sums
    before = max((year for year in years if year < report.cycle.year), default=report.cycle.year - 1)
    return years[report.cycle.year], before, years[before]


def to_freeze(report: DemandReport) -> Iterator[ReportSum]:
    """The sums of the year and of the one before, as they are now."""
    departments = set(Forecast.objects.filter(cycle_id=report.cycle_id).values_list("department_id", flat=True))
    sums, before, past = live(report, departments)
    yield from _rows(report, report.cycle.year, sums)
    yield from _rows(report, before, past)


def _rows(report: DemandReport, year: int, sums: Mapping[int, Mapping[str, Figure]]) -> Iterator[ReportSum]:
    for department_id, figures in sums.items():
        yield ReportSum(report=report, year=year, department_id=department_id, **figures)

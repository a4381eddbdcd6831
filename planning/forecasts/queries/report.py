"""What stands in a demand report: frozen once it is published, what is accepted now until then."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from planning.cycles.models import Cycle
from planning.forecasts.figures import Figure
from planning.forecasts.models import DemandReport, Forecast, ForecastLine, ReportSum
from planning.forecasts.queries.history import actuals_in, last_known_year
from planning.forecasts.queries.planners import all_planners_in
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.models import Department

Sums = dict[int, dict[str, Figure]]
# A department without an accepted forecast, and the state of the forecast it owes.
Gap = tuple[Department, str]


@dataclass(frozen=True)
class ComparedSums:
    """What the departments come to, and what they did in the last year that is known."""

    sums: Sums
    last_year: int
    past: Sums


def find_report(request: Request, *, year: int, number: int) -> DemandReport:
    """One version of the demand report."""
    reports = DemandReport.objects.visible_to(request.actor).select_related("cycle", "published_by")
    reports = reports.prefetch_related("cycle__windows", "cycle__extensions__granted_by")
    return get_object_or_404(reports, cycle__year=year, number=number)


def is_reported(cycle: Cycle) -> bool:
    """Whether the year has a published report: who is accepted now is late, and gets a request at once."""
    return DemandReport.objects.filter(cycle=cycle, state=DemandReport.State.PUBLISHED).exists()


def lines_in(report: DemandReport) -> QuerySet[ForecastLine]:
    """The forecast lines of a report: frozen with it, or, while it is compiled, those of every accepted forecast."""
    if report.state == DemandReport.State.PUBLISHED:
        return ForecastLine.objects.filter(pk__in=report.lines.values("line_id"))
    return all_accepted_lines(report)


def all_accepted_lines(report: DemandReport) -> QuerySet[ForecastLine]:
    """The planned projects of every forecast that is accepted now."""
    return ForecastLine.objects.filter(
        forecast__cycle_id=report.cycle_id, forecast__state=Forecast.State.ACCEPTED, is_planned=True
    )


def all_gaps(report: DemandReport) -> list[Gap]:
    """Every department without an accepted forecast, and how far its forecast is."""
    states = dict(Forecast.objects.filter(cycle_id=report.cycle_id).values_list("department_id", "state"))
    departments = Department.objects.filter(Q(is_active=True) | Q(pk__in=states)).order_by("name")
    found = [(department, states.get(department.pk, Forecast.State.DRAFT.value)) for department in departments]
    return [(department, state) for department, state in found if state != Forecast.State.ACCEPTED]


def all_accepted_sums(report: DemandReport, departments: Iterable[int]) -> ComparedSums:
    """What the accepted forecasts come to now, beside the last year that is known of these departments."""
    accepted = Forecast.objects.filter(cycle_id=report.cycle_id, state=Forecast.State.ACCEPTED)
    planners, departments = all_planners_in(report.cycle_id), list(departments)
    last_year = last_known_year(report.cycle.year, departments, planners)
    sums = {forecast.department_id: forecast.sums for forecast in accepted}
    return ComparedSums(sums, last_year, actuals_in(last_year, departments, planners))


def all_published_sums(report: DemandReport) -> ComparedSums:
    """What the departments came to, beside the last year known then, when the report was published."""
    years: dict[int, Sums] = defaultdict(dict)
    for row in ReportSum.objects.filter(report=report):
        years[row.year][row.department_id] = row.sums
    last_year = max((year for year in years if year < report.cycle.year), default=report.cycle.year - 1)
    return ComparedSums(years[report.cycle.year], last_year, years[last_year])

"""What stands in a demand report: the accepted forecasts line by line, and the departments that are missing."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet

from planning.forecasts.models import DemandReport, Forecast, ForecastLine, ReportGap, ReportLine
from sop_portal.foundation.organisation.models import Department


def lines_in(report: DemandReport) -> QuerySet[ForecastLine]:
    """The forecast lines of a report: frozen with it, or, while it is compiled, those of every accepted forecast."""
    if report.state == DemandReport.State.PUBLISHED:
        return ForecastLine.objects.filter(pk__in=report.lines.values("line_id"))
    return live_lines(report)


def live_lines(report: DemandReport) -> QuerySet[ForecastLine]:
    """The planned projects of every forecast that is accepted now."""
    return ForecastLine.objects.filter(
        forecast__cycle_id=report.cycle_id, forecast__state=Forecast.State.ACCEPTED, is_planned=True
    )


def lines(report: DemandReport) -> Iterator[ReportLine]:
    """The lines to be frozen, as they are now."""
    found = live_lines(report).select_related("project", "forecast").prefetch_related("figures").order_by("pk")
    for line in found:
        figures = {figure.metric: figure.figure for figure in line.figures.all()}
        yield ReportLine(
            report=report, department_id=line.forecast.department_id, line=line, name=line.project.name, **figures
        )


def gap_states(report: DemandReport) -> list[tuple[Department, str]]:
    """Every department without an accepted forecast, and how far its forecast is."""
    states = dict(Forecast.objects.filter(cycle_id=report.cycle_id).values_list("department_id", "state"))
    departments = Department.objects.filter(Q(is_active=True) | Q(pk__in=states)).order_by("name")
    found = [(department, states.get(department.pk, Forecast.State.DRAFT.value)) for department in departments]
    return [(department, state) for department, state in found if state != Forecast.State.ACCEPTED]


def gaps(report: DemandReport) -> list[ReportGap]:
    """The gaps to be frozen, as they are now."""
    return [ReportGap(report=report, department=department, state=state) for department, state in gap_states(report)]

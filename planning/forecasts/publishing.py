"""What stands in a demand report: the accepted forecasts line by line, and the departments that are missing."""

from collections.abc import Iterator

from planning.forecasts.models import DemandReport, Forecast, ForecastLine, ReportGap, ReportLine
from sop_portal.organisation.models import Department


def accepted_lines(report: DemandReport) -> list[ForecastLine]:
    """The planned projects of every accepted forecast, by department and name."""
    lines = ForecastLine.objects.filter(
        forecast__cycle_id=report.cycle_id, forecast__state=Forecast.State.ACCEPTED, is_planned=True
    )
    lines = lines.select_related("project", "forecast__department").prefetch_related("figures")
    return list(lines.order_by("forecast__department__name", "project__name", "pk"))


def lines(report: DemandReport) -> Iterator[ReportLine]:
    """The lines to be frozen, as they are now."""
    for line in accepted_lines(report):
        figures = {figure.measure: figure.figure for figure in line.figures.all()}
        yield ReportLine(
            report=report, department_id=line.forecast.department_id, line=line, name=line.project.name, **figures
        )


def gap_states(report: DemandReport) -> list[tuple[Department, str]]:
    """Every active department without an accepted forecast, and how far its forecast is."""
    states = dict(Forecast.objects.filter(cycle_id=report.cycle_id).values_list("department_id", "state"))
    departments = Department.objects.filter(is_active=True).order_by("name")
    found = [(department, states.get(department.pk, Forecast.State.DRAFT)) for department in departments]
    return [(department, state) for department, state in found if state != Forecast.State.ACCEPTED]


def gaps(report: DemandReport) -> list[ReportGap]:
    """The gaps to be frozen, as they are now."""
    return [ReportGap(report=report, department=department, state=state) for department, state in gap_states(report)]

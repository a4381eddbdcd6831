"""A demand report by project, a page at a time, within what a person sees."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse

from planning.forecasts.figures import METRICS, Figure
from planning.forecasts.models import DemandReport, ForecastLine, ReportLine
from planning.forecasts.queries.report import lines_in
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

LINES_ON_A_PAGE = 100
LineT = TypeVar("LineT", bound=Model)


@dataclass(frozen=True)
class ReportProject:
    """One project of the report."""

    pk: int
    name: str
    slug: str
    department: Department
    year: int
    figures: list[Figure]

    @property
    def url(self) -> str:
        """The project's line in the forecast."""
        return reverse("forecast-line", args=[self.year, self.department.slug, self.slug])


def project_rows(
    report: DemandReport, actor: Actor, department: str, after: int
) -> tuple[list[ReportProject], int | None]:
    """A page of the report's projects, and the key of the next page; frozen figures once it is published."""
    year = report.cycle.year
    if report.published_at:
        frozen = ReportLine.objects.filter(report=report).visible_to(actor)
        if department:
            frozen = frozen.filter(department__slug=department)
        frozen = frozen.select_related("department", "line__project")
        return _page([_frozen(row, year) for row in _from(frozen, after)])
    live = lines_in(report).filter(pk__in=ForecastLine.objects.visible_to(actor).values("pk"))
    if department:
        live = live.filter(forecast__department__slug=department)
    live = live.select_related("forecast__department", "project").prefetch_related("figures")
    return _page([_live(row, year) for row in _from(live, after)])


def _from(lines: QuerySet[LineT], after: int) -> QuerySet[LineT]:
    """A page of lines and one more, from which the next page begins."""
    return lines.filter(pk__gt=after).order_by("pk")[: LINES_ON_A_PAGE + 1]


def _page(found: list[ReportProject]) -> tuple[list[ReportProject], int | None]:
    rows = found[:LINES_ON_A_PAGE]
    return rows, rows[-1].pk if len(found) > LINES_ON_A_PAGE else None


def _frozen(line: ReportLine, year: int) -> ReportProject:
    figures: list[Figure] = [getattr(line, metric) for metric in METRICS]
    return ReportProject(line.pk, line.name, line.line.project.slug, line.department, year, figures)


def _live(line: ForecastLine, year: int) -> ReportProject:
    figures = {figure.metric: figure.figure for figure in line.figures.all()}
    found = [figures.get(metric) for metric in METRICS]
    return ReportProject(line.pk, line.project.name, line.project.slug, line.forecast.department, year, found)

"""A demand report by project, a page at a time, within what a person sees."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from planning.forecasts.figures import METRICS, Figure
from planning.forecasts.models import DemandReport, ForecastLine, ReportLine
from planning.forecasts.queries.report import lines_in
from sop_portal.foundation.kit.paging import ListPage, paginate
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

LINES_ON_A_PAGE = 100
SORTS = {"key": "pk"}


@dataclass(frozen=True)
class ReportProject:
    """One project of the report."""

    pk: int
    name: str
    slug: str
    department: Department
    year: int
    figures: list[Figure]
    is_visible: bool = True

    @property
    def url(self) -> str:
        """The project's line in the forecast, for those who may see it."""
        if not self.is_visible:
            return ""
        return reverse("forecast-line", args=[self.year, self.department.slug, self.slug])


def page_of_projects(report: DemandReport, actor: Actor, department: Department | None, query: QueryDict) -> ListPage:
    """The page of the report's projects that ?after asks for."""
    turned = paginate(_lines(report, actor, department), query, SORTS, "key", LINES_ON_A_PAGE)
    rows = [_as_seen_by(actor, _project(line, report.cycle.year)) for line in turned.rows]
    return replace(turned, rows=rows)


def _as_seen_by(actor: Actor, project: ReportProject) -> ReportProject:
    is_visible = actor.sees_everything or project.department.pk in actor.department_ids
    return replace(project, is_visible=is_visible)


def visible_projects(
    report: DemandReport, actor: Actor, department: Department | None = None
) -> Iterator[ReportProject]:
    """Every project of the report that this person may see, perhaps of one department."""
    lines = _lines(report, actor, department).order_by("pk").iterator(chunk_size=LINES_ON_A_PAGE)
    return (_project(line, report.cycle.year) for line in lines)


def _lines(
    report: DemandReport, actor: Actor, department: Department | None
) -> QuerySet[ReportLine] | QuerySet[ForecastLine]:
    """The lines this person may see, perhaps of one department; frozen figures once the report is published."""
    if report.published_at:
        frozen = ReportLine.objects.filter(report=report).visible_to(actor)
        if department:
            frozen = frozen.filter(department=department)
        return frozen.select_related("department", "line__project")
    live = lines_in(report).filter(pk__in=ForecastLine.objects.visible_to(actor).values("pk"))
    if department:
        live = live.filter(forecast__department=department)
    return live.select_related("forecast__department", "project").prefetch_related("figures")


def _project(line: ReportLine | ForecastLine, year: int) -> ReportProject:
    return _frozen(line, year) if isinstance(line, ReportLine) else _live(line, year)


def _frozen(line: ReportLine, year: int) -> ReportProject:
    figures: list[Figure] = [getattr(line, metric) for metric in METRICS]
    return ReportProject(line.pk, line.name, line.line.project.slug, line.department, year, figures)


def _live(line: ForecastLine, year: int) -> ReportProject:
    figures = {figure.metric: figure.figure for figure in line.figures.all()}
    found = [figures.get(metric) for metric in METRICS]
    return ReportProject(line.pk, line.project.name, line.project.slug, line.forecast.department, year, found)

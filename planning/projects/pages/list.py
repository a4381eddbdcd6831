"""The list of a year's projects: filtered, sorted, page by page, and as a workbook."""

from dataclasses import dataclass

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from planning.cycles.queries import cycle_of
from planning.projects import exports
from planning.projects.forms import ProjectFilter
from planning.projects.models import Project
from planning.projects.queries import visible_projects
from planning.projects.workflow import PROJECT
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.filters import sort_asked
from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, page

FIGURES = ("needed", "asked", "granted", "budgeted", "spent")
SORTS = {"name": "name", "spent": "spent"}


@dataclass(frozen=True)
class ProjectListRow:
    """One project, ready to print."""

    url: str
    name: str
    department: str
    state: SafeString
    needed: str
    asked: str
    granted: str
    budgeted: str
    spent: str


@page()
def projects(request: Request, *, year: int) -> HttpResponse:
    """Every project one may see."""
    cycle = cycle_of(request, year)
    form = ProjectFilter(request.GET, actor=request.actor)
    found = _listed(visible_projects(request, cycle, form.chosen))
    shown = paginate(found, request.GET, SORTS, "name")
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    rows = [_row(project, year) for project in shown.rows]
    context = {"cycle": cycle, "filter": form, "rows": rows, "shown": shown, "query": query.urlencode()}
    return render(request, "planning/projects/list.html", context | {"totals": _totals(found) if rows else []})


@page()
def export(request: Request, *, year: int) -> HttpResponse:
    """The list as a workbook, filtered in the same way."""
    form = ProjectFilter(request.GET, actor=request.actor)
    found = _listed(visible_projects(request, cycle_of(request, year), form.chosen))
    sort_asked(request.GET, SORTS)
    return exports.projects(year, found.order_by("name", "pk"))


def _listed(found: QuerySet[Project]) -> QuerySet[Project]:
    """No more columns than the list shows."""
    return found.select_related("department").only("name", "slug", "state", "department", *FIGURES)


def _totals(found: QuerySet[Project]) -> list[str]:
    """What all projects that were asked for come to, on this page and the others."""
    sums = found.order_by().aggregate(**{figure: Sum(figure) for figure in FIGURES})
    return [money(sums[figure] or 0) for figure in FIGURES]


def _row(project: Project, year: int) -> ProjectListRow:
    return ProjectListRow(
        f"{address('projects', year)}{project.department.slug}/{project.slug}/",
        project.name,
        project.department.name,
        state(PROJECT.tones[project.state], PROJECT.states(project.state).label, plain=True),
        *(money(getattr(project, figure)) for figure in FIGURES),
    )

"""The page of a project: one rail from need to result, its records, and why each figure is what it is."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from budgets.spending.queries import POSTED_ON
from planning.cycles.queries import in_year, may_in, years_of
from planning.models import Project
from planning.projects.workflow import PROJECT
from sop_portal.dashboards.pages.project.chain import chain
from sop_portal.dashboards.pages.project.history import project_history
from sop_portal.dashboards.pages.project.next_step import project_box
from sop_portal.dashboards.pages.project.page import ProjectPage
from sop_portal.dashboards.pages.project.rail import rail
from sop_portal.dashboards.pages.project.records import records
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import sidebar_context


@page(Can.SEE_RECORDS)
def project(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """One project from need to result."""
    found = project_of(request, year, department, project)
    has_next_year = any(other.year == year + 1 for other in years_of(request))
    shown = ProjectPage(found, request.today, has_next_year=has_next_year)
    context = {
        **sidebar_context(request, PROJECT, found),
        **what_is_shown(shown),
        **what_may_be_done(request, found),
        "next": project_box(shown, request.actor, request.moment),
    }
    return render(request, "dashboards/project.html", context)


def project_of(request: Request, year: int, department: str, slug: str) -> Project:
    """The project of the address, if the person may see it."""
    cycle = in_year(years_of(request), year)
    visible = Project.objects.visible_to(request.actor).filter(cycle_id=cycle.pk).select_related("department", "lead")
    found = get_object_or_404(visible, department__slug=department, slug=slug)
    found.cycle = cycle
    return found


def what_is_shown(shown: ProjectPage) -> dict[str, Any]:
    """The parts of the page."""
    return {
        "rail": rail(shown),
        "goals": shown.goals(),
        "uncounted": shown.uncounted,
        "records": records(shown),
        "story": project_history(shown),
        "people": shown.people(),
        "chain": chain(shown),
    }


def what_may_be_done(request: Request, found: Project) -> dict[str, bool]:
    """The tools beside the title."""
    cycle = found.cycle
    return {
        "may_post": found.state in POSTED_ON and may_in(request, cycle, Can.POST_EXPENSE, found),
        "may_change": found.state in PROJECT.editable and may_in(request, cycle, Can.RUN_PROJECT, found),
        "may_raise": may_in(request, cycle, Can.RAISE_ISSUE, found),
    }

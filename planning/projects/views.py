"""The list of a year's projects, and changing who leads one and what it is for."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from planning.cycles.queries import cycle_of
from planning.cycles.workflow import only_for
from planning.projects import exports
from planning.projects.actions import change_project
from planning.projects.forms import ProjectChangeForm, ProjectFilter
from planning.projects.listing import SORTS, filtered, row_of, totals_of
from planning.projects.models import Project
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page()
def projects(request: Request, *, year: int) -> HttpResponse:
    """Every project one may see: filtered, sorted, page by page."""
    cycle = cycle_of(request, year)
    form = ProjectFilter(request.GET, actor=request.actor)
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    wanted = filtered(found, form.cleaned_data if form.is_valid() else {})
    shown = paginate(wanted, request.GET, SORTS, "name")
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    rows = [row_of(project, year) for project in shown.rows]
    context = {"cycle": cycle, "filter": form, "rows": rows, "shown": shown, "query": query.urlencode()}
    return render(request, "planning/projects/list.html", context | {"totals": totals_of(wanted) if rows else []})


@page()
def export(request: Request, *, year: int) -> HttpResponse:
    """The same list as a workbook."""
    cycle = cycle_of(request, year)
    form = ProjectFilter(request.GET, actor=request.actor)
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    return exports.projects(year, filtered(found, form.cleaned_data if form.is_valid() else {}).order_by("name", "pk"))


def _find(request: Request, year: int, department: str, project: str) -> Project:
    visible = Project.objects.visible_to(request.actor).select_related("cycle", "department", "lead")
    found: Project = get_object_or_404(visible, cycle__year=year, department__slug=department, slug=project)
    only_for(request, Can.RUN_PROJECT, found)
    return found


@page(Can.RUN_PROJECT)
def ask_change(request: Request, **where: Any) -> HttpResponse:
    """The form for another lead or purpose."""
    found = _find(request, **where)
    start = {"seen": found.version, "lead": found.lead_id, "purpose": found.purpose}
    return _show_change(request, found, ProjectChangeForm(initial=start, project=found, on=request.today))


@act(Can.RUN_PROJECT)
def carry_out_change(request: Request, **where: Any) -> HttpResponse:
    """Save who leads the project and what it is for."""
    found = _find(request, **where)
    form = ProjectChangeForm(request.POST, project=found, on=request.today)
    if not form.is_valid():
        return _show_change(request, found, form, 422)
    change_project(found, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("The project was changed."))
    return redirect(found)


def _show_change(request: Request, found: Project, form: ProjectChangeForm, status: int = 200) -> HttpResponse:
    context = {"project": found, "cycle": found.cycle, "form": form}
    return render(request, "planning/projects/change.html", context, status=status)


change = either(ask_change, carry_out_change)

"""Changing who leads a project and what it is for."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.cycles.workflow import only_for
from planning.projects.actions import change_project, rename_project
from planning.projects.forms import ProjectChangeForm
from planning.projects.models import Project
from planning.projects.queries import find_project
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page(Can.RUN_PROJECT)
def _ask(request: Request, *, year: int, department: str, project: str) -> HttpResponse:
    found = _find(request, year, department, project)
    start = {"seen": found.version, "name": found.name, "lead": found.lead_id, "purpose": found.purpose}
    return _show(request, found, ProjectChangeForm(initial=start, project=found, on=request.today))


@act(Can.RUN_PROJECT)
def _change(request: Request, *, year: int, department: str, project: str) -> HttpResponse:
    found = _find(request, year, department, project)
    form = ProjectChangeForm(request.POST, project=found, on=request.today)
    if not form.is_valid():
        return _show(request, found, form, status=422)
    said = dict(form.cleaned_data)
    name = said.pop("name") or found.name
    change_project(found, by=request.user, at=request.moment, **said)
    if name != found.name:
        rename_project(found, name=name, by=request.user, at=request.moment, seen=found.version)
    messages.success(request, _("The project was changed."))
    return redirect(found)


change = either(_ask, _change)


def _find(request: Request, year: int, department: str, project: str) -> Project:
    found = find_project(request, year=year, department=department, project=project)
    only_for(request, Can.RUN_PROJECT, found)
    return found


def _show(request: Request, found: Project, form: ProjectChangeForm, *, status: int = 200) -> HttpResponse:
    context = {"project": found, "cycle": found.cycle, "form": form}
    return render(request, "planning/projects/change.html", context, status=status)

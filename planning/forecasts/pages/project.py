"""One more project for a forecast: a new one, or one of earlier years taken up again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.cycles.workflow import only_for
from planning.forecasts import actions
from planning.forecasts.actions import NewProject
from planning.forecasts.forms import ProjectForm
from planning.forecasts.models import Forecast
from planning.forecasts.queries.forecasts import find_forecast
from planning.forecasts.queries.projects import known_projects
from sop_portal.foundation.kit.refusals import NotReady, say_beside_field
from sop_portal.foundation.kit.sentences import interpolate, marked
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page(Can.EDIT_DRAFTS)
def ask_project(request: Request, year: int, department: str) -> HttpResponse:
    """The form for one more project."""
    found = find_forecast(request, year=year, department=department)
    only_for(request, Can.EDIT_DRAFTS, found)
    return _show(request, found, ProjectForm(forecast=found, on=request.today))


@act(Can.EDIT_DRAFTS)
def add_project(request: Request, year: int, department: str) -> HttpResponse:
    """Take one more project into the forecast."""
    found = find_forecast(request, year=year, department=department)
    only_for(request, Can.EDIT_DRAFTS, found)
    form = ProjectForm(request.POST, forecast=found, on=request.today)
    if not form.is_valid():
        return _show(request, found, form, 422)
    try:
        project = actions.add_project(found, NewProject(**form.cleaned_data), by=request.user, at=request.moment)
    except NotReady as refusal:
        say_beside_field(form, refusal)
        return _show(request, found, form, 422)
    text = _("“%(name)s” is in the forecast. Now its figures.")
    messages.success(request, marked(interpolate(text, {"name": project})))
    return redirect("forecast-line", year, department, project.slug)


def _show(request: Request, found: Forecast, form: ProjectForm, status: int = 200) -> HttpResponse:
    known = known_projects(found, found.cycle.year)
    context = {"forecast": found, "cycle": found.cycle, "form": form, "known": known}
    return render(request, "planning/forecasts/add.html", context, status=status)


add = either(ask_project, add_project)

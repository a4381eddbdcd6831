"""A project that is not planned this year: left out with a reason, or planned after all."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from planning.cycles.workflow import only_for
from planning.forecasts import actions
from planning.forecasts.forms import LeaveOutProjectForm, SeenForecastForm
from planning.forecasts.models import ForecastLine
from planning.forecasts.pages.line import line_context
from planning.forecasts.queries.forecasts import find_line
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page(Can.SEE_RECORDS)
def ask_leave_out(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """The form for "not this year"."""
    found = find_line(request, year=year, department=department, project=project)
    only_for(request, Can.EDIT_DRAFTS, found)
    form = LeaveOutProjectForm(initial={"seen": found.forecast.version, "why": found.why_not})
    return _show(request, found, form)


@act(Can.EDIT_DRAFTS)
def carry_out_leave_out(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """Mark the project "not this year"."""
    found = find_line(request, year=year, department=department, project=project)
    only_for(request, Can.EDIT_DRAFTS, found)
    form = LeaveOutProjectForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form, 422)
    actions.leave_out(found, by=request.user, at=request.moment, **form.cleaned_data)
    return redirect(found.forecast.get_absolute_url())


def _show(request: Request, found: ForecastLine, form: LeaveOutProjectForm, status: int = 200) -> HttpResponse:
    return render(request, "planning/forecasts/leave_out.html", line_context(found) | {"form": form}, status=status)


@act(Can.EDIT_DRAFTS)
def take_in(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """Plan the project after all."""
    found = find_line(request, year=year, department=department, project=project)
    form = SeenForecastForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else -1
    actions.take_in(found, by=request.user, at=request.moment, seen=seen)
    return redirect(reverse("forecast-line", args=[year, department, project]))


leave_out = either(ask_leave_out, carry_out_leave_out)

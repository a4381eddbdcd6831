"""The forecasts of a year, and the forecast of one department."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.cycles.workflow import only_for
from planning.forecasts import actions, exports, forecastpage, linepage, listpage
from planning.forecasts.figures import METRICS
from planning.forecasts.finding import find_cycle, find_forecast, lines_of
from planning.forecasts.forms import FilterForm, ProjectForm
from planning.forecasts.models import Forecast
from planning.forecasts.opening import known_projects
from planning.forecasts.workflow import FORECAST
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate, marked
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.forms import StepForm
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view


@page(Can.SEE_RECORDS)
def forecasts(request: Request, year: int) -> HttpResponse:
    """Every forecast one may see: state, due day, totals."""
    cycle = find_cycle(request, year)
    found = listpage.rows(Forecast.objects.filter(cycle=cycle).visible_to(request.actor), cycle, request.today)
    asked = FilterForm(request.GET)
    state = asked.cleaned_data["state"] if asked.is_valid() else ""
    turned = paginate_list(listpage.wanted(found, state, request.GET.get("sort", "")), request.GET)
    context = listpage.summary(found) | {
        "cycle": cycle,
        "filter": FilterForm(initial={"state": state}),
        "headings": list(zip(METRICS, forecastpage.headings(cycle.currency), strict=True)),
        "rows": turned.rows,
        "turned": turned,
        "next": listpage.next_of(found, cycle, request.actor),
    }
    return render(request, "planning/forecasts/list.html", context)


@page(Can.SEE_RECORDS)
def export(request: Request, year: int) -> HttpResponse:
    """Every figure of every forecast one may see, as a spreadsheet."""
    cycle = find_cycle(request, year)
    return exports.forecasts(cycle, request.actor, request.GET.get("format", "xlsx"))


@page(Can.SEE_RECORDS)
def forecast(request: Request, **where: Any) -> HttpResponse:
    """The forecast of a department: its projects, totals and next step."""
    found = find_forecast(request, **where)
    lines = lines_of(found)
    context = _around(request, found)
    if context["just_done"] == "submit" and found.state == Forecast.State.SUBMITTED:
        context["steps"] = forecastpage.what_follows(found, request.today)
        return render(request, "planning/forecasts/submitted.html", context | {"messages": []})
    tabs = linepage.tabs(found, lines)
    context |= {
        "tabs": tabs,
        "table": forecastpage.table_of(tabs),
        "tiles": forecastpage.tiles_of(found, lines),
        "headings": forecastpage.headings(found.cycle.currency),
        "sums": list(forecastpage.totals_of(lines).values()),
        "may_add": found.state in FORECAST.editable and request.actor.may(Can.EDIT_DRAFTS, found),
        "people": forecastpage.people_of(found, request.today),
        "chain": forecastpage.chain_of(found, request.today),
    }
    return render(request, "planning/forecasts/forecast.html", context)


def _around(request: Request, found: Forecast) -> dict[str, Any]:
    text = forecastpage.next_text(found, request.today)
    context = record_context(request, FORECAST, found, text=text) | forecastpage.meta_of(found, request.today)
    return context | {"forecast": found, "cycle": found.cycle}


@page(Can.SEE_RECORDS)
def check(request: Request, **where: Any) -> HttpResponse:
    """Every answer once more, before the forecast is submitted."""
    found = find_forecast(request, **where)
    lines = lines_of(found)
    context = _around(request, found)
    context |= {
        "projects": forecastpage.checked(found, lines),
        "left_out": [line for line in lines if not line.is_planned],
        "tiles": forecastpage.tiles_of(found, lines),
        "form": StepForm(step=FORECAST["submit"], initial={"seen": found.version}),
        "offer": next((o for o in context["next"].buttons if o.url.endswith("/submit/")), None),
        "steps": forecastpage.what_follows(found, request.today),
    }
    return render(request, "planning/forecasts/check.html", context)


@page(Can.EDIT_DRAFTS)
def ask_project(request: Request, **where: Any) -> HttpResponse:
    """The form for one more project."""
    found = find_forecast(request, **where)
    only_for(request, Can.EDIT_DRAFTS, found)
    return _show_project(request, found, ProjectForm(forecast=found, on=request.today))


@act(Can.EDIT_DRAFTS)
def add_project(request: Request, **where: Any) -> HttpResponse:
    """Take one more project into the forecast."""
    found = find_forecast(request, **where)
    only_for(request, Can.EDIT_DRAFTS, found)
    form = ProjectForm(request.POST, forecast=found, on=request.today)
    if not form.is_valid():
        return _show_project(request, found, form, 422)
    try:
        project = actions.add_project(found, by=request.user, at=request.moment, **form.cleaned_data)
    except NotReady as refusal:
        form.add_error("name", str(refusal.sentence))
        return _show_project(request, found, form, 422)
    messages.success(
        request, marked(interpolate(_("“%(name)s” is in the forecast. Now its figures."), {"name": project}))
    )
    return redirect("forecast-line", found.cycle.year, found.department.slug, project.slug)


def _show_project(request: Request, found: Forecast, form: ProjectForm, status: int = 200) -> HttpResponse:
    known = known_projects(found, found.cycle.year)
    context = {"forecast": found, "cycle": found.cycle, "form": form, "known": known}
    return render(request, "planning/forecasts/add.html", context, status=status)


ACTS = {
    "submit": actions.submit,
    "withdraw": actions.withdraw,
    "accept": actions.accept,
    "send-back": actions.send_back,
    "waive": actions.waive,
}
take = step_view(FORECAST, ACTS, find_forecast)
add = either(ask_project, add_project)


@page(Can.SEE_RECORDS)
def check_first(request: Request, *, step: str, **where: Any) -> HttpResponseBase:
    """Before a forecast is submitted its answers are checked."""
    return check(request, **where)


submit = either(check_first, take)

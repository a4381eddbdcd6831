"""The page of one project in a forecast: look, save, save as typed, leave out, take in."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.workflow import only_for
from planning.forecasts import actions, conflicts, linepage, pastyears
from planning.forecasts.finding import find_line, lines_of
from planning.forecasts.forecastpage import meta_of, next_text
from planning.forecasts.forms import FiguresForm, LeaveOutForm, SeenForm
from planning.forecasts.models import ForecastLine
from planning.forecasts.workflow import FORECAST
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.offers import quiet
from sop_portal.foundation.workflow.record_page import record_context


@page(Can.SEE_RECORDS)
def show(request: Request, **where: Any) -> HttpResponse:
    """History, proposal and figures of one project."""
    found = find_line(request, **where)
    form = FiguresForm(line=found, currency=found.forecast.cycle.currency)
    return _show(request, found, form)


@act(Can.EDIT_DRAFTS)
def save(request: Request, **where: Any) -> HttpResponse:
    """Save what was typed; if a colleague was faster, show theirs beside mine."""
    found = find_line(request, **where)
    only_for(request, Can.EDIT_DRAFTS, found)
    form = FiguresForm(conflicts.chosen(request.POST, found), line=found, currency=found.forecast.cycle.currency)
    if not form.is_valid():
        return _refused(request, found, form)
    try:
        actions.set_figures(found, form.typed(), by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    except Changed:
        return _settle(request, find_line(request, **where), form)
    return _saved(request, found)


def _settle(request: Request, found: ForecastLine, form: FiguresForm) -> HttpResponse:
    """Take what does not clash; ask about what does."""
    merged = conflicts.merge(found, form, form.cleaned_data["seen"])
    if merged.rows:
        return _conflict(request, found, form, merged)
    actions.set_figures(found, merged.typed, by=request.user, at=request.moment, seen=found.forecast.version)
    return _saved(request, found)


def _conflict(request: Request, found: ForecastLine, form: FiguresForm, merged: conflicts.Merge) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"refused": _("Somebody else saved this project. Save to compare.")}, status=409)
    last = record_context(request, FORECAST, found.forecast)["trail"][0]
    # Sent along with the choice: what I typed, and where only the colleague wrote, their words.
    mine = [(name, merged.taken.get(name, form.data.get(name, ""))) for name in form.fields if name != "seen"]
    same = conflicts.same_in_both(found, merged.rows)
    context = {"line": found, "forecast": found.forecast, "rows": merged.rows, "mine": mine, "same": same, "last": last}
    return render(request, "planning/forecasts/conflict.html", context | _head(found), status=409)


def _saved(request: Request, found: ForecastLine) -> HttpResponse:
    if _wants_json(request):
        text = _("Saved %(time)s. You can leave and come back.") % {"time": formats.clock(request.moment)}
        return JsonResponse({"saved": text, "seen": found.forecast.version})
    messages.success(request, _("Saved %(time)s.") % {"time": formats.clock(request.moment)})
    return redirect(_way_on(found, request.POST.get("go", "")))


def _way_on(found: ForecastLine, go: str) -> str:
    here = [found.forecast.cycle.year, found.forecast.department.slug]
    if go == "check":
        return reverse("forecast-check", args=here)
    after = next_line(found, lines_of(found.forecast)) if go == "next" else None
    return reverse("forecast-line", args=[*here, (after or found).project.slug])


def next_line(found: ForecastLine, lines: list[ForecastLine]) -> ForecastLine | None:
    """The project after this one that is planned."""
    places = [line.pk for line in lines]
    later = lines[places.index(found.pk) + 1 :]
    return next((line for line in later if line.is_planned), None)


def _refused(request: Request, found: ForecastLine, form: FiguresForm) -> HttpResponse:
    if _wants_json(request):
        wrong = next(formats.under(form.fields[name].label, errors[0]) for name, errors in form.errors.items())
        return JsonResponse({"refused": wrong}, status=422)
    return _show(request, found, form, 422)


def _wants_json(request: Request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _show(request: Request, found: ForecastLine, form: FiguresForm, status: int = 200) -> HttpResponse:
    forecast, year = found.forecast, found.forecast.cycle.year
    known = pastyears.known_of(forecast.department_id, found.project.slug, year)
    may_edit = forecast.state in FORECAST.editable and request.actor.may(Can.EDIT_DRAFTS, found)
    scores, lines = pastyears.scores_of(found, year, "participants"), lines_of(forecast)
    shown = form if may_edit and found.is_planned else None
    context = record_context(request, FORECAST, forecast, text=next_text(forecast, request.today)) | _head(found)
    context |= meta_of(forecast, request.today) | {"known_year": linepage.last_year_known(known, year)}
    if shown:
        # The filled button of this page leads on to the next project; submitting stands quietly above.
        context["next"] = quiet(context["next"])
    context |= {
        "percent_sign": formats.PERCENT[formats.tongue()],
        "form": form, "may_edit": may_edit, "tabs": linepage.tabs(forecast, lines, found),
        "place": [line.pk for line in lines].index(found.pk) + 1, "count": len(lines),
        "rows": linepage.metric_rows(found, known, year, forecast.cycle.currency, shown),
        "chart": linepage.chart_of(found, known, year), "method": linepage.method_of(known, year),
        "score_year": max(scores, default=None), "score": scores.get(max(scores, default=0)),
        "verdict": linepage.verdict_of(scores), "after": next_line(found, lines),
        "lessons": pastyears.lessons_of(found, year), "measures": pastyears.open_measures_of(found),
    }  # fmt: skip
    return render(request, "planning/forecasts/line.html", context, status=status)


def _head(found: ForecastLine) -> dict[str, Any]:
    cycle = found.forecast.cycle
    return {"line": found, "forecast": found.forecast, "cycle": cycle, "year": cycle.year, "last_year": cycle.year - 1}


@page(Can.SEE_RECORDS)
def ask_leave_out(request: Request, **where: Any) -> HttpResponse:
    """The form for "not this year"."""
    found = find_line(request, **where)
    only_for(request, Can.EDIT_DRAFTS, found)
    form = LeaveOutForm(initial={"seen": found.forecast.version, "why": found.why_not})
    return render(request, "planning/forecasts/leave_out.html", _head(found) | {"form": form})


@act(Can.EDIT_DRAFTS)
def carry_out_leave_out(request: Request, **where: Any) -> HttpResponse:
    """Mark the project "not this year"."""
    found = find_line(request, **where)
    only_for(request, Can.EDIT_DRAFTS, found)
    form = LeaveOutForm(request.POST)
    if not form.is_valid():
        return render(request, "planning/forecasts/leave_out.html", _head(found) | {"form": form}, status=422)
    actions.leave_out(found, by=request.user, at=request.moment, **form.cleaned_data)
    return redirect(found.forecast.get_absolute_url())


@act(Can.EDIT_DRAFTS)
def take_in(request: Request, **where: Any) -> HttpResponse:
    """Plan the project after all."""
    found = find_line(request, **where)
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else -1
    actions.take_in(found, by=request.user, at=request.moment, seen=seen)
    return redirect(_way_on(found, ""))


line = either(show, save)
leave_out = either(ask_leave_out, carry_out_leave_out)

"""The page of one project in a forecast: its proposal and figures, saved at once or as they are typed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.workflow import only_for
from planning.forecasts import actions, conflicts
from planning.forecasts.figures import METRICS, Figure, change, last_known, units
from planning.forecasts.forms import FiguresForm
from planning.forecasts.models import ForecastFigure, ForecastLine
from planning.forecasts.pages.header import header_context
from planning.forecasts.pages.tabs import tabs
from planning.forecasts.pages.track_record import track_record
from planning.forecasts.queries.forecasts import find_line, lines_of
from planning.forecasts.queries.history import KnownFigures, actuals_of, parts_of
from planning.forecasts.workflow import FORECAST
from planning.projects.models import Metric
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.offers import quiet
from sop_portal.foundation.workflow.record_page import record_context


@dataclass(frozen=True)
class MetricRow:
    """One metric: what it was, what is proposed, and the fields for one's own figure; without fields, only shown."""

    metric: str
    label: str
    unit: str
    last: Figure
    proposal: Figure
    span: tuple[Decimal, Decimal] | None
    figure: Figure
    note: str
    is_changed: bool
    said: str
    why: str
    since: str = ""
    field: BoundField | None = None
    source: BoundField | None = None
    reason: BoundField | None = None


@page(Can.SEE_RECORDS)
def show(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """History, proposal and figures of one project."""
    found = find_line(request, year=year, department=department, project=project)
    form = FiguresForm(line=found, currency=found.forecast.cycle.currency)
    return _show(request, found, form)


@act(Can.EDIT_DRAFTS)
def save(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """Save what was typed; if a colleague was faster, show theirs beside mine."""
    found = find_line(request, year=year, department=department, project=project)
    only_for(request, Can.EDIT_DRAFTS, found)
    form = FiguresForm(conflicts.chosen(request.POST, found), line=found, currency=found.forecast.cycle.currency)
    if not form.is_valid():
        return _refused(request, found, form)
    try:
        actions.set_figures(found, form.typed(), by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    except Changed:
        newer = find_line(request, year=year, department=department, project=project)
        return _settle(request, newer, form)
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
    return render(request, "planning/forecasts/conflict.html", context | line_context(found), status=409)


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
    parts = parts_of(found)
    known, lines = actuals_of(found, parts), lines_of(forecast)
    may_edit = forecast.state in FORECAST.editable and request.actor.may(Can.EDIT_DRAFTS, found)
    shown = form if may_edit and found.is_planned else None
    context = header_context(request, forecast) | line_context(found)
    if shown:
        # The filled button of this page leads on to the next project; submitting stands quietly above.
        context["next"] = quiet(context["next"])
    context |= {
        "known_year": last_year_known(known, year),
        "percent_sign": formats.PERCENT[formats.tongue()],
        "form": form,
        "may_edit": may_edit,
        "tabs": tabs(forecast, lines, found),
        "place": [line.pk for line in lines].index(found.pk) + 1,
        "count": len(lines),
        "rows": metric_rows(found, known, shown),
        "after": next_line(found, lines),
    }
    return render(
        request, "planning/forecasts/line.html", context | track_record(found, parts, known, year), status=status
    )


def line_context(found: ForecastLine) -> dict[str, Any]:
    """What every page of a line names: the line, its forecast and its year."""
    cycle = found.forecast.cycle
    return {"line": found, "forecast": found.forecast, "cycle": cycle, "year": cycle.year, "last_year": cycle.year - 1}


def last_year_known(known: KnownFigures, year: int) -> int | None:
    """The latest year of which any figure is known: the year before may still be running."""
    found = [last_known(readings, year) for readings in known.values()]
    return max((then for then in found if then), default=None)


def metric_rows(line: ForecastLine, known: KnownFigures, form: FiguresForm | None) -> list[MetricRow]:
    """The five metrics in order; without a form they are only shown."""
    figures = {figure.metric: figure for figure in line.figures.all()}
    return [_metric_row(line, figures[metric], known, form) for metric in METRICS]


def _metric_row(line: ForecastLine, figure: ForecastFigure, known: KnownFigures, form: FiguresForm | None) -> MetricRow:
    metric, cycle = figure.metric, line.forecast.cycle
    then = last_year_known(known, cycle.year)
    return MetricRow(
        metric=metric,
        label=str(Metric(metric).label),
        unit=units(cycle.currency)[metric],
        last=known[metric].get(then) if then else None,
        proposal=figure.proposal,
        span=figure.span,
        figure=figure.figure,
        note=note_of(figure.override, figure.proposal),
        is_changed=figure.override is not None,
        said=figure.get_source_display() if figure.source else "",
        why=figure.reason,
        since=changed_since(figure),
        **_fields(form, metric),
    )


def _fields(form: FiguresForm | None, metric: str) -> dict[str, BoundField]:
    """The fields of a metric; source and reason only where they are not asked once for all."""
    if form is None:
        return {}
    if form.asks_once:
        return {"field": form[metric]}
    return {"field": form[metric], "source": form[f"{metric}-source"], "reason": form[f"{metric}-reason"]}


def changed_since(figure: ForecastFigure) -> str:
    """What the history proposes now, where it is another figure than the one that was handed in."""
    if figure.outdated_at is None:
        return ""
    words = {"now": formats.number(figure.proposal_now), "before": formats.number(figure.proposal)}
    return _("The history changed since: now %(now)s, it was %(before)s.") % words


def note_of(override: Figure, proposal: Figure) -> str:
    """How a figure stands to its proposal, in words."""
    if override is None:
        return _("as proposed") if proposal is not None else _("no figure yet")
    away = change(override, proposal)
    if away is None:
        return _("your figure")
    return _("%(change)s on the proposal") % {"change": formats.signed_percent(away, 0)}


line = either(show, save)

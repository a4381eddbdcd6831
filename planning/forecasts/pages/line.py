"""The page of one project in a forecast: its proposal and figures, saved at once or as they are typed."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.queries import may_in
from planning.cycles.workflow import only_for
from planning.forecasts import actions
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
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow import autosave
from sop_portal.foundation.workflow.autosave import SharedPage
from sop_portal.foundation.workflow.offers import without_filled_button


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

    def read() -> SharedPage:
        found = find_line(request, year=year, department=department, project=project)
        only_for(request, Can.EDIT_DRAFTS, found)
        return _shared_page(request, found)

    return autosave.save(request, read)


def _shared_page(request: Request, found: ForecastLine) -> SharedPage:
    form = FiguresForm(request.POST, line=found, currency=found.forecast.cycle.currency)

    def write(values: dict[str, Any]) -> None:
        typed = form.typed(values)
        actions.set_figures(found, typed, by=request.user, at=request.moment, seen=found.forecast.version)

    return SharedPage(
        form,
        write,
        show_errors=lambda: _show(request, found, form, 422),
        go_on=lambda: redirect(_way_on(found, request.POST.get("go", ""))),
    )


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


def _show(request: Request, found: ForecastLine, form: FiguresForm, status: int = 200) -> HttpResponse:
    forecast, year = found.forecast, found.forecast.cycle.year
    parts = parts_of(found)
    known, lines = actuals_of(found, parts), lines_of(forecast)
    may_edit = forecast.state in FORECAST.editable and may_in(request, forecast.cycle, Can.EDIT_DRAFTS, found)
    shown = form if may_edit and found.is_planned else None
    context = header_context(request, forecast) | line_context(found)
    if shown:
        # The filled button of this page leads on to the next project; submitting stands quietly above.
        context["next"] = without_filled_button(context["next"])
    context |= {
        "known_year": last_year_known(known, year),
        "percent_sign": formats.PERCENT[formats.language_code()],
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
    return _("%(change)s compared with the proposal") % {"change": formats.signed_percent(away, 0)}


line = either(show, save, when_closed=True)

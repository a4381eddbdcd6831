"""Every answer of a forecast once more, before it is submitted."""

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.forecasts.figures import METRICS, units
from planning.forecasts.models import Forecast, ForecastLine
from planning.forecasts.pages.forecast import take, what_follows
from planning.forecasts.pages.header import header_context
from planning.forecasts.pages.line import note_of
from planning.forecasts.pages.tiles import tiles_of, totals_of
from planning.forecasts.queries.forecasts import find_forecast, lines_of
from planning.forecasts.workflow import FORECAST
from planning.projects.models import Metric
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Answer
from sop_portal.foundation.organisation.access import Request, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.forms import StepForm
from sop_portal.foundation.workflow.seen import SeenVersion


@dataclass(frozen=True)
class CheckedProject:
    """A planned project, answer by answer."""

    line: ForecastLine
    url: str
    answers: list[Answer]


@page(Can.SEE_RECORDS)
def check(request: Request, year: int, department: str) -> HttpResponse:
    """The answers, and the button that submits them."""
    found = find_forecast(request, year=year, department=department)
    lines = lines_of(found)
    context = header_context(request, found)
    context |= {
        "projects": checked(found, lines),
        "left_out": [line for line in lines if not line.is_planned],
        "tiles": tiles_of(found, totals_of(lines)),
        "form": StepForm(step=FORECAST["submit"], initial={"seen": SeenVersion.on(FORECAST, found)}),
        "offer": next((button for button in context["next"].buttons if button.url.endswith("/submit/")), None),
        "steps": what_follows(found, request.today),
    }
    return render(request, "planning/forecasts/check.html", context)


@page(Can.SEE_RECORDS)
def check_first(request: Request, *, step: str, year: int, department: str) -> HttpResponseBase:
    """Before a forecast is submitted its answers are checked."""
    return check(request, year=year, department=department)


def checked(forecast: Forecast, lines: list[ForecastLine]) -> list[CheckedProject]:
    """Every planned project with its answers, overrides with source and reason."""
    return [_checked(forecast, line) for line in lines if line.is_planned]


def _checked(forecast: Forecast, line: ForecastLine) -> CheckedProject:
    url = reverse("forecast-line", args=[forecast.cycle.year, forecast.department.slug, line.project.slug])
    counted = units(forecast.cycle.currency)
    return CheckedProject(line, url, [_answer(line, url, metric, counted[metric]) for metric in METRICS])


def _answer(line: ForecastLine, url: str, metric: str, unit: str) -> Answer:
    figure = next(found for found in line.figures.all() if found.metric == metric)
    note = note_of(figure.override, figure.proposal)
    if figure.override is not None and figure.source:
        names = {"note": note, "source": figure.get_source_display()}
        note = _("%(note)s. Source: %(source)s") % names
    value = formats.exact(figure.figure)
    if metric in ("people", "materials", "money") and figure.figure is not None:
        value = f"{value} {unit}"
    return Answer(Metric(metric).label, value, note, figure.reason, f"{url}#id_{metric}")


submit = either(check_first, take, when_closed=True)

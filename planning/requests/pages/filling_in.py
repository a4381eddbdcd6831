"""Filling a request in from the forecast, where the portal could not do it by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.forecasts.models import ForecastFigure
from planning.projects.models import Metric
from planning.requests import actions
from planning.requests.forms import FillInForm
from planning.requests.models import ResourceRequest, quantity_text
from planning.requests.queries import find_request, unasked_figures
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

Unasked = Sequence[tuple[ForecastFigure, Decimal]]


@dataclass(frozen=True)
class UnaskedRow:
    """A figure of the forecast that no line asks for yet."""

    project: str
    measure: str
    left: str


@page()
def _ask(request: Request, *, year: int, department: str) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    unasked = unasked_figures(record)
    return _show(request, record, unasked, FillInForm(record=record, unasked=unasked))


@act(Can.EDIT_DRAFTS)
def _fill_in(request: Request, *, year: int, department: str) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    unasked = unasked_figures(record)
    form = FillInForm(request.POST, record=record, unasked=unasked)
    if not form.is_valid():
        return _show(request, record, unasked, form, status=422)
    actions.fill_in(record, form.chosen, by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    messages.success(request, _("The request was filled in from the forecast."))
    return redirect(record)


fill_in = either(_ask, _fill_in)


def _show(
    request: Request, record: ResourceRequest, unasked: Unasked, form: FillInForm, *, status: int = 200
) -> HttpResponse:
    rows = [
        UnaskedRow(figure.line.project.name, str(Metric(figure.metric).label), quantity_text(left))
        for figure, left in unasked
    ]
    context = {"record": record, "cycle": record.cycle, "form": form, "rows": rows}
    return render(request, "planning/requests/fill_in.html", context, status=status)

"""A series of review meetings: the rule by which they are planned, changed and ended."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.meetings import actions
from evaluations.meetings.forms import SeriesForm
from evaluations.meetings.queries import find_series
from planning.cycles.queries import cycle_of
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

FORM = "evaluations/meetings/series.html"


@page(Can.HOLD_MEETING)
def ask_series(request: Request, *, year: int) -> HttpResponse:
    """The form for a rule."""
    cycle = cycle_of(request, year)
    return render(request, FORM, {"cycle": cycle, "form": SeriesForm(cycle=cycle, on=request.today)})


@act(Can.HOLD_MEETING)
def take_series(request: Request, *, year: int) -> HttpResponse:
    """Plan the meetings of the year."""
    cycle = cycle_of(request, year)
    form = SeriesForm(request.POST, cycle=cycle, on=request.today)
    if not form.is_valid():
        return render(request, FORM, {"cycle": cycle, "form": form}, status=422)
    planned = actions.plan_series(cycle, form.terms, by=request.user, at=request.moment)
    messages.success(request, _("The meetings are planned. People are invited when each of them is called."))
    return redirect(planned.get_absolute_url())


series_new = either(ask_series, take_series)


@page(Can.HOLD_MEETING)
def ask_change(request: Request, *, year: int, pk: int) -> HttpResponse:
    """The form with the rule as it is."""
    found = find_series(request, year=year, pk=pk)
    form = SeriesForm(cycle=found.cycle, on=request.today, series=found)
    return render(request, FORM, {"cycle": found.cycle, "form": form, "series": found})


@act(Can.HOLD_MEETING)
def take_change(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Change what the meetings have in common that are not called yet."""
    found = find_series(request, year=year, pk=pk)
    form = SeriesForm(request.POST, cycle=found.cycle, on=request.today, series=found)
    if not form.is_valid():
        return render(request, FORM, {"cycle": found.cycle, "form": form, "series": found}, status=422)
    actions.change_series(found, form.terms, by=request.user, at=request.moment, seen=form.shown)
    messages.success(request, _("Saved for every meeting of the series that is not called yet."))
    return redirect(found.get_absolute_url())


series_change = either(ask_change, take_change)


@act(Can.HOLD_MEETING)
def series_end(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Hold no more meetings of the series."""
    found = find_series(request, year=year, pk=pk)
    actions.end_series(found, by=request.user, at=request.moment)
    messages.success(request, _("The series has ended. Its meetings that were called already are still held."))
    return redirect(found.get_absolute_url())

"""The review meetings of a year, and the form that calls one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.meetings import actions
from evaluations.meetings.forms import CallForm
from evaluations.meetings.models import Meeting
from evaluations.meetings.queries import find_meeting, series_under_way
from evaluations.meetings.workflow import MEETING
from planning.cycles.queries import cycle_of, may_in
from sop_portal.foundation.kit.filters import BESIDE, refuse_unknown
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page()
def meetings(request: Request, *, year: int) -> HttpResponse:
    """The review meetings of the year."""
    cycle = cycle_of(request, year)
    rows = Meeting.objects.filter(cycle=cycle).visible_to(request.actor).select_related("cycle")
    refuse_unknown(request.GET, *BESIDE)
    shown = paginate(rows, request.GET, {"day": "held_on", "place": "place"}, "-day")
    lines = [(meeting, MEETING.tones[meeting.state], meeting.state in MEETING.closed) for meeting in shown.rows]
    context = {
        "cycle": cycle,
        "lines": lines,
        "shown": shown,
        "series": series_under_way(cycle),
        "may_call": may_in(request, cycle, Can.HOLD_MEETING),
    }
    return render(request, "evaluations/meetings/meetings.html", context)


@page(Can.HOLD_MEETING)
def ask_call(request: Request, *, year: int) -> HttpResponse:
    """The form that calls a meeting."""
    cycle = cycle_of(request, year)
    context = {"cycle": cycle, "form": CallForm(cycle=cycle, on=request.today)}
    return render(request, "evaluations/meetings/call.html", context)


@act(Can.HOLD_MEETING)
def take_call(request: Request, *, year: int) -> HttpResponse:
    """Call the meeting; its agenda is drafted from what is open."""
    cycle = cycle_of(request, year)
    form = CallForm(request.POST, cycle=cycle, on=request.today)
    if not form.is_valid():
        return render(request, "evaluations/meetings/call.html", {"cycle": cycle, "form": form}, status=422)
    called = actions.call(cycle, form.terms, by=request.user, at=request.moment)
    messages.success(request, _("The meeting is called, and the invitations leave. The agenda holds what is open."))
    return redirect(called.get_absolute_url())


call = either(ask_call, take_call)


@page(Can.HOLD_MEETING)
def ask_move(request: Request, *, year: int, pk: int) -> HttpResponse:
    """The form that moves a meeting."""
    found = find_meeting(request, year=year, pk=pk)
    form = CallForm(cycle=found.cycle, on=request.today, meeting=found)
    return render(request, "evaluations/meetings/call.html", {"cycle": found.cycle, "form": form, "record": found})


@act(Can.HOLD_MEETING)
def take_move(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Move the meeting, and tell everybody invited."""
    found = find_meeting(request, year=year, pk=pk)
    form = CallForm(request.POST, cycle=found.cycle, on=request.today, meeting=found)
    if not form.is_valid():
        context = {"cycle": found.cycle, "form": form, "record": found}
        return render(request, "evaluations/meetings/call.html", context, status=422)
    seen = form.cleaned_data["seen"] or 0
    actions.move(found, form.terms, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Saved. Everybody invited gets the change, and so do their calendars."))
    return redirect(found.get_absolute_url())


move = either(ask_move, take_move)

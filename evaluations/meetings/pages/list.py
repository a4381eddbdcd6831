"""The review meetings of a year, and the form that calls one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.meetings import actions
from evaluations.meetings.forms import CallForm
from evaluations.meetings.models import Meeting
from evaluations.meetings.workflow import MEETING
from planning.cycles.queries import cycle_of
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
    context = {"cycle": cycle, "lines": lines, "shown": shown, "may_call": request.actor.may(Can.HOLD_MEETING)}
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
    called = actions.call(cycle, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("The meeting is called. The agenda holds what is open today."))
    return redirect(called.get_absolute_url())


call = either(ask_call, take_call)

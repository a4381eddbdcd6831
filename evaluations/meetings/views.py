"""Review meetings: the list, the page with agenda, attendance and minutes, and what follows from it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from evaluations.improvements import actions as improvements
from evaluations.improvements.models import Measure
from evaluations.improvements.workflow import MEASURE
from evaluations.meetings import actions
from evaluations.meetings.forms import ActionForm, CallForm, MinutesForm, PointForm
from evaluations.meetings.models import Meeting
from evaluations.meetings.workflow import MEETING
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view


def find(request: Request, *, year: int, pk: int) -> Meeting:
    """The meeting, if the person may see it."""
    visible = Meeting.objects.visible_to(request.actor).select_related("cycle")
    return get_object_or_404(visible, cycle__year=year, pk=pk)


@page()
def meetings(request: Request, *, year: int) -> HttpResponse:
    """The review meetings of the year."""
    cycle = cycle_of(request, year)
    rows = Meeting.objects.filter(cycle=cycle).visible_to(request.actor).select_related("cycle")
    shown = paginate(rows, request.GET, {"day": "held_on", "place": "place"}, "-day")
    lines = [(m, MEETING.tones[m.state], m.state in MEETING.closed) for m in shown.rows]
    context = {"cycle": cycle, "lines": lines, "shown": shown, "may_call": request.actor.may(Can.HOLD_MEETING)}
    return render(request, "evaluations/meetings/meetings.html", context)


@page(Can.HOLD_MEETING)
def ask(request: Request, *, year: int) -> HttpResponse:
    """The form that calls a meeting."""
    context = {"cycle": cycle_of(request, year), "form": CallForm()}
    return render(request, "evaluations/meetings/call.html", context)


@act(Can.HOLD_MEETING)
def take(request: Request, *, year: int) -> HttpResponse:
    """Call the meeting; its agenda is drafted from what is open."""
    cycle, form = cycle_of(request, year), CallForm(request.POST)
    if not form.is_valid():
        return render(request, "evaluations/meetings/call.html", {"cycle": cycle, "form": form}, status=422)
    called = actions.call(cycle, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("The meeting is called. The agenda holds what is open today."))
    return redirect(called.get_absolute_url())


call = either(ask, take)


def meeting_page(request: Request, found: Meeting, status: int = 200, **forms: Any) -> HttpResponse:
    """Agenda, attendance and minutes: to write for those who hold the meeting, to read for the others."""
    may_write = found.state in MEETING.editable and request.actor.may(Can.HOLD_MEETING, found)
    measures = Measure.objects.filter(origin_url=found.get_absolute_url()).visible_to(request.actor)
    context = record_context(request, MEETING, found) | {
        "cycle": found.cycle,
        "is_finished": found.state in MEETING.closed,
        "may_write": may_write,
        "may_follow_links": request.actor.sees_everything,
        "form": MinutesForm(meeting=found),
        "point_form": PointForm(initial={"seen": found.version}) if may_write else None,
        "action_form": ActionForm()
        if request.actor.sees_everything and request.actor.may(Can.PROPOSE_MEASURE)
        else None,
        "measures": [
            {"measure": m, "tone": MEASURE.tones[m.state], "is_finished": m.state in MEASURE.closed}
            for m in measures.select_related("cycle", "owner").order_by("number")
        ],
    }
    return render(request, "evaluations/meetings/meeting.html", context | forms, status=status)


@page()
def show(request: Request, **where: Any) -> HttpResponse:
    """One meeting."""
    return meeting_page(request, find(request, **where))


@act(Can.HOLD_MEETING)
def save(request: Request, **where: Any) -> HttpResponse:
    """Keep attendance, minutes and decisions."""
    found = find(request, **where)
    form = MinutesForm(request.POST, meeting=found)
    if not form.is_valid():
        return meeting_page(request, found, 422, form=form)
    who: dict[str, Any] = {"by": request.user, "at": request.moment}
    actions.note_attendance(found, form.present, seen=form.cleaned_data["seen"], **who)
    actions.minute(found, form.minutes, seen=found.version, **who)
    messages.success(request, _("The minutes are saved."))
    return redirect(found.get_absolute_url())


meeting = either(show, save)


@act(Can.HOLD_MEETING)
def add_point(request: Request, **where: Any) -> HttpResponse:
    """Put one more point on the agenda."""
    found, form = find(request, **where), PointForm(request.POST)
    if not form.is_valid():
        return meeting_page(request, found, 422, point_form=form)
    actions.add_point(found, by=request.user, at=request.moment, **form.cleaned_data)
    return redirect(f"{found.get_absolute_url()}#agenda")


@act(Can.PROPOSE_MEASURE)
def propose_measure(request: Request, **where: Any) -> HttpResponse:
    """Put an action item into the register."""
    found, form = find(request, **where), ActionForm(request.POST)
    if not form.is_valid():
        return meeting_page(request, found, 422, action_form=form)
    proposed = improvements.propose(
        found.cycle, form.cleaned_data["department"], what=form.cleaned_data["what"], origin=Measure.Origin.MEETING,
        origin_url=found.get_absolute_url(), by=request.user, at=request.moment,
    )  # fmt: skip
    messages.success(request, _("%(measure)s is proposed.") % {"measure": proposed})
    return redirect(f"{found.get_absolute_url()}#measures")


meeting_step = step_view(MEETING, {"hold": actions.hold}, find)

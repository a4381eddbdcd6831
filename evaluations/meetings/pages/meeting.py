"""The page of one review meeting: agenda, attendance and minutes, and what follows from it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.improvements import actions as improvements
from evaluations.improvements.actions import MeasureProposal
from evaluations.improvements.models import Measure
from evaluations.improvements.pages.measure import linked_measures
from evaluations.improvements.queries import LIKE_ANOTHER, measures_proposed_on, open_measure_like
from evaluations.meetings import actions
from evaluations.meetings.forms import MeetingActionForm, MinutesForm, PointForm
from evaluations.meetings.models import Meeting
from evaluations.meetings.queries import find_meeting
from evaluations.meetings.workflow import MEETING
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view


def meeting_page(request: Request, found: Meeting, status: int = 200, **filled_in: forms.Form) -> HttpResponse:
    """Agenda, attendance and minutes: to write for those who hold the meeting, to read for the others."""
    actor = request.actor
    may_write = found.state in MEETING.editable and actor.may(Can.HOLD_MEETING, found)
    may_propose = actor.sees_everything and actor.may(Can.PROPOSE_MEASURE)
    # A measure belongs to a department; everybody reads the meeting, but not every department's measures.
    measures = measures_proposed_on(found.cycle, found.get_absolute_url()).visible_to(actor)
    context = record_context(request, MEETING, found) | {
        "cycle": found.cycle,
        "is_finished": found.state in MEETING.closed,
        "may_write": may_write,
        "may_follow_links": actor.sees_everything,
        "form": MinutesForm(meeting=found),
        "point_form": PointForm(initial={"seen": found.version}) if may_write else None,
        "action_form": MeetingActionForm() if may_propose else None,
        "measures": linked_measures(measures),
    }
    return render(request, "evaluations/meetings/meeting.html", context | filled_in, status=status)


@page()
def show(request: Request, *, year: int, pk: int) -> HttpResponse:
    """The page of one meeting."""
    return meeting_page(request, find_meeting(request, year=year, pk=pk))


@act(Can.HOLD_MEETING)
def save(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Save attendance, minutes and decisions."""
    found = find_meeting(request, year=year, pk=pk)
    form = MinutesForm(request.POST, meeting=found)
    if not form.is_valid():
        return meeting_page(request, found, 422, form=form)
    by, at = request.user, request.moment
    actions.note_attendance(found, form.present, by=by, at=at, seen=form.cleaned_data["seen"])
    actions.minute(found, form.minutes, by=by, at=at, seen=found.version)
    messages.success(request, _("The minutes are saved."))
    return redirect(found.get_absolute_url())


meeting = either(show, save)


@act(Can.HOLD_MEETING)
def add_point(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Put one more point on the agenda."""
    found, form = find_meeting(request, year=year, pk=pk), PointForm(request.POST)
    if not form.is_valid():
        return meeting_page(request, found, 422, point_form=form)
    actions.add_point(found, by=request.user, at=request.moment, **form.cleaned_data)
    return redirect(f"{found.get_absolute_url()}#agenda")


@act(Can.PROPOSE_MEASURE)
def propose_measure(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Put an action item into the register."""
    found, form = find_meeting(request, year=year, pk=pk), MeetingActionForm(request.POST)
    if not form.is_valid() or form.asks_about_duplicate(
        open_measure_like(form.cleaned_data["department"], form.cleaned_data["what"]), LIKE_ANOTHER
    ):
        return meeting_page(request, found, 422, action_form=form)
    what, url = form.cleaned_data["what"], found.get_absolute_url()
    proposal = MeasureProposal(what, Measure.Origin.MEETING, url, is_another=form.is_another)
    department = form.cleaned_data["department"]
    proposed = improvements.propose(found.cycle, department, proposal, by=request.user, at=request.moment)
    messages.success(request, _("%(measure)s is proposed.") % {"measure": proposed})
    return redirect(f"{found.get_absolute_url()}#measures")


meeting_step = step_view(MEETING, find_meeting)

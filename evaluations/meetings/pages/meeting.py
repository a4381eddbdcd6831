"""The page of one review meeting: agenda, attendance and minutes, and what follows from it."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.improvements import actions as improvements
from evaluations.improvements.pages.measure import linked_measures
from evaluations.improvements.queries import LIKE_ANOTHER, measures_proposed_on, open_measure_like
from evaluations.meetings import actions
from evaluations.meetings.forms import MeetingActionForm, MinutesForm, PointForm
from evaluations.meetings.models import Meeting
from evaluations.meetings.pages.agenda import agenda_context
from evaluations.meetings.pages.seats import meeting_box, seats_context
from evaluations.meetings.queries import find_meeting
from evaluations.meetings.workflow import MEETING
from evaluations.proposals.queries import proposed_on
from evaluations.proposals.workflow import PROPOSAL
from planning.cycles.queries import may_in
from sop_portal.foundation.kit.refusals import NotNow, NotReady, say_beside_field
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view


def meeting_page(request: Request, found: Meeting, status: int = 200, **filled_in: forms.Form) -> HttpResponse:
    """Agenda, attendance and minutes: to write for those who hold the meeting, to read for the others."""
    actor = request.actor
    may_hold = found.state in MEETING.editable and may_in(request, found.cycle, Can.HOLD_MEETING, found)
    is_planned = found.state == Meeting.State.DRAFT
    may_write = may_hold and not is_planned
    is_on = found.state not in (Meeting.State.DRAFT, Meeting.State.CANCELLED)
    may_propose = is_on and actor.sees_everything and may_in(request, found.cycle, Can.PROPOSE_MEASURE)
    # A measure belongs to a department; everybody reads the meeting, but not every department's measures.
    measures = measures_proposed_on(found.cycle, found.get_absolute_url()).visible_to(actor)
    context = record_context(request, MEETING, found, box=meeting_box(request, found)) | {
        "cycle": found.cycle,
        "is_finished": found.state in MEETING.closed,
        "took_place": found.state in (Meeting.State.MINUTED, Meeting.State.HELD),
        "may_write": may_write,
        "may_move": may_hold and (is_planned or request.moment < found.starts_at),
        "is_planned": is_planned,
        "may_follow_links": actor.sees_everything,
        "form": MinutesForm(meeting=found, actor=actor),
        "point_form": PointForm(initial={"seen": found.version}) if may_write else None,
        "action_form": MeetingActionForm(on=request.today) if may_propose else None,
        "proposals": [
            (row, PROPOSAL.tones[row.state], row.state in PROPOSAL.closed)
            for row in proposed_on(found.get_absolute_url())
        ],
        "may_propose_change": may_in(request, found.cycle, Can.PROPOSE_CHANGE),
        "measures": linked_measures(measures, request.today),
        **seats_context(request, found),
        **agenda_context(request, found),
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
    form = MinutesForm(request.POST, meeting=found, actor=request.actor)
    if not form.is_valid():
        return meeting_page(request, found, 422, form=form)
    by, at = request.user, request.moment
    actions.note_attendance(found, form.present, by=by, at=at, seen=form.cleaned_data["seen"])
    actions.note_teams(found, form.teams_present, by=by, at=at, seen=found.version)
    actions.minute(found, form.minutes, by=by, at=at, seen=found.version)
    messages.success(request, _("The minutes are saved."))
    return redirect(found.get_absolute_url())


meeting = either(show, save, when_closed=True)


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
    found, form = find_meeting(request, year=year, pk=pk), MeetingActionForm(request.POST, on=request.today)
    if found.state == Meeting.State.CANCELLED:
        way_out = _("Propose it in the next meeting, or on the page of the improvements.")
        raise NotNow(_("The meeting was cancelled, so nothing follows from it."), way_out)
    if found.state == Meeting.State.DRAFT:
        raise NotNow(_("The meeting is only planned, so nothing was decided in it."), _("Call the meeting first."))
    if not form.is_valid() or form.asks_about_duplicate(
        open_measure_like(form.cleaned_data["department"], form.cleaned_data["what"]), LIKE_ANOTHER
    ):
        return meeting_page(request, found, 422, action_form=form)
    department, proposal = form.cleaned_data["department"], form.proposal_from(found.get_absolute_url())
    try:
        proposed = improvements.propose(found.cycle, department, proposal, by=request.user, at=request.moment)
    except NotReady as refusal:
        say_beside_field(form, refusal)
        return meeting_page(request, found, 422, action_form=form)
    messages.success(request, _("%(measure)s is proposed.") % {"measure": proposed})
    return redirect(f"{found.get_absolute_url()}#measures")


meeting_step = step_view(MEETING, find_meeting)

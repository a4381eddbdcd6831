"""Review meetings are called, moved and cancelled; everybody who has a seat is told, and so are their calendars."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.meetings.actions.agenda import carry_on, carry_over, drafted_points
from evaluations.meetings.models import AgendaPoint, Attendance, Meeting
from evaluations.meetings.queries import heads_of_department, invited_people
from evaluations.meetings.workflow import MEETING
from planning.cycles.calendar import days_to_meet
from planning.models import Cycle
from sop_portal.foundation.kit.bounds import Bound, refuse_beyond
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import save_new
from sop_portal.foundation.kit.invitations import Method, calendar_text
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import StrOrPromise, interpolate
from sop_portal.foundation.notices.actions import About, new_notices, write_notices
from sop_portal.foundation.notices.wording import NewNotice
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import created, edit, note, step
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.foundation.workflow.years import hold_open_year

MINUTES = Bound(Decimal(960), least=Decimal(5))
SEATS = Bound(Decimal(1000), least=Decimal(1))
INVITED = gettext_lazy("You are invited: %(title)s")
CHANGED = gettext_lazy("Changed: %(title)s")
MOVED = gettext_lazy("Moved, please reply again: %(title)s")
CANCELLED = gettext_lazy("Cancelled: %(title)s")


@dataclass(frozen=True)
class MeetingTerms:
    """When, where and for how long a meeting is held, and how many departments have to be there to decide."""

    held_on: date
    place: str
    begins: time = time(14)
    lasts: int = 90
    quorum: int = 1


@transaction.atomic
def call(cycle: Cycle, terms: MeetingTerms, *, by: User, at: datetime) -> Meeting:
    """Call a review meeting: a seat for everybody who has a part, an agenda of what is open, and invitations."""
    role = authority(Can.HOLD_MEETING, None, by, at)
    hold_open_year(MEETING.kind, cycle, "create")
    refuse_terms(cycle, terms, at)
    meeting = save_new(Meeting(cycle=cycle, state=Meeting.State.CALLED, **vars(terms) | {"place": terms.place.strip()}))
    _prepare(meeting, at)
    created(MEETING, meeting, by=by, at=at, grant=role)
    # One that took place already is only written down.
    if meeting.starts_at > at:
        tell_of_meeting(meeting, "REQUEST", INVITED, _invited(meeting, at), at=at)
    return meeting


def _prepare(meeting: Meeting, at: datetime) -> None:
    """A seat for every department and team, and an agenda of what is open and of what earlier meetings left."""
    departments = Department.objects.filter(is_active=True)
    seats = [Attendance(meeting=meeting, department=department) for department in departments]
    seats += [Attendance(meeting=meeting, team=team) for team in Attendance.Team.values]
    Attendance.objects.bulk_create(seats)
    AgendaPoint.objects.bulk_create(drafted_points(meeting, meeting.cycle.day(at)))
    carry_over(meeting)


@MEETING.act("call")
def call_planned(meeting: Meeting, *, by: User, at: datetime, seen: int, comment: str = "") -> Meeting:
    """Call a meeting that a series planned: seats, agenda and invitations, as for every other."""
    with step(MEETING, meeting, "call", by=by, at=at, seen=seen, comment=comment) as locked:
        _prepare(locked, at)
    tell_of_meeting(meeting, "REQUEST", INVITED, _invited(meeting, at), at=at)
    return meeting


def move(meeting: Meeting, terms: MeetingTerms, *, by: User, at: datetime, seen: int) -> Meeting:
    """Move a meeting, or change its place, length or quorum; everybody invited gets the update."""
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        _refuse_begun(editing.record, at)
        refuse_terms(editing.record.cycle, terms, at, quorum=editing.record.quorum)
        _refuse_own_quorum(editing.record, terms)
        editing.set(editing.record, **vars(terms) | {"place": terms.place.strip()})
        is_elsewhen = any(change.field in ("held_on", "begins") for change in editing.changes)
        if is_elsewhen:
            _ask_again(editing)
    if editing.changes:
        tell_of_meeting(meeting, "REQUEST", MOVED if is_elsewhen else CHANGED, _invited(meeting, at), at=at)
    return meeting


def _refuse_begun(meeting: Meeting, at: datetime) -> None:
    """What has begun is written down where and when it was."""
    if meeting.state == Meeting.State.CALLED and at >= meeting.starts_at:
        raise NotNow(_("The meeting has begun, so it is no longer moved."), _("Cancel it, and call another one."))


def _ask_again(editing: Editing[Meeting]) -> None:
    """Whoever could come then may not be able to now: every seat is asked anew."""
    answered = editing.record.attendance.exclude(reply=Attendance.Reply.OPEN).select_related("department")
    for seat in answered.order_by("pk"):
        where = seat.team or str(seat)
        editing.set(seat, where=where, reply=Attendance.Reply.OPEN.value, person=None)
        seat.save()


@MEETING.act("cancel")
def cancel(meeting: Meeting, *, by: User, at: datetime, seen: int, comment: str = "") -> Meeting:
    """Cancel a meeting; it leaves the calendars of everybody invited, and its points wait for the next one."""
    with step(MEETING, meeting, "cancel", by=by, at=at, seen=seen, comment=comment) as locked:
        locked.version += 1
        # What people put on the agenda is not lost with the day, nor what another meeting left to this one.
        locked.points.filter(Q(source_url="") | Q(carried_from__isnull=False)).update(is_moved=True)
        seal_rows(MEETING.kind, carry_on(locked, at))
    tell_of_meeting(meeting, "CANCEL", CANCELLED, _invited(meeting, at), at=at, quote=comment.strip())
    return meeting


def seat_newcomer(department: Department, *, by: User, at: datetime) -> None:
    """A department that joins has a seat in every meeting that is called and still to be held."""
    if not department.is_active:
        return
    called = Meeting.objects.filter(state=Meeting.State.CALLED).exclude(attendance__department=department)
    for meeting in called.select_for_update(of=("self",)).select_related("cycle").order_by("pk"):
        if meeting.held_on >= meeting.cycle.day(at):
            Attendance.objects.create(meeting=meeting, department=department)
            meeting.version += 1
            meeting.save(update_fields=["version"])
            change = Change("department", "", str(department))
            note(MEETING.kind, meeting, "edit", by=by, at=at, changes=[change])
            heads = heads_of_department(meeting, department, meeting.cycle.day(at))
            tell_of_meeting(meeting, "REQUEST", INVITED, heads, at=at)


def _invited(meeting: Meeting, at: datetime) -> list[User]:
    return invited_people(meeting, meeting.cycle.day(at))


def tell_of_meeting(
    meeting: Meeting, method: Method, pattern: StrOrPromise, people: Iterable[User], *, at: datetime, quote: str = ""
) -> None:
    """Tell people and their calendars; `pattern` is a sentence with the meeting's %(title)s."""

    def sentence() -> str:
        return interpolate(pattern, {"title": meeting})

    about: About = {
        "kind": MEETING.kind,
        "record_id": meeting.pk,
        "verb": "edit",
        "link": meeting.get_absolute_url(),
        "quote": quote,
    }
    write_notices([_with_calendar(new, meeting, method, at) for new in new_notices(people, sentence, **about)], at=at)


def _with_calendar(new: NewNotice, meeting: Meeting, method: Method, at: datetime) -> NewNotice:
    person = new.person
    with translation.override(person.language):
        text = calendar_text(meeting.appointment, method, name=person.name, email=person.email, at=at)
    return replace(new, calendar=text)


def _refuse_own_quorum(meeting: Meeting, terms: MeetingTerms) -> None:
    """How many have to be there is a rule of the series, the same for each of its meetings."""
    if meeting.series is not None and terms.quorum != meeting.series.quorum:
        way_out = _("Change it in the series; it holds for every meeting that is not called yet.")
        raise NotReady(_("The quorum is a rule of the series."), [], way_out).about("quorum")


def refuse_terms(cycle: Cycle, terms: MeetingTerms, at: datetime, *, quorum: int | None = None) -> None:
    """Refuse a day, a length, a place or a quorum with which no meeting of this year can be held.

    The `quorum` that a meeting has from before there was a least one stays with it.
    """
    refuse_outside(_("Date"), terms.held_on, days_to_meet(cycle, cycle.day(at)))
    refuse_beyond(_("Length in minutes"), terms.lasts, MINUTES)
    if terms.quorum != quorum:
        refuse_beyond(_("Quorum"), terms.quorum, SEATS)
    departments = Department.objects.filter(is_active=True).count()
    if terms.quorum > departments:
        way_out = _("Choose %(count)s at most.") % {"count": departments}
        raise NotReady(_("There are fewer departments than the quorum asks for."), [], way_out)
    if not terms.place.strip():
        raise NotReady(_("Say where the meeting is held."), [_("The place is missing.")])

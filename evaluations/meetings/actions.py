"""Review meetings: called with an agenda of open matters, attended, minuted, closed."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from evaluations.meetings.models import AgendaPoint, Attendance, Meeting
from evaluations.meetings.queries import Matter, matter_of, open_matters
from evaluations.meetings.workflow import MEETING
from evaluations.reports.models import Issue
from planning.cycles.calendar import days_to_meet
from planning.models import Cycle
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import keep, refuse_strangers
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.notices.actions import LANGUAGES
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import created, edit, note, step
from sop_portal.foundation.workflow.years import hold_open_year

LONGEST_TITLE = 200


@transaction.atomic
def call(cycle: Cycle, *, held_on: date, place: str, by: User, at: datetime) -> Meeting:
    """Call a review meeting: a seat for every active department, and an agenda of what is open in the year."""
    role = authority(Can.HOLD_MEETING, None, by, at)
    hold_open_year(MEETING.kind, cycle, "create")
    refuse_outside(_("Date"), held_on, days_to_meet(cycle, cycle.day(at)))
    if not place.strip():
        raise NotReady(_("Say where the meeting is held."), [_("The place is missing.")])
    meeting = keep(Meeting(cycle=cycle, held_on=held_on, place=place.strip()))
    departments = Department.objects.filter(is_active=True)
    Attendance.objects.bulk_create(Attendance(meeting=meeting, department=department) for department in departments)
    AgendaPoint.objects.bulk_create(_drafted(meeting, cycle.day(at)))
    created(MEETING, meeting, by=by, at=at, grant=role)
    return meeting


def take_up(issue: Issue, *, by: User, at: datetime) -> None:
    """An issue that is raised once the next meeting is called stands on its agenda too."""
    upcoming = Meeting.objects.filter(cycle_id=issue.cycle_id, state=Meeting.State.CALLED)
    upcoming = upcoming.filter(held_on__gte=issue.cycle.day(at)).order_by("held_on", "pk")
    meeting = upcoming.select_for_update(of=("self",)).select_related("cycle").first()
    if meeting is None or meeting.points.filter(source_url=issue.get_absolute_url()).exists():
        return
    last = meeting.points.last()
    [point] = _points(meeting, lambda: [matter_of(issue)], last.position if last else 0)
    point.save()
    meeting.version += 1
    meeting.save(update_fields=["version"])
    note(MEETING.kind, meeting, "edit", by=by, at=at, changes=[Change("point", "", point.title)])


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


def _drafted(meeting: Meeting, on: date) -> list[AgendaPoint]:
    """A point for every open matter."""
    return _points(meeting, lambda: open_matters(meeting.cycle, on), 0)


def _points(meeting: Meeting, matters_now: Callable[[], list[Matter]], after: int) -> list[AgendaPoint]:
    """Points of the agenda, named in every language: who reads them is not who put them there."""
    in_each = {}
    for language in LANGUAGES:
        with override(language):
            in_each[language] = matters_now()
    points = []
    for place, (title, url) in enumerate(in_each["en"], after):
        titles = {language: str(matters[place - after][0]) for language, matters in in_each.items()}
        points.append(
            AgendaPoint(meeting=meeting, position=place + 1, title=title[:LONGEST_TITLE], titles=titles, source_url=url)
        )
    return points


def add_point(meeting: Meeting, *, title: str, by: User, at: datetime, seen: int) -> AgendaPoint:
    """Put one more point on the agenda."""
    if not title.strip():
        raise NotReady(_("Name the point."), [_("The title is missing.")])
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        last = editing.record.points.last()
        position = last.position + 1 if last else 1
        point = keep(AgendaPoint(meeting=editing.record, position=position, title=title.strip()))
        editing.change("point", "", point.title)
    return point


def note_attendance(
    meeting: Meeting, present: Mapping[int, tuple[User | None, bool]], *, by: User, at: datetime, seen: int
) -> Meeting:
    """Note who came for which department: by department, the representative and whether they were there."""
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        invited = editing.record.attendance.values_list("department_id", flat=True)
        refuse_strangers(present, set(invited), _("The meeting has no seat for these departments."))
        seats = editing.record.attendance.filter(department__in=present).select_related("department", "person")
        for seat in seats.order_by("pk"):
            person, was_present = present[seat.department_id]
            _refuse_stranger(seat, person, at)
            if editing.set(seat, where=str(seat.department), person=person, was_present=was_present):
                seat.save()
    return meeting


def _refuse_stranger(seat: Attendance, person: User | None, at: datetime) -> None:
    if person is None or person == seat.person:
        return
    members = Membership.objects.on(seat.meeting.cycle.day(at)).filter(department=seat.department, person=person)
    if not members.exists():
        words = {"person": person.name, "department": seat.department}
        sentence = _("%(person)s does not belong to %(department)s.") % words
        raise NotReady(sentence, [_("Choose somebody of the department.")])


def minute(meeting: Meeting, minutes: Mapping[int, tuple[str, str]], *, by: User, at: datetime, seen: int) -> Meeting:
    """Write minutes and decision of points of the agenda."""
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        known = editing.record.points.values_list("pk", flat=True)
        refuse_strangers(minutes, set(known), _("These points are not on the agenda."))
        for point in editing.record.points.filter(pk__in=minutes).order_by("pk"):
            said, decided = minutes[point.pk]
            if editing.set(point, where=point.title, minutes=said.strip(), decision=decided.strip()):
                point.save()
    return meeting


@MEETING.act("hold")
def hold(meeting: Meeting, *, by: User, at: datetime, seen: int, comment: str = "") -> Meeting:
    """Close the minutes: from now on they can be read and no longer change."""
    with step(MEETING, meeting, "hold", by=by, at=at, seen=seen, comment=comment):
        pass
    return meeting

"""The minutes of a review meeting: who came, what was said and decided; sent, confirmed by those present, frozen."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.meetings.actions.agenda import CALLED, carry_on
from evaluations.meetings.models import AgendaPoint, Attendance, Meeting
from evaluations.meetings.queries import invited_people, people_of_seat
from evaluations.meetings.workflow import MEETING, PRIVATE
from sop_portal.foundation.kit.fitting import give, refuse_strangers
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import edit, lock, note, step
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.foundation.workflow.years import hold_open_year

# So long those who were there have to say that the minutes are right.
TO_CONFIRM = timedelta(days=7)
SENT = gettext_lazy("The minutes are written: %(title)s")


def note_attendance(
    meeting: Meeting, present: Mapping[int, tuple[User | None, bool]], *, by: User, at: datetime, seen: int
) -> Meeting:
    """Note who came for which department: by department, the representative and whether they were there."""
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        seats = editing.record.attendance.filter(department__isnull=False)
        invited = seats.values_list("department_id", flat=True)
        refuse_strangers(present, set(invited), _("The meeting has no seat for these departments."))
        for seat in seats.filter(department__in=present).select_related("department", "person").order_by("pk"):
            person, was_present = present[seat.department_id or 0]
            _refuse_stranger(seat, person, at)
            if editing.set(seat, where=str(seat.department), person=person, was_present=was_present):
                seat.save()
    return meeting


def note_teams(
    meeting: Meeting, present: Mapping[str, tuple[User | None, bool]], *, by: User, at: datetime, seen: int
) -> Meeting:
    """Note who came for finance, the resource team and management."""
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        seats = editing.record.attendance.exclude(team="")
        refuse_strangers(present, set(seats.values_list("team", flat=True)), _("The meeting has no such seat."))
        for seat in seats.filter(team__in=present).select_related("person").order_by("pk"):
            person, was_present = present[seat.team]
            if person is not None and person != seat.person and not people_of_seat(seat).filter(pk=person.pk).exists():
                words = {"person": person, "seat": seat}
                sentence = interpolate(_("%(person)s does not belong to %(seat)s."), words)
                raise NotReady(sentence, [_("Choose somebody who does.")])
            if editing.set(seat, where=seat.team, person=person, was_present=was_present):
                seat.save()
    return meeting


def _refuse_stranger(seat: Attendance, person: User | None, at: datetime) -> None:
    if person is None or person == seat.person:
        return
    members = Membership.objects.on(seat.meeting.cycle.day(at)).filter(department=seat.department, person=person)
    if not members.exists() and not people_of_seat(seat).filter(pk=person.pk).exists():
        words = {"person": person.name, "department": seat.department}
        sentence = interpolate(_("%(person)s does not belong to %(department)s."), words)
        raise NotReady(sentence, [_("Choose somebody of the department.")])


def minute(meeting: Meeting, minutes: Mapping[int, tuple[str, str]], *, by: User, at: datetime, seen: int) -> Meeting:
    """Write minutes and decision of points of the agenda."""
    with edit(MEETING, meeting, by=by, at=at, can=Can.HOLD_MEETING, seen=seen) as editing:
        known = editing.record.points.values_list("pk", flat=True)
        refuse_strangers(minutes, set(known), _("These points are not on the agenda."))
        for point in editing.record.points.filter(pk__in=minutes).order_by("pk"):
            said, decided = minutes[point.pk]
            _write(editing, point, said.strip(), decided.strip())
    return meeting


def _write(editing: Editing[Meeting], point: AgendaPoint, said: str, decided: str) -> None:
    """What is said on a private point stands in the point alone: the trail of a meeting is read by everybody."""
    if not point.is_private:
        if editing.set(point, where=point.kept, minutes=said, decision=decided):
            point.save()
    elif (point.minutes, point.decision) != (said, decided):
        give(point, minutes=said, decision=decided)
        point.save()
        editing.change("minutes", "", "written", where=PRIVATE)


@MEETING.act("send")
def send(meeting: Meeting, *, by: User, at: datetime, seen: int, comment: str = "") -> Meeting:
    """Send the minutes: everybody with a seat reads them, those who were there confirm them, the rest moves on."""
    with step(MEETING, meeting, "send", by=by, at=at, seen=seen, comment=comment) as locked:
        locked.confirm_by = locked.cycle.day(at) + TO_CONFIRM
        unwritten = locked.points.filter(minutes="", decision="")
        unwritten.update(is_moved=True)
        locked.points.exclude(pk__in=unwritten.values("pk")).update(is_moved=False)
        # A point that was moved on before a correction, and is dealt with now, leaves the next agenda again.
        dealt = AgendaPoint.objects.filter(carried_from__meeting=locked, carried_from__is_moved=False)
        leaving = dealt.filter(minutes="", decision="", meeting__state=CALLED)
        touched = set(leaving.values_list("meeting", flat=True))
        leaving.delete()
        locked.attendance.update(confirmed_at=None)
        # The agendas of other meetings changed with this step.
        seal_rows(MEETING.kind, touched | carry_on(locked, at))
    _tell_of_minutes(meeting, by, at)
    return meeting


def _tell_of_minutes(meeting: Meeting, by: User, at: datetime) -> None:
    """Everybody with a seat hears that the minutes can be read."""
    notify(
        [person for person in invited_people(meeting, meeting.cycle.day(at)) if person.pk != by.pk],
        lambda: interpolate(SENT, {"title": meeting}),
        kind=MEETING.kind,
        record_id=meeting.pk,
        verb="send",
        link=meeting.get_absolute_url(),
        at=at,
    )


@transaction.atomic
def confirm(meeting: Meeting, *, by: User, at: datetime, seen: int) -> Meeting:
    """Confirm that the minutes say what was said; once is enough, and a correction asks anew."""
    authority(Can.SEE_RECORDS, None, by, at)
    hold_open_year(MEETING.kind, meeting, "confirm")
    locked = lock(meeting)
    mine = locked.attendance.filter(person=by, was_present=True)
    if not mine.exists():
        raise NotYours(_("Only those who were there confirm the minutes."), _("Write a comment instead."))
    if locked.state != Meeting.State.MINUTED:
        raise NotNow(_("There are no minutes to confirm."), _("They are being written, or frozen already."))
    if locked.version != seen:
        raise NotNow(_("The minutes changed since you opened them."), _("Read them again, then confirm."))
    if mine.filter(confirmed_at__isnull=True).update(confirmed_at=at):
        note(MEETING.kind, locked, "confirm", by=by, at=at)
    return meeting


@MEETING.act("correct")
def correct(meeting: Meeting, *, by: User, at: datetime, seen: int, comment: str = "") -> Meeting:
    """Open the minutes again because something is wrong; everybody confirms them again."""
    with step(MEETING, meeting, "correct", by=by, at=at, seen=seen, comment=comment) as locked:
        locked.attendance.update(confirmed_at=None)
    return meeting


@MEETING.act("hold")
def hold(meeting: Meeting, *, by: User, at: datetime, seen: int, comment: str = "") -> Meeting:
    """Freeze the minutes: from now on they no longer change."""
    with step(MEETING, meeting, "hold", by=by, at=at, seen=seen, comment=comment):
        pass
    return meeting

"""Who owes what about a review meeting: a reply, the minutes, their confirmation, closing them."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from evaluations.meetings.models import Attendance, Meeting
from evaluations.meetings.queries import open_seats, people_by_open_seat, to_confirm
from evaluations.meetings.workflow import MEETING
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.owed import Owed, opened_by, until

DAY = timedelta(days=1)
REPLY, CONFIRM = _("Reply to the invitation"), _("Confirm the minutes")
TASKS = {
    "reply": _("Reply to the invitation to the review meeting of %(day)s"),
    "confirm": _("Confirm the minutes of %(day)s"),
}
DRAFT, CALLED, MINUTED = Meeting.State.DRAFT, Meeting.State.CALLED, Meeting.State.MINUTED
# So long before a planned meeting it can be called, and so long before it people are to be invited.
CALLED_FROM, CALLED_BY = 21 * DAY, 10 * DAY


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Meetings to be called, and those whose minutes are not sent or closed; they belong to no department."""
    if departments is not None:
        return
    for meeting in _open().order_by("pk"):
        yield from _steps(meeting, at, ahead)
        yield from _named(meeting, at)


def _open() -> QuerySet[Meeting]:
    """Meetings that are not over; what was only planned when its year was closed is forgotten with it."""
    found = Meeting.objects.filter(state__in=[DRAFT, CALLED, MINUTED]).exclude(cycle__state="closed")
    return found.select_related("cycle")


def _steps(meeting: Meeting, at: datetime, ahead: int) -> Iterator[Owed]:
    sequence = meeting.version
    if meeting.state == DRAFT and meeting.held_on - CALLED_FROM <= opened_by(at, ahead):
        opens, day = meeting.held_on - CALLED_FROM, meeting.held_on - CALLED_BY
        yield until(MEETING, "call", meeting, meeting.cycle, opens_on=opens, due_on=day, sequence=sequence)
    if meeting.state == CALLED and meeting.held_on <= opened_by(at, ahead):
        day = meeting.held_on
        yield until(MEETING, "send", meeting, meeting.cycle, opens_on=day, due_on=day, sequence=sequence)
    if meeting.state == MINUTED and confirmed_by(meeting) < opened_by(at, ahead):
        day = confirmed_by(meeting) + DAY
        yield until(MEETING, "hold", meeting, meeting.cycle, opens_on=day, due_on=day, sequence=sequence)


def _named(meeting: Meeting, at: datetime) -> Iterator[Owed]:
    """What is asked of people by name: whoever can reply for a seat without a reply, whoever was there."""
    if meeting.state == CALLED and at < meeting.starts_at:
        people = people_by_open_seat(meeting, meeting.cycle.day(at))
        if people:
            yield by_name(meeting, "reply", REPLY, meeting.held_on - DAY, people)
    if meeting.state == MINUTED:
        people = to_confirm(meeting)
        if people:
            yield by_name(meeting, "confirm", CONFIRM, confirmed_by(meeting), people)


def confirmed_by(meeting: Meeting) -> date:
    """Until when those who were there confirm."""
    return meeting.confirm_by or meeting.held_on


def by_name(meeting: Meeting, step: str, label: StrOrPromise, due_on: date, people: frozenset[int]) -> Owed:
    """Something that only these people can do."""
    return Owed(
        MEETING.kind,
        step,
        label,
        Can.SEE_RECORDS,
        meeting,
        meeting.cycle,
        due_on=due_on,
        first_due_on=due_on,
        sequence=meeting.version,
        owner_ids=people,
        task=TASKS[step],
    )


def owed_by_name(person: User, at: datetime) -> Iterator[Owed]:
    """What waits for this person alone, a reply or a confirmation, and for whoever holds meetings."""
    for meeting in _open().order_by("held_on", "pk"):
        yield from _steps(meeting, at, 0)
        is_ahead = meeting.state == CALLED and at < meeting.starts_at
        if is_ahead and open_seats(meeting, person, meeting.cycle.day(at)).exists():
            yield by_name(meeting, "reply", REPLY, meeting.held_on - DAY, frozenset({person.pk}))
    there = Attendance.objects.filter(person=person, was_present=True, confirmed_at=None, meeting__state=MINUTED)
    for seat in there.select_related("meeting__cycle").order_by("meeting__held_on", "pk"):
        yield by_name(seat.meeting, "confirm", CONFIRM, confirmed_by(seat.meeting), frozenset({person.pk}))

"""Which review meetings are called, and who holds them."""

from datetime import date

from evaluations.meetings.models import Meeting
from evaluations.meetings.workflow import MEETING
from planning.cycles.deadlines import Deadline
from sop_portal.kit.dates import add_civil_days
from sop_portal.organisation.roles import Can

NOTICE_DAYS = 14


def owed(on: date) -> list[Deadline]:
    """Every meeting whose minutes are not closed, from two weeks before its day."""
    called = Meeting.objects.filter(state=Meeting.State.CALLED).select_related("cycle").order_by("pk")
    return [deadline for meeting in called if (deadline := of(meeting)).opens_on <= on]


def of(meeting: Meeting) -> Deadline:
    """The deadline of one meeting: its day."""
    opens_on = add_civil_days(meeting.held_on, -NOTICE_DAYS)
    return Deadline(MEETING.kind, meeting, "hold", Can.HOLD_MEETING, opens_on, meeting.held_on)

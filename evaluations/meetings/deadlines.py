"""Who holds the review meetings that are called."""

from collections.abc import Collection, Iterator
from datetime import datetime

from evaluations.meetings.models import Meeting
from evaluations.meetings.workflow import MEETING
from sop_portal.kit.dates import add_civil_days
from sop_portal.workflow.owed import Owed, opened_by, until

NOTICE_DAYS = 14


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Meetings whose minutes are not closed, from two weeks before their day; they belong to no department."""
    if departments is not None:
        return
    soon = add_civil_days(opened_by(at, ahead), NOTICE_DAYS)
    called = Meeting.objects.filter(state=Meeting.State.CALLED, held_on__lte=soon).select_related("cycle")
    for meeting in called.order_by("pk"):
        opens_on = add_civil_days(meeting.held_on, -NOTICE_DAYS)
        yield until(MEETING, "hold", meeting, meeting.cycle, opens_on=opens_on, due_on=meeting.held_on)

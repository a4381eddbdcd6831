"""Who closes the minutes of a review meeting."""

from collections.abc import Collection, Iterator
from datetime import datetime

from evaluations.meetings.models import Meeting
from evaluations.meetings.workflow import MEETING
from sop_portal.foundation.workflow.owed import Owed, opened_by, until


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Meetings whose day has come and whose minutes are not closed; they belong to no department."""
    if departments is not None:
        return
    called = Meeting.objects.filter(state__in=MEETING["hold"].sources, held_on__lte=opened_by(at, ahead))
    for meeting in called.select_related("cycle").order_by("pk"):
        yield until(
            MEETING,
            "hold",
            meeting,
            meeting.cycle,
            opens_on=meeting.held_on,
            due_on=meeting.held_on,
            sequence=meeting.version,
        )

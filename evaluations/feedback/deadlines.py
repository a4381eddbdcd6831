"""Who owes an answer to feedback."""

from collections.abc import Collection, Iterator
from datetime import datetime

from evaluations.feedback.models import Feedback
from evaluations.feedback.workflow import FEEDBACK
from sop_portal.foundation.workflow.owed import Owed, decisions, within


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Feedback that nobody answered yet."""
    rows = within(Feedback.objects.filter(state__in=FEEDBACK.awaiting), departments)
    found = rows.select_related("cycle", "department").order_by("pk")
    yield from decisions(FEEDBACK, found, begun="given_at")

"""Who owes an answer to feedback, and until when."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from evaluations.feedback.models import Feedback
from evaluations.feedback.queries import with_days
from evaluations.feedback.workflow import FEEDBACK
from sop_portal.foundation.workflow.owed import Owed, decisions, within


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Feedback that nobody answered yet: whoever may answer has a day, and keeps four eyes like a decision."""
    rows = within(Feedback.objects.filter(state__in=FEEDBACK.awaiting), departments)
    found = rows.select_related("cycle", "department").order_by("pk")
    answers = list(decisions(FEEDBACK, found, begun="given_at"))
    with_days(answer.record for answer in answers)
    for answer in answers:
        due, version = answer.record.due_day, answer.record.version
        yield replace(
            answer, since=None, due_on=due.on, first_due_on=due.on, moved_from=due.moved_from, sequence=version
        )

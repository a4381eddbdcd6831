"""Who owes an evaluation, and who owes its review, until when."""

from collections.abc import Collection, Iterator
from datetime import datetime

from evaluations.reviews.models import Evaluation
from evaluations.reviews.workflow import EVALUATION
from planning.cycles.calendar import EVALUATION_DAYS
from planning.cycles.queries import OPEN, extensions_under_way, windows_under_way
from planning.models import Stage
from sop_portal.foundation.kit.dates import add_civil_days
from sop_portal.foundation.workflow.owed import DueRows, Owed, decisions, until, within

UNSENT = EVALUATION["submit"].sources
DUE = DueRows(EVALUATION, "submit")


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Evaluations to be submitted, on a day within the window or as extended, and those that wait for review."""
    waiting = Evaluation.objects.filter(cycle__state=OPEN, state__in=EVALUATION.awaiting)
    rows = within(waiting, departments).select_related("cycle", "department", "project").order_by("pk")
    found = list(rows)
    longer = extensions_under_way(Stage.EVALUATION) if found else {}
    windows = windows_under_way(Stage.EVALUATION) if found else {}
    for evaluation in found:
        if evaluation.state not in UNSENT:
            continue
        window = windows.get(evaluation.cycle_id)
        own = min(evaluation.due, window.due_on) if window else evaluation.due
        due_on = max(own, longer.get((evaluation.cycle_id, evaluation.department_id), own))
        yield until(
            EVALUATION,
            "submit",
            evaluation,
            evaluation.cycle,
            due_on=due_on,
            first_due_on=own,
            opens_on=add_civil_days(evaluation.moved_from or evaluation.due, -EVALUATION_DAYS),
            sequence=evaluation.cycle.version,
        )
    yield from decisions(EVALUATION, [evaluation for evaluation in found if evaluation.state not in UNSENT])

"""Who still owes an evaluation, and until when."""

from datetime import date

from evaluations.reviews.models import Evaluation
from evaluations.reviews.workflow import EVALUATION
from planning.cycles.calendar import EVALUATION_DAYS
from planning.cycles.deadlines import Deadline
from planning.models import Cycle
from sop_portal.kit.dates import add_civil_days
from sop_portal.organisation.roles import Can


def owed(on: date) -> list[Deadline]:
    """Every evaluation still to be submitted: due four weeks after its project ended, owed since that day."""
    waiting = Evaluation.objects.filter(state__in=EVALUATION.editable, cycle__state=Cycle.State.PUBLISHED)
    found = [of(evaluation) for evaluation in waiting.select_related("cycle", "department", "project").order_by("pk")]
    return [deadline for deadline in found if deadline.opens_on <= on]


def of(evaluation: Evaluation) -> Deadline:
    """The deadline of one evaluation."""
    opens_on = add_civil_days(evaluation.due, -EVALUATION_DAYS)
    return Deadline(EVALUATION.kind, evaluation, "submit", Can.SUBMIT_EVALUATION, opens_on, evaluation.due)

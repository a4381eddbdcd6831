"""Who still owes the work on an adopted measure, and until when."""

from datetime import date

from django.utils.timezone import localdate

from evaluations.improvements.models import Measure
from evaluations.improvements.workflow import MEASURE
from planning.cycles.deadlines import Deadline
from sop_portal.organisation.roles import Can


def owed(on: date) -> list[Deadline]:
    """Every adopted measure that is not reported as done; a year that is closed does not end it."""
    adopted = Measure.objects.filter(state=Measure.State.ADOPTED, due__isnull=False, adopted_at__isnull=False)
    return [of(measure) for measure in adopted.select_related("cycle", "department", "owner").order_by("pk")]


def of(measure: Measure) -> Deadline:
    """The deadline of one measure: its owner owes it, or the head of its department."""
    since = localdate(measure.adopted_at)
    return Deadline(MEASURE.kind, measure, "finish", Can.CARRY_OUT_MEASURE, since, measure.due or since)

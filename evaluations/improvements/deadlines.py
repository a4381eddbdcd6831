"""Who owes an improvement measure, a decision on one, or its verification, until when."""

from collections.abc import Collection, Iterator
from datetime import datetime

from evaluations.improvements.models import Measure
from evaluations.improvements.workflow import MEASURE
from sop_portal.foundation.workflow.owed import Owed, decisions, until, within

ADOPTED = MEASURE["finish"].sources


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Adopted measures until they are done, also when their year is closed, and measures that wait for a decision."""
    rows = within(Measure.objects.filter(state__in=MEASURE.awaiting), departments)
    found = list(rows.select_related("cycle", "department").order_by("pk"))
    for measure in found:
        if measure.state in ADOPTED and measure.due and measure.adopted_at:
            opens_on = measure.cycle.day(measure.adopted_at)
            yield until(
                MEASURE,
                "finish",
                measure,
                measure.cycle,
                opens_on=opens_on,
                due_on=measure.due,
                sequence=measure.version,
            )
    yield from decisions(MEASURE, [measure for measure in found if measure.state not in ADOPTED])

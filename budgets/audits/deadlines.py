"""Who owes an audit, an answer to a finding, or its verification, until when."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from operator import attrgetter

from budgets.audits.models import Audit, Finding
from budgets.audits.workflow import AUDIT, FINDING
from planning.cycles.queries import OPEN
from sop_portal.foundation.workflow.owed import DueRows, Owed, decisions, opened_by, until, within

NOTICE = timedelta(days=14)
UNANSWERED = FINDING["answer"].sources
# A finding has a day for its answer; its remedy takes as long as it takes.
UNDATED = frozenset(FINDING["remedy"].sources)
DUE = DueRows(FINDING, "answer")


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Audits that are to begin, findings without an answer, and remedies nobody has verified yet."""
    soon = opened_by(at, ahead) + NOTICE
    planned = Audit.objects.filter(cycle__state=OPEN, state__in=AUDIT["begin"].sources, planned_on__lte=soon)
    for audit in within(planned, departments).select_related("cycle", "department").order_by("pk"):
        yield until(
            AUDIT,
            "begin",
            audit,
            audit.cycle,
            opens_on=audit.planned_on - NOTICE,
            due_on=audit.planned_on,
            sequence=audit.version,
        )
    asked = Finding.objects.filter(
        audit__cycle__state=OPEN,
        audit__state=Audit.State.AWAITING,
        state__in=set(FINDING.awaiting) - UNDATED,
    )
    rows = within(asked, departments, "audit__department_id").order_by("pk")
    found = list(rows.select_related("audit__cycle", "audit__department", "audit__project"))
    for finding in found:
        if finding.state in UNANSWERED:
            yield until(FINDING, "answer", finding, finding.audit.cycle, due_on=finding.due, sequence=finding.version)
    answered = [finding for finding in found if finding.state not in UNANSWERED]
    yield from decisions(FINDING, answered, cycle_of=attrgetter("audit.cycle"))

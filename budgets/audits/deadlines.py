"""Who owes an audit, an answer to a finding, or its verification, until when."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from budgets.audits.models import Audit, Finding
from budgets.audits.workflow import AUDIT, FINDING
from planning.cycles.queries import OPEN
from sop_portal.foundation.workflow.owed import Owed, decisions, opened_by, until, within

NOTICE = timedelta(days=14)


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Audits that are to begin, findings without an answer, and remedies nobody has verified yet."""
    soon = opened_by(at, ahead) + NOTICE
    planned = Audit.objects.filter(cycle__state=OPEN, state=Audit.State.PLANNED, planned_on__lte=soon)
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
        state__in=[Finding.State.OPEN, Finding.State.REMEDIED],
    )
    rows = within(asked, departments, "audit__department_id").order_by("pk")
    found = list(rows.select_related("audit__cycle", "audit__department", "audit__project"))
    for finding in found:
        if finding.state == Finding.State.OPEN:
            yield until(FINDING, "answer", finding, finding.audit.cycle, due_on=finding.due, sequence=finding.version)
    remedied = [finding for finding in found if finding.state == Finding.State.REMEDIED]
    yield from decisions(
        FINDING, "verify", remedied, lambda finding: finding.remedied_at, lambda finding: finding.audit.cycle
    )

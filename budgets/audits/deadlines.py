"""Who owes the beginning of an audit, and who owes an answer to its findings, until when."""

from collections.abc import Iterator

from budgets.audits.models import Audit, Finding
from budgets.audits.workflow import AUDIT, FINDING
from planning.cycles.deadlines import Deadline
from planning.models import Cycle
from sop_portal.organisation.roles import Can


def owed(cycle: Cycle) -> Iterator[Deadline]:
    """Audits that are planned, and findings the department was asked about and has not answered."""
    for audit in (
        Audit.objects.filter(cycle=cycle, state=Audit.State.PLANNED).select_related("department").order_by("pk")
    ):
        audit.cycle = cycle
        yield Deadline(AUDIT.kind, audit, "begin", Can.AUDIT, audit.planned_on, audit.planned_on)
    asked = Finding.objects.filter(
        audit__cycle=cycle, audit__state=Audit.State.AWAITING, state=Finding.State.OPEN
    ).order_by("pk")
    for finding in asked.select_related("audit__department", "audit__cycle", "audit__project"):
        yield Deadline(FINDING.kind, finding, "answer", Can.ANSWER_FINDING, finding.audit.planned_on, finding.due)

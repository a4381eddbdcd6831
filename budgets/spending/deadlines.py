"""Who owes a decision on a spending exception."""

from collections.abc import Collection, Iterator
from datetime import datetime

from budgets.spending.models import SpendingException
from budgets.spending.workflow import EXCEPTION
from planning.cycles.queries import OPEN
from sop_portal.foundation.workflow.owed import Owed, decisions, within


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Exceptions that were asked for and not decided."""
    asked = SpendingException.objects.filter(cycle__state=OPEN, state__in=EXCEPTION.awaiting)
    rows = within(asked, departments).select_related("cycle", "department", "appropriation__project").order_by("pk")
    yield from decisions(EXCEPTION, rows, begun="asked_at")

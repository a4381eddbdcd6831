"""Who owes a decision on a request for more time."""

from collections.abc import Collection, Iterator
from datetime import datetime

from planning.cycles.queries import OPEN
from planning.extensions.models import ExtensionRequest
from planning.extensions.workflow import EXTENSION_REQUEST
from sop_portal.foundation.workflow.owed import Owed, decisions, within


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Requests that nobody decided yet."""
    asked = ExtensionRequest.objects.filter(cycle__state=OPEN, state__in=EXTENSION_REQUEST.awaiting)
    rows = within(asked, departments).select_related("cycle", "department").order_by("pk")
    yield from decisions(EXTENSION_REQUEST, rows, begun="asked_at")

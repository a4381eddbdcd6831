"""Who owes a resource request, and who owes a decision on one, until when."""

from collections.abc import Collection, Iterator
from datetime import datetime

from planning.cycles.calendar import REQUEST_DAYS
from planning.cycles.models import Stage
from planning.cycles.queries import OPEN, extensions_under_way, windows_under_way
from planning.requests.models import ResourceRequest
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.dates import add_civil_days
from sop_portal.foundation.workflow.owed import DueRows, Owed, decisions, until, within

UNSENT = REQUEST["submit"].sources
DUE = DueRows(REQUEST, "submit")


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Every request still to be handed in or allocated in a year under way."""
    waiting = ResourceRequest.objects.filter(cycle__state=OPEN, state__in=REQUEST.awaiting)
    found = list(within(waiting, departments).select_related("cycle", "department").order_by("pk"))
    if not found:
        return
    yield from decisions(REQUEST, [request for request in found if request.state not in UNSENT])
    windows, longer = windows_under_way(Stage.REQUEST), extensions_under_way(Stage.REQUEST)
    for request in found:
        if request.state in UNSENT:
            window = windows.get(request.cycle_id)
            first = add_civil_days(request.moved_from or request.due, -REQUEST_DAYS)
            days = [request.due, longer.get((request.cycle_id, request.department_id), request.due)]
            yield until(
                REQUEST,
                "submit",
                request,
                request.cycle,
                opens_on=max(first, window.opens_on) if window else first,
                due_on=max(days + ([window.due_on] if window else [])),
                first_due_on=request.due,
                sequence=request.cycle.version,
            )

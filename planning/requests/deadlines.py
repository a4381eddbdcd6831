"""Who owes a resource request, and who owes a decision on one, until when."""

from collections.abc import Iterator

from planning.cycles.deadlines import Deadline
from planning.cycles.models import Cycle
from planning.requests.models import ResourceRequest
from planning.requests.workflow import REQUEST, due_of
from sop_portal.kit.dates import add_civil_days
from sop_portal.organisation.roles import Can

WINDOW_DAYS = 14


def owed(cycle: Cycle) -> Iterator[Deadline]:
    """The requests of a year that were not handed in yet; what is submitted or waived owes nothing."""
    waiting = ResourceRequest.objects.filter(cycle=cycle, state__in=["draft", "returned"]).order_by("pk")
    for request in waiting.select_related("department"):
        request.cycle = cycle
        opens_on = add_civil_days(request.due, -WINDOW_DAYS)
        yield Deadline(REQUEST.kind, request, "submit", Can.SUBMIT_REQUEST, opens_on, due_of(request))

"""Who still owes a resource request, and until when."""

from datetime import date

from planning.cycles.calendar import REQUEST_DAYS
from planning.cycles.deadlines import Deadline
from planning.cycles.models import Cycle
from planning.requests.models import ResourceRequest
from planning.requests.workflow import REQUEST, due_of
from sop_portal.kit.dates import add_civil_days
from sop_portal.organisation.roles import Can


def owed(on: date) -> list[Deadline]:
    """Every request of an open year that is still to be submitted; what is handed in or waived owes nothing."""
    waiting = ResourceRequest.objects.filter(
        state__in=[ResourceRequest.State.DRAFT, ResourceRequest.State.RETURNED], cycle__state=Cycle.State.PUBLISHED
    )
    waiting = waiting.select_related("cycle", "department").prefetch_related("cycle__windows", "cycle__extensions")
    return [deadline for request in waiting.order_by("pk") if (deadline := of(request)).opens_on <= on]


def of(request: ResourceRequest) -> Deadline:
    """The deadline of one request: two weeks from the demand report, or the extension of its department."""
    opens_on = add_civil_days(request.due, -REQUEST_DAYS)
    return Deadline(REQUEST.kind, request, "submit", Can.SUBMIT_REQUEST, opens_on, due_of(request))

"""The requests for more time a person may see."""

from django.shortcuts import get_object_or_404

from planning.cycles.models import Cycle
from planning.extensions.models import ExtensionRequest
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

MOST = 200


def find_request(request: Request, *, year: int, pk: int) -> ExtensionRequest:
    """One request."""
    found = ExtensionRequest.objects.visible_to(request.actor).select_related("cycle", "department", "asked_by")
    return get_object_or_404(found.prefetch_related("cycle__windows", "cycle__extensions"), cycle__year=year, pk=pk)


def latest_requests(cycle: Cycle, actor: Actor) -> list[ExtensionRequest]:
    """Who asked for more time in a year, the latest first."""
    found = ExtensionRequest.objects.visible_to(actor).filter(cycle=cycle)
    return list(found.select_related("cycle", "department")[:MOST])


def waiting_request(cycle: Cycle, stage: str, department: Department | None, actor: Actor) -> ExtensionRequest | None:
    """What a department has asked already in a stage and nobody has decided yet."""
    found = ExtensionRequest.objects.visible_to(actor).filter(
        cycle=cycle, department=department, stage=stage, state=ExtensionRequest.State.ASKED
    )
    return found.select_related("department").first()

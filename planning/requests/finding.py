"""The records an address names, as far as this person may see them; everything else is not there."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from planning.forecasts.models import DemandReport
from planning.requests.models import Pool, RequestLine, ResourceRequest
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import who_instead


def find_report(request: Request, *, year: int, number: int, **_: Any) -> DemandReport:
    """One version of the year's demand report."""
    found = DemandReport.objects.visible_to(request.actor).select_related("cycle")
    return get_object_or_404(found, cycle__year=year, number=number)


def requests_of(request: Request) -> QuerySet[ResourceRequest]:
    """The requests this person may see, with what their pages need."""
    found = ResourceRequest.objects.visible_to(request.actor).select_related("cycle", "department")
    return found.prefetch_related("cycle__windows", "cycle__extensions")


def find_request(request: Request, *, year: int, department: str, **_: Any) -> ResourceRequest:
    """One department's request."""
    return get_object_or_404(requests_of(request), cycle__year=year, department__slug=department)


def find_line(request: Request, record: ResourceRequest, pk: int) -> RequestLine:
    """One line of a request."""
    lines = RequestLine.objects.visible_to(request.actor).select_related("project", "pool")
    line = get_object_or_404(lines, request=record, pk=pk)
    line.request = record
    return line


def find_board_line(request: Request, year: int, pk: int) -> RequestLine:
    """One line on the board."""
    must_see_board(request)
    lines = RequestLine.objects.visible_to(request.actor).select_related(
        "request__department", "request__cycle", "project", "pool", "decided_by", "forecast_line"
    )
    return get_object_or_404(lines, request__cycle__year=year, pk=pk)


def find_pool(request: Request, year: int, pk: int) -> Pool:
    """One pool of the year."""
    return get_object_or_404(Pool.objects.visible_to(request.actor).select_related("cycle"), cycle__year=year, pk=pk)


def must_see_board(request: Request) -> None:
    """The board lays all departments side by side, so it is for those who see them all."""
    if not request.actor.sees_everything:
        raise NotYours(*who_instead(Can.ALLOCATE, None, request.moment))

"""What requests and projects keep of the lines: how many there are, how many wait, and what they ask for."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from planning.projects.models import Project
from planning.requests.models import RequestLine, ResourceRequest

NOTHING = Decimal(0)


def recount(requests: Sequence[ResourceRequest]) -> None:
    """Write the totals of locked requests, and what their projects ask for, anew from the lines."""
    lines = RequestLine.objects.filter(request__in=[request.pk for request in requests]).order_by()
    is_open = Q(decision=RequestLine.Decision.OPEN)
    counted = lines.values_list("request").annotate(n=Count("pk"), open=Count("pk", filter=is_open), sum=Sum("cost"))
    sums = {pk: tuple(found) for pk, *found in counted}
    for request in requests:
        request.line_count, request.undecided, request.cost = sums.get(request.pk, (0, 0, NOTHING))
    ResourceRequest.objects.bulk_update(requests, ["line_count", "undecided", "cost"], batch_size=200)
    asked = RequestLine.objects.filter(project=OuterRef("pk")).order_by().values("project").annotate(sum=Sum("cost"))
    for cycle_id in {request.cycle_id for request in requests}:
        departments = [request.department_id for request in requests if request.cycle_id == cycle_id]
        Project.objects.filter(cycle=cycle_id, department__in=departments).update(
            asked=Coalesce(Subquery(asked.values("sum")), NOTHING)
        )

"""What requests and projects keep of the lines: how many there are, how many wait, and what they ask for."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
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
    for cycle_id in {request.cycle_id for request in requests}:
        departments = [request.department_id for request in requests if request.cycle_id == cycle_id]
        _ask(Project.objects.filter(cycle=cycle_id, department__in=departments), RequestLine.objects.all())


def ask_no_more(request: ResourceRequest) -> None:
    """Count what the projects of a request that is waived ask for without it: its lines stay, nobody asks for them."""
    projects = Project.objects.filter(pk__in=RequestLine.objects.filter(request=request).values("project"))
    _ask(projects, RequestLine.objects.exclude(request=request))


def _ask(projects: QuerySet[Project], lines: QuerySet[RequestLine]) -> None:
    counted = lines.exclude(request__state=ResourceRequest.State.WAIVED).filter(project=OuterRef("pk"))
    sums = counted.order_by().values("project").annotate(sum=Sum("cost")).values("sum")
    projects.update(asked=Coalesce(Subquery(sums), NOTHING))

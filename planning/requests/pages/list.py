"""The requests of the year, one per department."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from planning.cycles.queries import cycle_of
from planning.requests import exports
from planning.requests.forms import RequestFilter
from planning.requests.models import ResourceRequest
from planning.requests.queries import visible_requests
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.filters import sort_asked
from sop_portal.foundation.kit.formats import day_short, money, number
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.actor import Actor

SORTS = {"department": "department__name"}


@dataclass(frozen=True)
class RequestRow:
    """A department's request as the list shows it."""

    url: str
    department: str
    state: SafeString
    is_late: bool
    due: str
    lines: str
    asked: str
    granted: str


@page()
def requests(request: Request, *, year: int) -> HttpResponse:
    """The requests of the year, as far as one may see them."""
    cycle = cycle_of(request, year)
    narrowing = RequestFilter(request.GET)
    found = narrowing.narrow(visible_requests(request).filter(cycle_id=cycle.pk))
    turned = paginate(found, request.GET, SORTS, "department")
    rows = [_row(record, request.actor) for record in turned.rows]
    context = {"cycle": cycle, "rows": rows, "turned": turned, "states": ResourceRequest.State.choices}
    context |= {"narrowing": narrowing, "asked": request.GET.urlencode()}
    return render(request, "planning/requests/list.html", context)


@page()
def export(request: Request, *, year: int) -> HttpResponse:
    """Every line of the requests in the list, narrowed in the same way, as a workbook."""
    cycle = cycle_of(request, year)
    found = RequestFilter(request.GET).narrow(visible_requests(request).filter(cycle_id=cycle.pk))
    sort_asked(request.GET, SORTS)
    return exports.requests(cycle, found, request.actor)


def _row(record: ResourceRequest, actor: Actor) -> RequestRow:
    """One request; what is granted is read by its department once everything is decided."""
    tone = REQUEST.tones[record.state]
    may_read = actor.sees_everything or record.state == ResourceRequest.State.ALLOCATED
    return RequestRow(
        f"{address('requests', record.cycle.year)}{record.department.slug}/",
        record.department.name,
        state(tone, REQUEST.states(record.state).label, tone in ("ok", "shut")),
        record.is_late,
        day_short(record.due_on, actor.on),
        number(record.line_count),
        money(record.cost),
        money(record.granted_cost) if may_read else "–",
    )

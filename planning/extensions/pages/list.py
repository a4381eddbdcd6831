"""The requests for more time of a year."""

from django.http import HttpResponse
from django.shortcuts import render

from planning.cycles.queries import may_in, published_cycle
from planning.extensions.queries import latest_requests
from planning.extensions.workflow import EXTENSION_REQUEST
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can


@page(Can.SEE_RECORDS)
def requests(request: Request, year: int) -> HttpResponse:
    """Who asked for more time, the latest first."""
    cycle = published_cycle(request, year)
    rows = [(asked, EXTENSION_REQUEST.tones[asked.state]) for asked in latest_requests(cycle, request.actor)]
    context = {"cycle": cycle, "rows": rows, "may_ask": may_in(request, cycle, Can.ASK_EXTENSION)}
    return render(request, "planning/extensions/requests.html", context)

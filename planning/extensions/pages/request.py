"""One request for more time: what was asked, how the stage stands, and the decision."""

from django.http import HttpResponse
from django.shortcuts import render

from planning.cycles.queries import dates_of, due_for
from planning.extensions.queries import find_request
from planning.extensions.workflow import EXTENSION_REQUEST
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import made_by, record_context
from sop_portal.foundation.workflow.views import step_view


@page(Can.SEE_RECORDS)
def extension_request(request: Request, year: int, pk: int) -> HttpResponse:
    """The request with the dates of its stage."""
    record = find_request(request, year=year, pk=pk)
    cycle = record.cycle
    context = record_context(request, EXTENSION_REQUEST, record) | {
        "dates": dates_of(cycle, record.stage),
        "asked_by": made_by(EXTENSION_REQUEST, record),
        "due_on": due_for(cycle, record.stage, record.department_id),
        "about": cycle.stage_url(record.stage, record.department),
    }
    return render(request, "planning/extensions/request.html", context)


request_step = step_view(EXTENSION_REQUEST, find_request)

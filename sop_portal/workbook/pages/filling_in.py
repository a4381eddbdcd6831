"""The forecast and the request of a department to take away, fill in elsewhere and bring back."""

from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from planning.cycles.queries import published_cycle
from planning.models import Forecast, ResourceRequest
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.pages.workbook import as_file
from sop_portal.workbook.sheets import sheet_of
from sop_portal.workbook.sheets.forecast import forecast_rows
from sop_portal.workbook.sheets.request import request_rows
from sop_portal.workbook.writing.book import write_to_fill_in


@page(Can.EDIT_DRAFTS)
def forecast_workbook(request: Request, *, year: int, department: str) -> HttpResponse:
    """The figures of the forecast, with the cells locked that are there to be read."""
    cycle = published_cycle(request, year)
    seen = Forecast.objects.visible_to(request.actor).filter(cycle=cycle)
    found = get_object_or_404(seen, department__slug=department)
    stream = BytesIO()
    write_to_fill_in(stream, sheet_of("forecast"), forecast_rows(found))
    return as_file(stream, f"forecast-{cycle.year}-{department}")


@page(Can.EDIT_DRAFTS)
def request_workbook(request: Request, *, year: int, department: str) -> HttpResponse:
    """The lines of the request, with the cells locked that are there to be read."""
    cycle = published_cycle(request, year)
    seen = ResourceRequest.objects.visible_to(request.actor).filter(cycle=cycle)
    found = get_object_or_404(seen, department__slug=department)
    stream = BytesIO()
    write_to_fill_in(stream, sheet_of("request"), request_rows(found))
    return as_file(stream, f"request-{cycle.year}-{department}")

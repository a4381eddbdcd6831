"""A year as one workbook to take away."""

from io import BytesIO

from django.http import HttpResponse
from django.utils.translation import gettext as _

from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.workbook.pages.workbook import as_file
from sop_portal.workbook.writing.exporting import write_year


@page(Can.SEE_RECORDS)
def export_year(request: Request, *, year: int) -> HttpResponse:
    """Everything of the year, for whoever may see all of it."""
    cycle = cycle_of(request, year)
    if not request.actor.sees_everything:
        raise NotYours(
            _("Only those who see all departments can download a whole year."), _("Download your own lists.")
        )
    stream = BytesIO()
    write_year(stream, cycle, request.actor, request.today)
    return as_file(stream, f"year-{cycle.year}")

"""The corrections of counts of a year: what waits, what counts, and what was declined or withdrawn."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from evaluations.reports.forms import CorrectionFilter
from evaluations.reports.models import CountCorrection
from evaluations.reports.queries import corrections_of_year
from evaluations.reports.workflow import COUNT_CORRECTION
from planning.cycles.queries import cycle_of
from planning.models import Cycle
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, page

SORTS = {"number": "pk"}


@dataclass(frozen=True)
class CorrectionRow:
    """A correction in the list, written out."""

    number: int
    url: str
    measure: str
    month: str
    project: str
    department: str
    before: int
    becomes: int
    change: str
    reason: str
    asked: str
    state: SafeString


def correction_row(correction: CountCorrection, cycle: Cycle) -> CorrectionRow:
    """One correction of the list."""
    tone, label = COUNT_CORRECTION.tones[correction.state], correction.get_state_display()
    return CorrectionRow(
        number=correction.pk,
        url=address("count-correction", cycle.year, correction.pk),
        measure=correction.get_metric_display(),
        month=formats.month(correction.report.period_first),
        project=correction.project.name,
        department=correction.department.name,
        before=correction.was,
        becomes=correction.becomes,
        change=formats.signed(correction.change),
        reason=correction.gist,
        asked=formats.day_of_year(cycle.day(correction.asked_at)),
        state=state(tone, label, correction.state in COUNT_CORRECTION.closed),
    )


@page()
def corrections(request: Request, year: int) -> HttpResponse:
    """Which counts were corrected, are to be, or stayed as they were."""
    cycle = cycle_of(request, year)
    narrowing = CorrectionFilter(request.GET, actor=request.actor)
    found = narrowing.narrow(corrections_of_year(request, cycle), cycle)
    turned = paginate(found.select_related("department", "project", "report"), request.GET, SORTS, "-number")
    rows = [correction_row(correction, cycle) for correction in turned.rows]
    context = {"cycle": cycle, "narrowing": narrowing, "turned": turned, "rows": rows}
    return render(request, "evaluations/reports/corrections.html", context)

"""Several progress reports at once: those in which nothing is out of the ordinary are accepted together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.reports import actions
from evaluations.reports.models import ProgressReport
from evaluations.reports.pages.list import ReportRow, report_row
from evaluations.reports.pages.waiting import MOST, unusual, waiting_reports
from evaluations.reports.queries import reports_of_year
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.formats import listed, money
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

LONGEST_KEY = 18


@dataclass(frozen=True)
class WaitingReport:
    """A report that waits to be accepted: its row, its figures, and why it is looked at by itself."""

    report: ProgressReport
    row: ReportRow
    spent: str
    budgeted: str
    why: str

    @property
    def ticked(self) -> str:
        """What is posted when the report is chosen: which it is, and the version that was seen."""
        return f"{self.report.pk}|{self.report.version}"


@page(Can.ACCEPT_REPORT)
def _ask(request: Request, *, year: int) -> HttpResponse:
    cycle = cycle_of(request, year)
    found = [_waiting_report(report, request.today) for report in waiting_reports(request, cycle)]
    context = {
        "cycle": cycle,
        "singly": [report for report in found if report.why],
        "together": [report for report in found if not report.why],
    }
    return render(request, "evaluations/reports/together.html", context)


@act(Can.ACCEPT_REPORT)
def _accept(request: Request, *, year: int) -> HttpResponse:
    cycle, seen = cycle_of(request, year), dict(_ticked(request.POST.getlist("report")))
    if not seen:
        way_out = _("Tick the reports to accept, then press the button again.")
        raise NotReady(_("No report is ticked, so nothing was accepted."), [], way_out)
    found = reports_of_year(request, cycle).filter(pk__in=seen).select_related("cycle", "department", "project")
    chosen = list(found.order_by("pk"))
    if len(chosen) < len(seen):
        raise Http404
    for report in chosen:
        actions.accept(report, by=request.user, at=request.moment, seen=seen[report.pk])
    done = ngettext("%(count)s report was accepted.", "%(count)s reports were accepted.", len(seen))
    messages.success(request, done % {"count": len(seen)})
    return redirect("reports-together", year=year)


accept_together = either(_ask, _accept, when_closed=True)


def _waiting_report(report: ProgressReport, today: date) -> WaitingReport:
    return WaitingReport(
        report, report_row(report, today), money(report.spent, 2), money(report.budgeted, 2), listed(unusual(report))
    )


def _ticked(values: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Each report with the version that was seen; what is malformed is left out."""
    for value in values[:MOST]:
        pk, __, seen = value.partition("|")
        if all(part.isascii() and part.isdigit() and len(part) < LONGEST_KEY for part in (pk, seen)):
            yield int(pk), int(seen)

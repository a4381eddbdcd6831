"""The progress reports of a year: who has reported, who is late."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from evaluations.reports import exports
from evaluations.reports.forms import ReportFilter
from evaluations.reports.models import ProgressReport
from evaluations.reports.pages.waiting import count_together
from evaluations.reports.queries import reports_of_year
from evaluations.reports.workflow import REPORT
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.filters import sort_asked
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, page

SORTS = {"due": "due"}


@dataclass(frozen=True)
class ReportRow:
    """A report in the list, written out."""

    url: str
    project: str
    department: str
    month: str
    state: SafeString
    when: str
    due: str
    left: str = ""


def report_row(report: ProgressReport, today: date) -> ReportRow:
    """One report of the list; who is late is said in words and in red."""
    overdue = (today - report.due).days if report.is_owed else 0
    late = formats.late(overdue) if overdue > 0 else ""
    shown = state(REPORT.tones[report.state], REPORT.states(report.state).label, report.state in REPORT.closed)
    return ReportRow(
        url=report.get_absolute_url(),
        project=report.project.name,
        department=report.department.name,
        month=formats.month(report.period_first),
        state=state("late", late) if late else shown,
        when=when_submitted(report, today),
        due=formats.day_short(report.due, today),
        left=formats.until(report.due, today) if report.is_owed and not late else "",
    )


def when_submitted(report: ProgressReport, today: date) -> str:
    """When a report came, or why it is not there."""
    if report.state not in REPORT.editable:
        return submitted_on(report, today)
    return _("not submitted yet") if report.is_owed else not_owed(report)


def not_owed(report: ProgressReport) -> str:
    """Why nobody owes a report that was not handed in."""
    return _("not owed, project: %(state)s") % {"state": report.project.get_state_display()}


def submitted_on(report: ProgressReport, today: date) -> str:
    """The day a report came, and by how much that was late."""
    came = report.cycle.day(report.submitted_at) if report.submitted_at else None
    day = formats.day_short(came, today)
    if came and report.is_late:
        return format_html("{} <small>{}</small>", day, formats.late((came - report.due).days))
    return day


@page()
def progress(request: Request, year: int) -> HttpResponse:
    """Who has reported, who is late."""
    cycle = cycle_of(request, year)
    narrowing = ReportFilter(request.GET, actor=request.actor)
    found = narrowing.narrow(reports_of_year(request, cycle), cycle).select_related("cycle", "department", "project")
    turned = paginate(found, request.GET, SORTS, "-due")
    context = {
        "cycle": cycle,
        "narrowing": narrowing,
        "turned": turned,
        "asked": request.GET.urlencode(),
        "together": count_together(request, cycle),
        "rows": [report_row(report, request.today) for report in turned.rows],
    }
    return render(request, "evaluations/reports/progress.html", context)


@page()
def progress_export(request: Request, year: int, kind: str) -> HttpResponseBase:
    """The reports of the list as a spreadsheet."""
    cycle = cycle_of(request, year)
    found = ReportFilter(request.GET, actor=request.actor).narrow(reports_of_year(request, cycle), cycle)
    sort_asked(request.GET, SORTS)
    return exports.reports(kind, cycle, found)

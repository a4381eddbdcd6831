"""The progress reports that wait to be accepted: which of them together, and why the others one by one."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evaluations.reports.models import ProgressReport
from evaluations.reports.queries import reports_of_year
from evaluations.reports.workflow import REPORT
from planning.cycles.models import Cycle
from planning.cycles.queries import may_in
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.offers import offer

MOST = 100


def waiting_reports(request: Request, cycle: Cycle) -> Iterator[ProgressReport]:
    """The reports that this person can accept now, the oldest first."""
    return (report for report in _submitted(request, cycle) if _is_acceptable(request, report))


def count_together(request: Request, cycle: Cycle) -> int:
    """How many reports this person can accept together."""
    if not may_in(request, cycle, Can.ACCEPT_REPORT):
        return 0
    plain = (report for report in _submitted(request, cycle) if not any(unusual(report)))
    return sum(1 for report in plain if _is_acceptable(request, report))


def unusual(report: ProgressReport) -> Iterator[str]:
    """What is out of the ordinary in a report, in words."""
    if report.is_late:
        yield _("came late")
    if report.explanation.strip():
        yield _("explains a warning")
    if report.problems.strip():
        yield _("names a problem")
    if not report.activities_held or not report.participants_reached:
        yield _("has a zero")


def _submitted(request: Request, cycle: Cycle) -> QuerySet[ProgressReport]:
    found = reports_of_year(request, cycle).filter(state=ProgressReport.State.SUBMITTED)
    return found.select_related("cycle", "department", "project__lead").order_by("due", "pk")[:MOST]


def _is_acceptable(request: Request, report: ProgressReport) -> bool:
    return offer(REPORT, REPORT["accept"], report, request.actor, request.moment).is_possible

"""Who owes a progress report, a decision on one, or the verification of a solved issue."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from evaluations.reports.models import Issue, ProgressReport
from evaluations.reports.workflow import ISSUE, REPORT
from planning.cycles.deadlines import OPEN
from sop_portal.workflow.owed import Owed, decisions, opened_by, until, within

S = ProgressReport.State
DAY = timedelta(days=1)


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Reports whose period has ended, of projects that run or have run, and issues whose solution waits."""
    reports = ProgressReport.objects.filter(cycle__state=OPEN, period_last__lt=opened_by(at, ahead))
    reports = reports.exclude(project__state__in=["on_hold", "cancelled"])
    rows = within(reports, departments).select_related("cycle", "department", "project").order_by("pk")
    for report in rows.filter(state__in=[S.DRAFT, S.RETURNED]):
        opens_on = report.period_last + DAY
        yield until(
            REPORT,
            "submit",
            report,
            report.cycle,
            opens_on=opens_on,
            due_on=report.due,
            sequence=report.project.version,
        )
    submitted = rows.filter(state=S.SUBMITTED)
    yield from decisions(REPORT, "accept", submitted, lambda report: report.submitted_at)
    solved = within(Issue.objects.filter(cycle__state=OPEN, state=Issue.State.RESOLVED), departments)
    solved = solved.select_related("cycle", "project").order_by("pk")
    yield from decisions(ISSUE, "verify", solved, lambda issue: issue.resolved_at)

"""Who owes a progress report, a decision on one, or the verification of a solved issue."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from evaluations.reports.models import Issue, ProgressReport
from evaluations.reports.workflow import ISSUE, REPORT
from planning.cycles.queries import OPEN
from planning.models import Cycle
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.owed import Owed, decisions, opened_by, sharing, until, within

State = ProgressReport.State
DAY = timedelta(days=1)
# There are many reports: only what is needed to name them and to find their page is read.
NEEDED = (
    "cycle_id",
    "department_id",
    "period_first",
    "period_last",
    "due",
    "state",
    "submitted_at",
    "project__name",
    "project__slug",
    "project__lead_id",
    "project__version",
)


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Reports whose period has ended, of projects that run or have run, and issues whose solution waits."""
    open_states = [State.DRAFT, State.RETURNED, State.SUBMITTED]
    open_reports = ProgressReport.objects.filter(cycle__state=OPEN, state__in=open_states)
    ended = open_reports.filter(period_last__lt=opened_by(at, ahead)).exclude(
        project__state__in=["on_hold", "cancelled"]
    )
    rows = within(ended, departments).select_related("project").only(*NEEDED).order_by("pk")
    found = sharing(rows, cycle=Cycle, department=Department)
    for report in found:
        if report.state != State.SUBMITTED:
            yield until(
                REPORT,
                "submit",
                report,
                report.cycle,
                opens_on=report.period_last + DAY,
                due_on=report.due,
                sequence=report.project.version,
            )
    submitted = [report for report in found if report.state == State.SUBMITTED]
    yield from decisions(REPORT, "accept", submitted, lambda report: report.submitted_at)
    solved = within(Issue.objects.filter(cycle__state=OPEN, state=Issue.State.RESOLVED), departments)
    solved = solved.select_related("cycle", "department", "project").order_by("pk")
    yield from decisions(ISSUE, "verify", solved, lambda issue: issue.resolved_at)

"""Who owes a progress report, a decision on one or on a correction in it, or the verification of a solved issue."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from evaluations.reports.models import CountCorrection, Issue, ProgressReport
from evaluations.reports.workflow import COUNT_CORRECTION, ISSUE, REPORT
from planning.cycles.queries import OPEN
from planning.models import Cycle
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.workflow.owed import DueRows, Owed, decisions, opened_by, sharing, until, within

UNSENT = REPORT["submit"].sources
# An issue has no day by which it is to be solved; only what follows is waited for.
SOLVED = set(ISSUE.awaiting) - set(ISSUE["resolve"].sources)
DAY = timedelta(days=1)
# There are many reports: only what is needed to name them and to find their page is read.
NEEDED = (
    "cycle_id",
    "department_id",
    "period_first",
    "period_last",
    "due",
    "moved_from",
    "state",
    *(f"{step.stamps}_at" for step in REPORT.steps if step.stamps),
    "project__name",
    "project__slug",
    "project__lead_id",
    "project__version",
)
DUE = DueRows(REPORT, "submit")


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Reports whose period has ended, of projects that run or have run; corrections and solutions that wait."""
    open_reports = ProgressReport.objects.filter(cycle__state=OPEN, state__in=REPORT.awaiting)
    ended = open_reports.begun(opened_by(at, ahead))
    rows = within(ended, departments).select_related("project").only(*NEEDED).order_by("pk")
    found = sharing(rows, cycle=Cycle, department=Department)
    for report in found:
        if report.state in UNSENT:
            yield until(
                REPORT,
                "submit",
                report,
                report.cycle,
                opens_on=report.period_last + DAY,
                due_on=report.due,
                sequence=report.project.version,
            )
    yield from decisions(REPORT, [report for report in found if report.state not in UNSENT])
    asked = within(CountCorrection.objects.filter(cycle__state=OPEN, state__in=COUNT_CORRECTION.awaiting), departments)
    rows = asked.select_related("cycle", "department", "project", "report__project").order_by("pk")
    yield from decisions(COUNT_CORRECTION, rows, begun="asked_at")
    solved = within(Issue.objects.filter(cycle__state=OPEN, state__in=SOLVED), departments)
    solved = solved.select_related("cycle", "department", "project").order_by("pk")
    yield from decisions(ISSUE, solved)

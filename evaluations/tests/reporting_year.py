"""A project that runs and reports, for the tests of progress reports and issues."""

from datetime import UTC, date, datetime
from typing import Any

from budgets.models import Appropriation
from budgets.tests.running_year import approved_line_of
from evaluations.models import ProgressReport
from evaluations.reports import actions
from evaluations.reports.actions import ReportContent
from planning.models import Cycle, Project
from sop_portal.foundation.organisation.models import Department, User

JULY = datetime(2027, 7, 2, 16, tzinfo=UTC)
NOVEMBER = datetime(2027, 11, 8, 16, tzinfo=UTC)
TEXTS = {"problems": "The hall was cold.", "outlook": "A second group.", "explanation": "The hall costs more."}


def started_project(
    cycle: Cycle, department: Department, lead: User | None, head: User, name: str, **values: Any
) -> Project:
    """A project with an approved line, started by its head: a draft report is owed for every month."""
    given = {
        "starts_on": cycle.starts_on,
        "ends_on": cycle.ends_on,
        "budget_approved_at": JULY,
        "activities_planned": 120,
        "participants_planned": 2400,
        "slug": name.lower().replace(" ", "-"),
    }
    project = Project.objects.create(cycle=cycle, department=department, lead=lead, name=name, **{**given, **values})
    approved_line_of(project, (3600, 3600, 3600, 3600))
    return actions.activate(project, by=head, at=JULY, seen=project.version)


def line_of(project: Project) -> Appropriation:
    """The project's approved line."""
    return Appropriation.objects.select_related("cycle", "project", "fund", "line").get(project=project)


def report_of(project: Project, month: int) -> ProgressReport:
    """The report of one month of 2027."""
    reports = ProgressReport.objects.select_related("cycle", "department", "project")
    return reports.get(project=project, period_first=date(2027, month, 1))


def submitted_report(
    project: Project, month: int, by: User, at: datetime, activities: int = 10, participants: int = 200
) -> ProgressReport:
    """The report of a month, written and submitted."""
    report = report_of(project, month)
    content = ReportContent(activities_held=activities, participants_reached=participants, **TEXTS)
    actions.write(report, content, by=by, at=at, seen=report.version)
    return actions.submit(report, by=by, at=at, seen=report.version)

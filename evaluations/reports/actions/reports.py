"""Projects start, report every month, and raise and solve issues."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from budgets.models import Budget
from budgets.spending.actions import record_stopped
from evaluations.reports.actions.counting import count_in
from evaluations.reports.models import COUNTERS, Issue, ProgressReport
from evaluations.reports.queries import ProjectProgress, newest_known
from evaluations.reports.workflow import ISSUE, REPORT, REPORT_FIELDS
from planning.cycles.calendar import counted_due, report_periods
from planning.cycles.queries import days_that_move
from planning.models import Project
from planning.projects.actions import after_reports
from planning.projects.workflow import PROJECT
from sop_portal.foundation.kit.bounds import COUNT, refuse_beyond
from sop_portal.foundation.kit.dates import end_of_day
from sop_portal.foundation.kit.fitting import give, save_new
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow import checks
from sop_portal.foundation.workflow.contributors import add_contributor
from sop_portal.foundation.workflow.engine import created, edit, follow, lock, step
from sop_portal.foundation.workflow.seals import release_rows, seal_rows
from sop_portal.foundation.workflow.years import hold_open_year

OPEN_PROJECTS = (Project.State.PLANNED, Project.State.ACTIVE, Project.State.ON_HOLD, Project.State.COMPLETED)


@PROJECT.act("activate")
def activate(project: Project, *, by: User, at: datetime, seen: int, comment: str = "") -> Project:
    """Start a project; a draft report is owed for every month of it."""
    with step(PROJECT, project, "activate", by=by, at=at, seen=seen, comment=comment) as locked:
        _owe_reports(locked)
    return project


def start_projects_of_plan(budget: Budget, *, by: User, at: datetime) -> list[Project]:
    """Start the projects of a plan that was confirmed in the middle of its year; they run already."""
    cycle = budget.cycle
    if not cycle.starts_on <= cycle.day(at) <= cycle.ends_on:
        return []
    found = Project.objects.filter(pk__in=budget.lines.values("project"), state=Project.State.PLANNED)
    projects = list(found.select_for_update(of=("self",)).select_related("cycle").order_by("pk"))
    for project in projects:
        project.activated_at, project.activated_by = at, by
        project.save(update_fields=["activated_at", "activated_by"])
        follow(PROJECT, project, "activate", by=by, at=at)
        _owe_reports(project)
    return projects


def _owe_reports(project: Project) -> None:
    """Make the draft reports of a project that was started."""
    owed = ProgressReport.objects.bulk_create(_reports_owed(project))
    seal_rows(REPORT.kind, [report.pk for report in owed])


def no_longer_owed(project: Project, *, at: datetime) -> None:
    """Delete the drafts of months that begin after a project ended; what was written about its time stays."""
    drafts = ProgressReport.objects.filter(project=project, state=ProgressReport.State.DRAFT)
    later = drafts.filter(period_first__gt=project.cycle.day(at))
    release_rows(REPORT.kind, later.values_list("pk", flat=True))
    later.delete()


def _reports_owed(project: Project) -> Iterator[ProgressReport]:
    days = days_that_move(project.cycle)
    for period in report_periods(project.starts_on, project.ends_on):
        due = counted_due(period.due_on, days)
        yield ProgressReport(
            cycle_id=project.cycle_id,
            department_id=project.department_id,
            project=project,
            period_first=period.first_on,
            period_last=period.last_on,
            due=due.on,
            moved_from=due.moved_from,
        )


@dataclass(frozen=True)
class ReportContent:
    """What is written in a report: the two counts of the period and the three texts."""

    activities_held: int | None = None
    participants_reached: int | None = None
    problems: str = ""
    outlook: str = ""
    explanation: str = ""


def write(report: ProgressReport, content: ReportContent, *, by: User, at: datetime, seen: int) -> ProgressReport:
    """Save the whole content of a report."""
    with edit(REPORT, report, by=by, at=at, can=Can.WRITE_REPORT, seen=seen) as editing:
        for name in COUNTERS.values():
            refuse_beyond(REPORT_FIELDS[name], getattr(content, name), COUNT)
        editing.set(editing.record, **asdict(content))
    return report


@REPORT.act("submit")
def submit(report: ProgressReport, *, by: User, at: datetime, seen: int, comment: str = "") -> ProgressReport:
    """Hand the report to management; its figures are frozen as of the end of the period."""
    with step(REPORT, report, "submit", by=by, at=at, seen=seen, comment=comment) as locked:
        # What is known now is frozen, also where the report was handed in before and came back.
        project = lock(locked.project)
        locked.submitted_at = _frozen_at(project, at)
        progress = ProjectProgress(locked, locked.cycle.day(at), is_frozen=False)
        locked.activities_before = progress.activities_before
        locked.participants_before = progress.participants_before
        locked.spent = progress.spent_in_period
        locked.spent_earlier = progress.spent_earlier
        locked.spent_total = progress.spent_total
        locked.budgeted = progress.budgeted
        locked.frozen_at = end_of_day(locked.period_last, locked.cycle.zone)
    return report


def _frozen_at(project: Project, at: datetime) -> datetime:
    """The moment up to which a report knows everything: after all that came before it, in the order of the lock."""
    known = newest_known(project)
    return max(after_reports([project.pk], at), known or at)


@REPORT.act("accept")
def accept(report: ProgressReport, *, by: User, at: datetime, seen: int, comment: str = "") -> ProgressReport:
    """Take the report's figures into the totals of the project."""
    with step(REPORT, report, "accept", by=by, at=at, seen=seen, comment=comment) as locked:
        counted = {metric.value: getattr(locked, name) or 0 for metric, name in COUNTERS.items()}
        count_in(locked.project_id, counted, by=by, at=at)
        ended = Project.objects.select_related("cycle").get(pk=locked.project_id)
        if ended.state == Project.State.CANCELLED:
            record_stopped(ended, because=str(locked), by=by, at=at)
    return report


@REPORT.act("send-back")
def send_back(report: ProgressReport, *, by: User, at: datetime, seen: int, comment: str = "") -> ProgressReport:
    """Ask for the report to be changed, saying what."""
    with step(REPORT, report, "send-back", by=by, at=at, seen=seen, comment=comment):
        pass
    return report


# What a meeting that is called already makes of an issue raised to it. stages.py, which knows every stage, fills it.
AFTER_RAISING: list[Callable[..., Any]] = []


def raise_issue(project: Project, *, title: str, text: str, by: User, at: datetime, to_meeting: bool = False) -> Issue:
    """Say that something about a project has to be solved; it may go to the next review meeting at once."""
    role = checks.authority(Can.RAISE_ISSUE, project, by, at)
    if not title.strip() or not text.strip():
        sentence = _("Give the issue a title, and say what is the matter.")
        raise NotReady(sentence, [_("Title and text are needed.")])
    with transaction.atomic():
        hold_open_year(ISSUE.kind, project, "create")
        _refuse_ended(lock(project))
        issue = save_new(
            Issue(
                cycle_id=project.cycle_id,
                department_id=project.department_id,
                project=project,
                title=title.strip(),
                text=text.strip(),
                is_raised=to_meeting,
            )
        )
        add_contributor(ISSUE, issue, by, role, at)
        created(ISSUE, issue, by=by, at=at, grant=role, comment=text.strip())
        if to_meeting:
            _notify_meetings(issue, by, at)
    return issue


def _notify_meetings(issue: Issue, by: User, at: datetime) -> None:
    for take_note in AFTER_RAISING:
        take_note(issue, by=by, at=at)


def _refuse_ended(project: Project) -> None:
    if project.state not in OPEN_PROJECTS:
        sentence = _("The project is closed (%(state)s), so no issue is raised on it.")
        way_out = _("Write a comment on the project, or propose a measure.")
        raise NotNow(sentence % {"state": project.get_state_display()}, way_out)


def raise_to_meeting(issue: Issue, *, by: User, at: datetime, seen: int) -> Issue:
    """Put the issue on the agenda of the next review meeting."""
    with edit(ISSUE, issue, by=by, at=at, can=Can.RAISE_ISSUE, seen=seen) as editing:
        if not editing.record.is_raised:
            editing.record.is_raised = True
            editing.change("is_raised", False, True)
            _notify_meetings(editing.record, by, at)
    return issue


@ISSUE.act("resolve")
def resolve(issue: Issue, *, by: User, at: datetime, seen: int, comment: str = "") -> Issue:
    """Say how the issue was solved."""
    with step(ISSUE, issue, "resolve", by=by, at=at, seen=seen, comment=comment) as locked:
        give(locked, solution=comment.strip())
    return issue


@ISSUE.act("verify")
def verify(issue: Issue, *, by: User, at: datetime, seen: int, comment: str = "") -> Issue:
    """Confirm that the issue is solved."""
    with step(ISSUE, issue, "verify", by=by, at=at, seen=seen, comment=comment):
        pass
    return issue


@ISSUE.act("reopen")
def reopen(issue: Issue, *, by: User, at: datetime, seen: int, comment: str = "") -> Issue:
    """Open an issue again that is not solved, saying why; raised to a meeting, it stands before the next one again."""
    with step(ISSUE, issue, "reopen", by=by, at=at, seen=seen, comment=comment) as locked:
        if locked.is_raised:
            _notify_meetings(locked, by, at)
    return issue

"""The work of the large year: reports, issues, audits, evaluations, measures and feedback."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Sum

from budgets.models import Audit, Expense
from evaluations.models import Evaluation, Feedback, Issue, Measure, ProgressReport
from planning.cycles.calendar import report_periods
from sop_portal.demo.large.rows import Load, rows

REPORTS = 2


def make(load: Load) -> dict[str, int]:
    """Load what else the lists of stages 4 and 5 show."""
    made = rows(ProgressReport, reports(load))
    rows(Issue, issues(load))
    rows(Evaluation, evaluations(load))
    for number, department in enumerate(load.departments):
        head, cycle = load.heads[number], load.cycle
        Audit.objects.create(
            cycle=cycle, department=department, title=f"Receipts of {department.name}", planned_on=load.today
        )
        Measure.objects.create(
            cycle=cycle, department=department, number=number + 1, origin="meeting", what="Count once per day."
        )
        Feedback.objects.create(
            cycle=cycle,
            department=department,
            title="The form",
            text="It asks for hours.",
            given_by=head,
            given_at=load.at,
        )
    return {"reports": len(made)}


def reports(load: Load) -> Iterator[ProgressReport]:
    """Two months per project, the first accepted."""
    periods = report_periods(load.cycle.starts_on, load.cycle.ends_on)[:REPORTS]
    management, ben, at = load.people["Elif Aydin"], load.people["Ben Carter"], load.at
    known = Expense.objects.filter(cycle=load.cycle, spent_on__lte=periods[0].last_on).order_by()
    spent = dict(known.values_list("project").annotate(Sum("amount")))
    for project in load.projects:
        project.activities_held, project.participants_reached = 9, 110
        for number, period in enumerate(periods):
            done = {
                "state": "accepted",
                "activities_held": 9,
                "participants_reached": 110,
                "submitted_at": at,
                "submitted_by": ben,
                "accepted_at": at,
                "accepted_by": management,
                "frozen_at": at,
                "spent": spent.get(project.pk, 0),
                "spent_earlier": 0,
                "spent_total": spent.get(project.pk, 0),
                "budgeted": 4_000,
            }
            yield ProgressReport(
                cycle=load.cycle,
                department_id=project.department_id,
                project=project,
                period_first=period.first_on,
                period_last=period.last_on,
                due=period.due_on,
                **({} if number else done),
            )


def issues(load: Load) -> Iterator[Issue]:
    """An open issue on every fifth project."""
    for project in load.projects[::5]:
        yield Issue(
            cycle=load.cycle,
            department_id=project.department_id,
            project=project,
            title="Room booked twice",
            text="The choir has the same key.",
        )


def evaluations(load: Load) -> Iterator[Evaluation]:
    """A draft for every completed project."""
    for project in load.projects:
        if project.state == "completed":
            yield Evaluation(
                cycle=load.cycle,
                department_id=project.department_id,
                project=project,
                due=load.today + timedelta(days=9),
            )

"""A year that is looked back on, for the tests of stage 5: its projects, money, forecasts and reports in one place."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from budgets.models import Appropriation
from budgets.tests.running_year import active_project, approved_line_of, running_cycle
from evaluations.models import Evaluation, ProgressReport
from evaluations.reviews import actions
from planning.cycles.calendar import default_windows
from planning.models import Actual, Cycle, Forecast, ForecastFigure, ForecastLine, Project, StageWindow
from planning.projects.workflow.history import PAST_FIGURE
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.workflow.seals import seal_rows

JUNE = datetime(2028, 6, 30, 16, tzinfo=UTC)
JULY = datetime(2028, 7, 12, 16, tzinfo=UTC)
WORDS: dict[str, Any] = {
    "reached": "Two groups more than planned.",
    "problems": "Rooms.",
    "better": "Book rooms in May.",
}


def year_with_windows(by: User) -> Cycle:
    """The published year 2027 with the windows of the usual calendar."""
    cycle = running_cycle(by)
    StageWindow.objects.bulk_create(
        StageWindow(
            cycle=cycle,
            stage=stage,
            opens_on=dates.opens_on,
            due_on=dates.due_on,
            grace_until=dates.grace_until,
            first_due_on=dates.due_on,
        )
        for stage, dates in default_windows(2027).items()
    )
    return cycle


def finished_project(cycle: Cycle, department: Department, lead: User | None, name: str, **values: Any) -> Project:
    """An active project at the end of its year: 95 of 120 activities held, 2,500 of 2,400 participants reached."""
    figures = {"activities_held": 95, "participants_reached": 2500}
    project = active_project(cycle, department, lead, name, **{**figures, **values})
    actual = Actual.objects.create(
        department=department, slug=project.slug, name=name, year=2026, activities=Decimal(100), participants=None
    )
    seal_rows(PAST_FIGURE, [actual.pk])
    forecast, _ = Forecast.objects.get_or_create(cycle=cycle, department=department)
    line = ForecastLine.objects.create(forecast=forecast, project=project)
    for metric, figure in (("activities", 120), ("participants", 2400), ("people", 400)):
        ForecastFigure.objects.create(line=line, metric=metric, proposal=Decimal(figure), proposal_year=2026)
    return project


def with_money(project: Project) -> Project:
    """Approved lines for materials (400, of which 390 spent) and services (1,200, of which 800 spent)."""
    for category, quarters, spent in (("materials", (100,) * 4, 390), ("services", (300,) * 4, 800)):
        line = approved_line_of(project, quarters, category=category)
        Appropriation.objects.filter(pk=line.pk).update(spent=spent)
    project.spent = Decimal(1190)
    project.save(update_fields=["spent"])
    return project


def as_planned(project: Project) -> Project:
    """The same lines, spent so that none of them is warned of."""
    Appropriation.objects.filter(project=project, category="services").update(spent=1150)
    project.spent = Decimal(1540)
    project.save(update_fields=["spent"])
    return project


def report_of(project: Project, month: date, *, accepted_by: User | None = None) -> ProgressReport:
    """The report of one month, a draft or accepted."""
    accepted: dict[str, Any] = {}
    if accepted_by:
        accepted = {
            "state": "accepted",
            "activities_held": 95,
            "participants_reached": 2500,
            "frozen_at": JUNE,
            "submitted_at": JUNE,
            "submitted_by": project.lead,
            "accepted_at": JUNE,
            "accepted_by": accepted_by,
        }
    return ProgressReport.objects.create(
        cycle=project.cycle,
        department=project.department,
        project=project,
        period_first=month,
        period_last=month.replace(day=28),
        due=month.replace(day=28).replace(month=month.month % 12 + 1),
        **accepted,
    )


def evaluation_of(project: Project, by: User) -> Evaluation:
    """The evaluation of a project its head completed on 30 June 2028."""
    actions.complete(project, by=by, at=JUNE, seen=project.version)
    return Evaluation.objects.get(project=project)


def written(evaluation: Evaluation, by: User) -> Evaluation:
    """The evaluation with every question answered and two lessons."""
    actions.write(
        evaluation,
        by=by,
        at=JULY,
        seen=evaluation.version,
        people_used=Decimal(380),
        explanation="Four sessions fell out, and the reading hall cost less.",
        **WORDS,
    )
    actions.write_lesson(evaluation, "Saturday groups fill within two weeks", by=by, at=JULY, seen=evaluation.version)
    actions.write_lesson(evaluation, "book the hall in may", by=by, at=JULY, seen=evaluation.version)
    return evaluation


def submitted(evaluation: Evaluation, by: User) -> Evaluation:
    """The evaluation, submitted."""
    return actions.submit(evaluation, by=by, at=JULY, seen=evaluation.version)

"""Rows that no act would leave, planted behind every guard: what is missing, and what goes beyond its limit."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from budgets.models import (
    Appropriation,
    Audit,
    Budget,
    BudgetLine,
    Confirmation,
    Contest,
    Expense,
    Finding,
    ReleasedGrant,
    SpendingException,
)
from evaluations.models import CountCorrection, Evaluation, Goal, Issue, Lesson, Measure, ProgressReport
from planning.models import (
    Actual,
    Cycle,
    Forecast,
    ForecastFigure,
    Hindsight,
    Project,
    RequestLine,
    ResourceRequest,
)
from sop_portal.dashboards.checks.invariants import problems, title_of
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.seals import seal_records
from sop_portal.stages import WORKFLOWS
from sop_portal.tests.every_act import NOW
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import small_year
from sop_portal.tests.without_constraints import unguarded

# What an equation finds is the same on every database; that it finds nothing is seen on both.
pytestmark = pytest.mark.once

FAR = date(2099, 1, 1)


@shared_fixture
def year(cast: SimpleNamespace) -> Cycle:
    """All five stages in small."""
    found: Cycle = small_year(cast).cycle
    return found


@pytest.fixture(autouse=True)
def no_guards(year: Cycle) -> Iterator[None]:
    """No trigger and no check stands, for the transaction of one test."""
    ours = ("planning_", "budgets_", "evaluations_", "organisation_", "trail_")
    with unguarded(*(m._meta.db_table for m in apps.get_models() if m._meta.db_table.startswith(ours))):
        yield


def first(model: Any, **where: object) -> Any:
    return model.objects.filter(**where).order_by("pk")[0]


def changed(row: Model, sentence: str, **values: object) -> str:
    """Change a row; what is said of it."""
    type(row)._default_manager.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
    return f"{title_of(row)}: {sentence}"


def spent_outside_its_project() -> str:
    corrected = first(Expense, corrects=None)
    on = corrected.project.ends_on + timedelta(days=3)
    Expense.objects.exclude(corrects=None).delete()
    return changed(corrected, "it was spent outside the time of its project, without an exception.", spent_on=on)


def spent_beyond_its_exception() -> str:
    expense = first(Expense, corrects=None)
    exception = SpendingException.objects.create(
        cycle=expense.cycle, department=expense.department, appropriation=expense.appropriation, what="Late",
        amount=expense.amount - 1, spent_on=expense.spent_on, why="Late", asked_at=NOW, asked_by=expense.posted_by,
        state="granted", decided_at=NOW, decided_by=expense.posted_by,
    )  # fmt: skip
    seal_records(WORKFLOWS["exception"], [exception.pk])
    return changed(expense, "it goes beyond the exception it stands on.", exception=exception)


def a_count_corrected_from_another() -> str:
    return changed(first(CountCorrection), "it does not begin with what counted until then.", was=19)


def a_count_of_a_draft() -> str:
    correction = first(CountCorrection)
    draft = first(ProgressReport, project=correction.project, state="draft")
    return changed(correction, "its report is not accepted.", report=draft)


def approved_by_one_above_the_limit() -> str:
    budget = first(Budget, state="approved")
    Cycle.objects.update(second_approval_above=1)
    return f"{title_of(budget)}: it is above the limit of one manager, and one approved it."


def granted_more_than_asked() -> str:
    line = first(RequestLine, granted__gt=0)
    return changed(line, "it is granted more than it asks for.", quantity=line.granted - 1)


def more_left_than_was_forecast() -> str:
    line = first(RequestLine, project__forecast_line__isnull=False)
    sentence = "it says that more is left of the forecast than was forecast."
    return changed(line, sentence, forecast_left=Decimal(10**9), forecast_line=line.project.forecast_line)


def hours_asked_of_money() -> str:
    line = first(RequestLine, pool__kind="money")
    return changed(line, "its forecast is of another kind than its pool.", metric="people")


def a_grant_in_no_line() -> str:
    line, other = BudgetLine.objects.filter(budget__state="approved").order_by("pk")[:2]
    allocation = line.allocation
    BudgetLine.objects.filter(pk=line.pk).update(allocation=other.allocation)
    said = "it was granted before the budget in force was shared, and stands in no line of it."
    return f"{title_of(allocation)}: {said}"


def no_way_back_for_a_project_on_hold() -> str:
    line = first(BudgetLine, budget__state="approved", project__isnull=False)
    Project.objects.filter(pk=line.project_id).update(state="on_hold")
    RequestLine.objects.filter(pk=line.allocation_id).update(granted_cost=1)
    Appropriation.objects.filter(line=line).update(closed_at=NOW)
    said = "its project is on hold, but nothing says what it gets back when it goes on."
    return f"{title_of(Appropriation.objects.get(line=line))}: {said}"


def completed_without_evaluation() -> str:
    evaluation = first(Evaluation)
    for part in (Goal, Lesson):
        part.objects.filter(evaluation=evaluation).delete()
    project = evaluation.project
    Evaluation.objects.filter(pk=evaluation.pk)._raw_delete("default")
    return f"{title_of(project)}: it is completed, but has no evaluation."


def a_goal_that_is_counted_no_more() -> str:
    goal = first(Goal, indicator="participants")
    goal.delete()
    return f"{title_of(goal.evaluation)}: the portal counts no result for one of its goals."


def approved_and_not_confirmed() -> str:
    budget = first(Budget, state="approved")
    Confirmation.objects.filter(budget=budget).delete()
    return f"{title_of(budget)}: a department with lines in it did not confirm them."


def approved_since_nobody_knows_when() -> str:
    project = first(Project, budget_approved_at__isnull=False)
    return changed(project, "its budget is approved, but it does not say since when.", budget_approved_at=None)


def a_record_that_is_gone() -> str:
    issue = first(Issue)
    Issue.objects.filter(pk=issue.pk)._raw_delete("default")
    return f"issue {issue.pk}: the trail tells of it, but it is gone."


def a_month_nobody_reports_on() -> str:
    report = first(ProgressReport, state="draft", project__state="active")
    report.delete()
    said = f"no report is owed for the month from {report.period_first} on."
    return f"{title_of(report.project)}: {said}"


def nobody_asked_for_a_forecast() -> str:
    music = Department.objects.create(name="Music", slug="music")
    came = first(Entry)
    Entry.objects.filter(pk=came.pk).update(
        kind="department", record_id=music.pk, at=Cycle.objects.get().published_at - timedelta(days=1)
    )
    return f"{title_of(music)}: nobody asks it for a forecast of 2027."


def two_departments_of_one_name() -> str:
    arts = first(Department)
    twin = Department.objects.create(name=f"{arts.name.upper()}\u200b", slug="twin")
    return f"Department {twin.pk} “{twin}”: department {arts.pk} is called “{arts}” already."


def merged_by_nobody() -> str:
    arts, sports = Department.objects.order_by("pk")
    Department.objects.filter(pk=sports.pk).update(merged_into=arts, is_active=False)
    return f"Department {sports.pk} “{sports}”: nobody let it become part of “{arts}”."


def an_audit_of_another_department() -> str:
    arts, sports = Department.objects.order_by("pk")
    project = first(Project, department=sports)
    said = "its project belongs to another department or year."
    return changed(first(Audit, department=arts), said, project=project)


def an_exception_of_more_than_its_line() -> str:
    expense = first(Expense, corrects=None)
    exception = SpendingException.objects.create(
        cycle=expense.cycle, department=expense.department, appropriation=expense.appropriation, what="Late",
        amount=99_999_999, spent_on=expense.spent_on, why="Late", asked_at=NOW, asked_by=expense.posted_by,
    )  # fmt: skip
    return f"{title_of(exception)}: it is about more than its line ever held."


def a_contest_of_all_there_is() -> str:
    line = first(BudgetLine, budget__state="approved")
    confirmation = first(Confirmation, budget=line.budget, department=line.department)
    contest = Contest.objects.create(confirmation=confirmation, line=line, wanted=99_999_999_999, reason="More")
    return f"{title_of(contest)}: it wants more for one line than the whole year asked for."


def a_month_outside_its_project() -> str:
    report = first(ProgressReport, state="draft")
    first_on = report.project.ends_on + timedelta(days=1)
    values = {"period_first": first_on, "period_last": first_on, "due": first_on + timedelta(days=10)}
    return changed(report, "its month lies outside the time of its project.", **values)


def a_report_due_a_year_later() -> str:
    report = first(ProgressReport, state="draft")
    said = "it is due long after its month."
    return changed(report, said, due=report.period_last + timedelta(days=365))


def a_measure_due_before_it_was_adopted() -> str:
    measure = first(Measure, adopted_at__isnull=False)
    return changed(measure, "it was due before it was adopted.", due=date(2027, 1, 5))


def far_away(model: Any, field: str, sentence: str, **where: object) -> Callable[[], str]:
    """A day in 2099."""

    def plant() -> str:
        return changed(first(model, **where), sentence, **{field: FAR})

    plant.__name__ = f"{model.__name__}_{field}_in_2099"
    return plant


def a_billion(model: Any, field: str, **where: object) -> Callable[[], str]:
    """More of anything than there can be."""

    def plant() -> str:
        return changed(first(model, **where), "it holds a figure that no organisation has.", **{field: 10**9})

    plant.__name__ = f"a_billion_{field}_of_{model.__name__}"
    return plant


def a_rule_that_was_taken_out_for_a_while() -> str:
    return changed(first(RequestLine), "it breaks the rule “request_line_asks_for_something”.", quantity=-1)


def the_past_of_a_year_to_come() -> str:
    department = first(Department)
    actual = Actual.objects.create(department=department, slug="story", name="Story", year=2190, participants=1)
    return f"{title_of(actual)}: its year has not come yet."


def a_lesson_that_nobody_reads() -> str:
    evaluation = first(Evaluation, submitted_by__isnull=False)
    lesson = Lesson.objects.create(
        evaluation=evaluation, department=evaluation.department, project_slug="story-hours", year=2027,
        written="Count.", written_at=NOW, written_by=evaluation.submitted_by, published="Count.", published_at=NOW,
    )  # fmt: skip
    return f"lesson {lesson.pk}: those who plan the next year do not read it."


def a_measure_that_reads_otherwise() -> str:
    measure = first(Measure, adopted_at__isnull=False)
    Hindsight.objects.filter(kind="measure", source_id=measure.pk).update(text="Do nothing.")
    return f"measure {measure.pk}: those who plan the next year read something else than it says."


def an_owner_by_a_former_name() -> str:
    measure = first(Measure, adopted_at__isnull=False)
    Hindsight.objects.filter(kind="measure", source_id=measure.pk).update(owner_name="Doris Weiss")
    return f"measure {measure.pk}: those who plan the next year read something else than it says."


def a_lesson_nobody_published() -> str:
    Hindsight.objects.create(kind="lesson", source_id=999, department=first(Department), year=2027, text="Spend more.")
    return "lesson 999: those who plan the next year read it, but nobody published it."


def an_expense_nobody_posted() -> str:
    expense = first(Expense, corrects=None)
    expense.pk = None
    expense.save()
    return f"Expense {expense.pk}: no act has written it."


def an_expense_that_is_gone() -> str:
    entry = first(Expense, corrects__isnull=False)
    Expense.objects.filter(pk=entry.pk)._raw_delete("default")
    return f"Expense {entry.pk}: it is gone."


def an_expense_in_other_words() -> str:
    expense = first(Expense, corrects=None)
    Expense.objects.filter(pk=expense.pk).update(what="Gifts")
    return f"Expense {expense.pk}: a row of budgets_expense was changed by no act."


def an_invoice_that_came_too_late() -> str:
    expense = first(Expense, corrects=None)
    Expense.objects.exclude(corrects=None).delete()
    Project.objects.filter(pk=expense.project_id).update(completed_at=NOW - timedelta(days=90))
    Expense.objects.filter(pk=expense.pk).update(posted_at=NOW)
    return f"{title_of(first(Expense, pk=expense.pk))}: it came too late for its project, without an exception."


def given_back_by_no_act() -> str:
    line = first(RequestLine, request__state="allocated")
    released = ReleasedGrant.objects.create(
        project=line.project, allocation=line, quantity=1, decision="full", released_at=NOW, settled_at=NOW
    )
    released.refresh_from_db()
    return f"{title_of(released)}: no act has given it back."


def a_line_closed_by_nobody() -> str:
    line = first(Appropriation, closed_at=None)
    return changed(line, "it is closed, but its project was never stopped.", closed_at=NOW)


def stamped(model: Any, stamp: str, **values: object) -> Callable[[], str]:
    """Somebody else, or another moment, than the trail knows."""

    def plant() -> str:
        row = first(model, **{f"{stamp}_at__isnull": False})
        nobody = User.objects.get(name="Farid Karimi")
        return changed(
            row,
            f"the trail knows another person or moment that has {stamp} it.",
            **(values or {f"{stamp}_by": nobody}),
        )

    plant.__name__ = f"{stamp}_{'at_another_moment' if values else 'by_another'}_{model.__name__}"
    return plant


PLANTED = [
    stamped(Project, "activated"), stamped(Project, "completed"), stamped(Cycle, "published"),
    stamped(ProgressReport, "accepted"), stamped(ProgressReport, "accepted", accepted_at=NOW),
    stamped(Evaluation, "submitted"), stamped(Measure, "adopted"), stamped(Forecast, "submitted"),
    stamped(Forecast, "submitted", submitted_at=NOW),
    an_expense_nobody_posted, an_expense_that_is_gone, an_expense_in_other_words, an_invoice_that_came_too_late,
    given_back_by_no_act, a_line_closed_by_nobody,
    a_lesson_that_nobody_reads, a_measure_that_reads_otherwise, an_owner_by_a_former_name,
    a_lesson_nobody_published,
    an_audit_of_another_department, an_exception_of_more_than_its_line, a_contest_of_all_there_is,
    a_month_outside_its_project, a_report_due_a_year_later, a_measure_due_before_it_was_adopted,
    far_away(Audit, "planned_on", "it is planned far outside of its year."),
    far_away(Finding, "due", "its answer is due far too late."),
    far_away(ResourceRequest, "due", "it is due outside of its year."),
    far_away(Confirmation, "due", "it is due outside of its year."),
    far_away(Evaluation, "due", "it is due outside of its year."),
    a_billion(ProgressReport, "participants_reached", state="accepted"), a_billion(ForecastFigure, "override"),
    a_billion(Evaluation, "people_used"), a_rule_that_was_taken_out_for_a_while, the_past_of_a_year_to_come,
    a_count_corrected_from_another, a_count_of_a_draft,
    spent_outside_its_project, spent_beyond_its_exception, approved_by_one_above_the_limit, granted_more_than_asked,
    more_left_than_was_forecast, hours_asked_of_money, a_grant_in_no_line, no_way_back_for_a_project_on_hold,
    completed_without_evaluation, a_goal_that_is_counted_no_more, approved_and_not_confirmed,
    approved_since_nobody_knows_when, a_record_that_is_gone, a_month_nobody_reports_on, nobody_asked_for_a_forecast,
    two_departments_of_one_name, merged_by_nobody,
]  # fmt: skip


def test_nothing_is_found_before(year: Cycle) -> None:
    assert problems() == []


@pytest.mark.walk
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_no_act_would_leave_is_found(plant: Callable[[], str]) -> None:
    said = plant()
    assert said in problems()

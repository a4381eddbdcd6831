"""An evaluation from the end of its project to the review, step by step, allowed and denied."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from budgets.spending import actions as spending
from evaluations.models import Evaluation, ProgressReport
from evaluations.reviews import actions
from evaluations.reviews.actions import GoalFigures
from evaluations.reviews.workflow import missing_to_submit
from evaluations.tests.review_year import JUNE, WORDS, report_of, written
from planning.models import Actual, Extension, Hindsight, Project
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry


def test_completing_lays_out_the_evaluation_due_four_weeks_later(stories: Project, cast: SimpleNamespace) -> None:
    actions.complete(stories, by=cast.amina, at=JUNE, seen=1)
    evaluation = Evaluation.objects.get()
    assert (stories.state, evaluation.state, evaluation.due) == ("completed", "draft", date(2028, 7, 28))


def test_the_goals_come_from_last_year_the_forecast_and_the_reports(drafted: Evaluation) -> None:
    goals = list(drafted.goals.order_by("pk").values_list("indicator", "baseline", "target", "actual"))
    assert goals == [
        ("activities", Decimal(100), Decimal(120), Decimal(95)),
        ("participants", None, Decimal(2400), Decimal(2500)),
    ]


def test_what_would_be_reported_about_the_time_after_the_end_is_no_longer_owed(
    stories: Project, cast: SimpleNamespace
) -> None:
    kept = report_of(stories, date(2028, 6, 1))
    report_of(stories, date(2028, 7, 1))
    actions.complete(stories, by=cast.amina, at=JUNE, seen=1)
    assert list(ProgressReport.objects.all()) == [kept]


@pytest.mark.parametrize("who", ["ben", "bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_only_the_head_of_the_department_completes_a_project(stories: Project, cast: SimpleNamespace, who: str) -> None:
    with pytest.raises(NotYours):
        actions.complete(stories, by=getattr(cast, who), at=JUNE, seen=1)
    assert Evaluation.objects.count() == 0


def test_a_project_on_hold_is_not_completed(stories: Project, cast: SimpleNamespace) -> None:
    spending.hold(stories, by=cast.amina, at=JUNE, seen=1, comment="Flood in the hall")
    with pytest.raises(NotNow):
        actions.complete(stories, by=cast.amina, at=JUNE, seen=1)


@pytest.mark.parametrize("who", ["amina", "ben"])
def test_head_and_lead_write_the_evaluation(
    drafted: Evaluation, cast: SimpleNamespace, july: datetime, who: str
) -> None:
    actions.write(drafted, by=getattr(cast, who), at=july, seen=1, **WORDS)
    stored = Evaluation.objects.get()
    assert (stored.reached, stored.version) == ("Two groups more than planned.", 2)


@pytest.mark.parametrize("who", ["bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
def test_nobody_else_writes_it(drafted: Evaluation, cast: SimpleNamespace, july: datetime, who: str) -> None:
    with pytest.raises(NotYours):
        actions.write(drafted, by=getattr(cast, who), at=july, seen=1, reached="All of it")
    assert Evaluation.objects.get().reached == ""


def test_an_answer_that_does_not_exist_is_not_written(
    drafted: Evaluation, cast: SimpleNamespace, july: datetime
) -> None:
    with pytest.raises(NotReady, match="does not ask for this"):
        actions.write(drafted, by=cast.amina, at=july, seen=1, state="reviewed")


def test_the_second_to_save_is_shown_what_changed(drafted: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    actions.write(drafted, by=cast.ben, at=july, seen=1, reached="Ben's words")
    with pytest.raises(Changed) as refusal:
        actions.write(drafted, by=cast.amina, at=july, seen=1, reached="Amina's words")
    assert [(d.label, d.new) for d in refusal.value.differences] == [
        ("What was reached, and what was not?", "Ben's words")
    ]


def test_a_department_adds_goals_of_its_own_and_writes_their_results(
    drafted: Evaluation, cast: SimpleNamespace, july: datetime
) -> None:
    goal = actions.add_goal(drafted, "Stayed to the end", GoalFigures(target=Decimal(75)), by=cast.ben, at=july, seen=1)
    actions.write(drafted, goals={goal.pk: Decimal(72)}, by=cast.ben, at=july, seen=2)
    goal.refresh_from_db()
    assert goal.actual == Decimal(72)


def test_the_counted_goals_are_not_written_by_hand(drafted: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    counted = drafted.goals.get(indicator="activities")
    with pytest.raises(NotReady, match="no such goal"):
        actions.write(drafted, goals={counted.pk: Decimal(500)}, by=cast.ben, at=july, seen=1)
    with pytest.raises(NotReady, match="no such goal"):
        actions.remove_goal(drafted, counted, by=cast.ben, at=july, seen=drafted.version)
    counted.refresh_from_db()
    assert counted.actual == Decimal(95)


@pytest.mark.parametrize("indicator", [" ", "activities"])
def test_an_own_goal_has_a_name_that_the_portal_does_not_use(
    drafted: Evaluation, cast: SimpleNamespace, july: datetime, indicator: str
) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.add_goal(drafted, indicator, GoalFigures(), by=cast.ben, at=july, seen=1)
    assert (refusal.value.sentence, drafted.goals.count()) == ("Name the indicator.", 2)


def test_an_own_goal_can_be_removed_again(drafted: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    goal = actions.add_goal(drafted, "Stayed", GoalFigures(), by=cast.ben, at=july, seen=1)
    actions.remove_goal(drafted, goal, by=cast.ben, at=july, seen=2)
    assert drafted.goals.count() == 2


def test_everything_that_is_missing_is_listed_before_submitting(
    drafted: Evaluation, cast: SimpleNamespace, july: datetime
) -> None:
    actions.add_goal(drafted, "Stayed", GoalFigures(), by=cast.ben, at=july, seen=1)
    assert [str(missing) for missing in missing_to_submit(drafted, july)] == [
        "Not answered yet: What was reached, and what was not?",
        "Not answered yet: Which problems came up?",
        "Not answered yet: What should be done differently?",
        "“Stayed” has no result yet.",
        "Not explained yet, more than 20\N{NO-BREAK SPACE}% off the plan: Activities, Services and rooms, Money in all",
    ]
    with pytest.raises(NotReady):
        actions.submit(drafted, by=cast.amina, at=july, seen=2)


def test_the_head_submits(handed_over: Evaluation, cast: SimpleNamespace) -> None:
    assert (handed_over.state, handed_over.submitted_by, handed_over.is_late) == ("submitted", cast.amina, False)


@pytest.mark.parametrize("who", ["ben", "bao", "emil", "ada", "omar"])
def test_nobody_but_the_head_submits(drafted: Evaluation, cast: SimpleNamespace, july: datetime, who: str) -> None:
    written(drafted, cast.ben)
    with pytest.raises(NotYours):
        actions.submit(drafted, by=getattr(cast, who), at=july, seen=drafted.version)


def test_after_its_due_day_an_evaluation_is_late(drafted: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    written(drafted, cast.ben)
    actions.submit(drafted, by=cast.amina, at=july + timedelta(days=17), seen=drafted.version)
    assert drafted.is_late


def test_after_the_window_only_an_extension_helps(drafted: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    written(drafted, cast.ben)
    september = july + timedelta(days=60)
    with pytest.raises(NotNow) as refusal:
        actions.submit(drafted, by=cast.amina, at=september, seen=drafted.version)
    assert refusal.value.way_out == "Ask Elif Aydin or Emil Novak for an extension."
    Extension.objects.create(
        cycle=drafted.cycle,
        stage="evaluation",
        department=drafted.department,
        until_on=date(2028, 9, 30),
        reason="Flood",
        granted_by=cast.emil,
        granted_at=july,
    )
    actions.submit(Evaluation.objects.get(), by=cast.amina, at=september, seen=drafted.version)


def test_what_is_submitted_is_no_longer_written(handed_over: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotNow):
        actions.write(handed_over, by=cast.amina, at=july, seen=handed_over.version, reached="Later")
    with pytest.raises(NotNow):
        actions.write_lesson(handed_over, "Later", by=cast.amina, at=july, seen=handed_over.version)


def test_management_sends_back_with_a_comment(handed_over: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady):
        actions.send_back(handed_over, by=cast.emil, at=july, seen=handed_over.version)
    actions.send_back(handed_over, by=cast.emil, at=july, seen=handed_over.version, comment="Which rooms?")
    assert handed_over.state == "returned"


def test_a_review_concludes_the_project(handed_over: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    actions.review(handed_over, by=cast.emil, at=july, seen=handed_over.version)
    assert (handed_over.state, Project.objects.get().state) == ("reviewed", "evaluated")
    assert Entry.objects.filter(verb="conclude", kind="project").count() == 1


def test_a_review_writes_down_what_the_year_really_was(
    handed_over: Evaluation, cast: SimpleNamespace, july: datetime
) -> None:
    actions.review(handed_over, by=cast.emil, at=july, seen=handed_over.version)
    actual = Actual.objects.get(year=2027)
    figures = (actual.activities, actual.participants, actual.people, actual.materials, actual.money)
    assert figures == tuple(Decimal(figure) for figure in (95, 2500, 380, 390, 800))


def test_hours_nobody_counted_stay_unknown(drafted: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    written(drafted, cast.ben)
    actions.write(drafted, by=cast.ben, at=july, seen=drafted.version, people_used=None)
    actions.submit(drafted, by=cast.amina, at=july, seen=drafted.version)
    actions.review(drafted, by=cast.emil, at=july, seen=drafted.version)
    assert Actual.objects.get(year=2027).people is None


def test_the_reports_are_handed_in_before_the_evaluation(
    drafted: Evaluation, cast: SimpleNamespace, july: datetime
) -> None:
    report = report_of(drafted.project, date(2028, 6, 1))
    answered = written(drafted, cast.ben)
    assert [str(missing) for missing in missing_to_submit(answered, july)] == [f"Not submitted yet: {report}"]
    assert missing_to_submit(answered, JUNE.replace(day=20)) == []
    handed_in = {"state": "submitted", "submitted_at": july, "submitted_by": cast.ben, "frozen_at": july}
    ProgressReport.objects.filter(pk=report.pk).update(**handed_in, activities_held=1, participants_reached=1)
    assert missing_to_submit(answered, july) == []


def test_a_review_waits_for_the_last_report(handed_over: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    report_of(handed_over.project, date(2028, 6, 1))
    with pytest.raises(NotReady) as refusal:
        actions.review(handed_over, by=cast.emil, at=july, seen=handed_over.version)
    assert [str(missing) for missing in refusal.value.missing] == ["Not accepted yet: Report June 2028, Story hours"]


def test_a_report_accepted_after_completion_counts(
    handed_over: Evaluation, cast: SimpleNamespace, july: datetime
) -> None:
    Project.objects.update(activities_held=110)
    actions.review(Evaluation.objects.get(), by=cast.emil, at=july, seen=handed_over.version)
    assert handed_over.goals.get(indicator="activities").actual == Actual.objects.get(year=2027).activities == 110


@pytest.mark.parametrize("who", ["amina", "ben", "bao", "chidi", "dora", "ada", "omar", "farid"])
def test_only_management_reviews(handed_over: Evaluation, cast: SimpleNamespace, july: datetime, who: str) -> None:
    with pytest.raises(NotYours):
        actions.review(handed_over, by=getattr(cast, who), at=july, seen=handed_over.version)
    assert Hindsight.objects.count() == 0


def test_a_manager_who_wrote_the_evaluation_does_not_review_it(
    handed_over: Evaluation, cast: SimpleNamespace, july: datetime
) -> None:
    Membership.objects.create(person=cast.amina, role=Role.MANAGEMENT, from_on=date(2020, 1, 1))
    Membership.objects.filter(person=cast.amina, role=Role.HEAD).delete()
    with pytest.raises(NotYours) as refusal:
        actions.review(handed_over, by=cast.amina, at=july, seen=handed_over.version)
    assert refusal.value.way_out == "Elif Aydin or Emil Novak can."


def test_the_administrator_with_two_roles_does_not_review_the_department_she_heads(
    handed_over: Evaluation, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    Membership.objects.create(person=cast.ada, role=Role.MANAGEMENT, from_on=date(2020, 1, 1))
    Membership.objects.create(person=cast.ada, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours):
        actions.review(handed_over, by=cast.ada, at=july, seen=handed_over.version)


def test_the_database_refuses_a_review_by_whoever_wrote(
    handed_over: Evaluation, cast: SimpleNamespace, july: datetime
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Evaluation.objects.update(state="reviewed", reviewed_by=cast.ben, reviewed_at=july)


def test_two_managers_review_once(handed_over: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    first, second = Evaluation.objects.get(), Evaluation.objects.get()
    actions.review(first, by=cast.emil, at=july, seen=first.version)
    with pytest.raises(NotNow) as refusal:
        actions.review(second, by=getattr(cast, "elif"), at=july, seen=second.version)
    assert refusal.value.way_out.startswith("Emil Novak reviewed the evaluation on ")

"""My work: what came back first, then what is late, then what others wait for; computed from states."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from evaluations.improvements.actions import MeasureProposal, propose
from evaluations.meetings.actions import MeetingTerms, call
from evaluations.models import Feedback, ProgressReport
from planning.models import Cycle
from sop_portal.dashboards.pages.my_work.tasks import grouped, without_first
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.workflow import inbox
from sop_portal.stages import ALL_WORKFLOWS

Browser = Callable[[User], Client]


def titles(name: str, at: datetime) -> dict[str, list[str]]:
    """What waits for a person, by group."""
    actor = Actor.of(User.objects.get(email=f"{name}@example.org"), at)
    return {str(title): [task.what for task in tasks] for title, tasks in grouped(actor, at)[1]}


def test_who_decides_is_never_late_for_the_day_that_was_somebody_elses(year: Cycle, november: datetime) -> None:
    due = ProgressReport.objects.filter(state="draft", due__lt=november)
    ben = User.objects.get(email="ben@example.org")
    due.update(
        state="submitted",
        submitted_at=november,
        submitted_by=ben,
        activities_held=1,
        participants_reached=1,
        frozen_at=november,
    )
    found = titles("emil", november)
    # An answer to feedback has a day of its own.
    assert [what for what in found["Overdue"] if not what.startswith("Answer feedback")] == []
    decided = [what for what in found["To decide"] if re.match(r"Review the \w+ report for ", what)]
    assert len(decided) == ProgressReport.objects.filter(state="submitted").count() == 4


def test_a_decision_says_since_when_it_waits(year: Cycle, november: datetime) -> None:
    emil, head = (User.objects.get(email=f"{name}@example.org") for name in ("emil", "amina"))
    department = Department.objects.get(slug="branch-001")
    propose(year, department, MeasureProposal("Buy lamps", "meeting"), by=head, at=november - timedelta(days=3))
    tasks = dict(grouped(Actor.of(emil, november), november)[1])["To decide"]
    [shown] = [(task.due_text, task.due_note, task.late_days) for task in tasks if "Buy lamps" in str(task.what)]
    assert shown == ("3 days", "since 19\N{NO-BREAK SPACE}November", 0)


def test_an_answer_to_feedback_is_overdue_two_weeks_after_it_was_given(year: Cycle, november: datetime) -> None:
    emil = Actor.of(User.objects.get(email="emil@example.org"), november)
    tasks = dict(grouped(emil, november)[1])["Overdue"]
    feedback = next(task for task in tasks if task.button == "Answer feedback")
    assert (feedback.due_text, feedback.due_note, feedback.late_days) == (
        "Thursday 7\N{NO-BREAK SPACE}October",
        "46 days late",
        46,
    )


def test_the_box_says_whose_record_waits_for_the_decision(year: Cycle, november: datetime) -> None:
    emil = Actor.of(User.objects.get(email="emil@example.org"), november)
    first = grouped(emil, november)[0]
    assert first is not None
    assert "Branch 00" in first.title


def test_a_report_that_came_back_stands_before_everything_late(year: Cycle, november: datetime) -> None:
    report = ProgressReport.objects.filter(state="draft", department__slug="branch-001").order_by("pk")[0]
    ProgressReport.objects.filter(pk=report.pk).update(state="returned")
    found = titles("ben", november)
    assert found["Sent back"] == [f"Correct and submit again: {report}"]
    first = grouped(Actor.of(User.objects.get(email="ben@example.org"), november), november)[0]
    assert first is not None
    assert [(button.label, button.url) for button in first.buttons] == [("Correct", report.get_absolute_url())]
    assert [what for what in found["Overdue"] if str(report) in what] == []


def test_a_task_says_in_one_sentence_what_is_wanted_with_its_figure_and_who_asked(
    year: Cycle, november: datetime
) -> None:
    emil = Actor.of(User.objects.get(email="emil@example.org"), november)
    tasks = dict(grouped(emil, november)[1])["Overdue"]
    answer = next(task for task in tasks if task.button == "Answer feedback")
    feedback = Feedback.objects.filter(state="open").order_by("pk")[0]
    assert answer.what.startswith("Answer feedback: ")
    assert feedback.text.split()[0] in answer.what


def test_the_count_of_the_menu_is_that_of_the_list(year: Cycle, november: datetime, as_person: Browser) -> None:
    ben = User.objects.get(email="ben@example.org")
    with clock.at(november):
        shown = as_person(ben).get("/count/").content.decode()
    tasks = [task for _title, some in grouped(Actor.of(ben, november), november)[1] for task in some]
    assert shown.split("<")[0].strip() == str(len([task for task in tasks if not task.is_waiting]))


def test_the_count_of_the_menu_holds_what_is_asked_by_name(year: Cycle, november: datetime, as_person: Browser) -> None:
    bao = User.objects.get(email="bao@example.org")

    def counted() -> int:
        with clock.at(november):
            return int(as_person(bao).get("/count/").content.decode().split("<")[0].strip() or 0)

    before, emil = counted(), User.objects.get(email="emil@example.org")
    call(year, MeetingTerms(november.date() + timedelta(days=9), "Town hall"), by=emil, at=november)
    assert counted() == before + 1


def test_the_most_urgent_come_first_even_where_there_are_more_than_a_page_lists(
    year: Cycle, november: datetime
) -> None:
    ben = Actor.of(User.objects.get(email="ben@example.org"), november)
    every = inbox.waiting_for(ben, ALL_WORKFLOWS, november)
    reports = [task for task in every if task.workflow.kind == "report"]
    first = inbox.waiting_for(ben, ALL_WORKFLOWS, november, most=1)
    assert len(reports) > 1
    assert [task.record for task in first if task.workflow.kind == "report"] == [
        min(reports, key=lambda task: (task.due_on, task.record.pk)).record
    ]


def test_the_decision_that_waits_longest_is_there_however_many_there_are(year: Cycle, november: datetime) -> None:
    ben = User.objects.get(email="ben@example.org")
    reports = list(ProgressReport.objects.filter(state="draft", due__lt=november).order_by("due", "pk"))
    frozen = {"activities_held": 1, "participants_reached": 1, "frozen_at": november}
    for days, report in enumerate(reports):
        handed = {"submitted_at": november - timedelta(days=days), "submitted_by": ben}
        ProgressReport.objects.filter(pk=report.pk).update(state="submitted", **handed, **frozen)
    emil = Actor.of(User.objects.get(email="emil@example.org"), november)
    found = inbox.waiting_for(emil, ALL_WORKFLOWS, november, most=1)
    assert [task.record for task in found if task.workflow.kind == "report"] == [reports[-1]]


def test_what_came_back_is_there_however_much_is_due_before_it(year: Cycle, november: datetime) -> None:
    ben = Actor.of(User.objects.get(email="ben@example.org"), november)
    mine = ProgressReport.objects.filter(state="draft", department__slug="branch-001").order_by("due", "pk")
    last = list(mine)[-1]
    ProgressReport.objects.filter(pk=last.pk).update(state="returned")
    found = inbox.waiting_for(ben, ALL_WORKFLOWS, november, most=1)
    assert [task.record for task in found if task.workflow.kind == "report"] == [last]


@pytest.mark.parametrize("name", ["omar", "farid"])
def test_who_may_not_act_has_nothing_to_do(year: Cycle, november: datetime, name: str) -> None:
    assert {what for tasks in titles(name, november).values() for what in tasks} == set()


def test_the_first_thing_stands_in_the_box_and_not_again_in_the_list(year: Cycle, november: datetime) -> None:
    ben = Actor.of(User.objects.get(email="ben@example.org"), november)
    first, groups = grouped(ben, november)
    rest = [task.what for _title, tasks in without_first(groups) for task in tasks if not task.is_waiting]
    everything = [task.what for _title, tasks in groups for task in tasks if not task.is_waiting]
    assert first is not None
    assert [first.title, *rest] == everything


def test_whose_session_ended_is_not_led_away_by_the_count(year: Cycle) -> None:
    """A page asks for it by itself: led to the door, the page and what stands typed there would be gone."""
    answer = Client().get("/count/")
    assert (answer.status_code, answer.content) == (204, b"")

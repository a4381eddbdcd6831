"""My work: what came back first, then what is late, then what others wait for; computed from states."""

from datetime import datetime

import pytest

from evaluations.models import ProgressReport
from planning.models import Cycle
from sop_portal.dashboards.pages.my_work.tasks import grouped, without_first
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User


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
    assert found["Overdue"] == []
    decided = [what for what in found["To decide"] if what.startswith("Report")]
    assert len(decided) == ProgressReport.objects.filter(state="submitted").count() == 4


def test_a_decision_says_since_when_it_waits(year: Cycle, november: datetime) -> None:
    emil = Actor.of(User.objects.get(email="emil@example.org"), november)
    tasks = dict(grouped(emil, november)[1])["To decide"]
    feedback = next(task for task in tasks if task.button == "Answer feedback")
    shown = (feedback.due_text, feedback.due_note, feedback.late_days)
    assert shown == (
        "60 days",
        "since 23\N{NO-BREAK SPACE}September",
        0,
    )


def test_the_box_says_whose_record_waits_for_the_decision(year: Cycle, november: datetime) -> None:
    emil = Actor.of(User.objects.get(email="emil@example.org"), november)
    first = grouped(emil, november)[0]
    assert first is not None
    assert first.title.rsplit(", ", 1)[-1].startswith("Branch ")


def test_a_report_that_came_back_stands_before_everything_late(year: Cycle, november: datetime) -> None:
    report = ProgressReport.objects.filter(state="draft", department__slug="branch-001").order_by("pk")[0]
    ProgressReport.objects.filter(pk=report.pk).update(state="returned")
    found = titles("ben", november)
    assert found["Sent back"] == [str(report)]
    first = grouped(Actor.of(User.objects.get(email="ben@example.org"), november), november)[0]
    assert first is not None
    assert [(button.label, button.url) for button in first.buttons] == [("Correct", report.get_absolute_url())]
    assert str(report) not in found["Overdue"]


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

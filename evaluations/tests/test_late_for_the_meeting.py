"""What comes up once a meeting is called still comes before it: issues on its agenda, departments at its table."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from evaluations.meetings import actions as meetings
from evaluations.meetings.actions import seat_newcomer
from evaluations.models import Meeting
from evaluations.reports import actions as reports
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.people import actions as people
from sop_portal.tests.every_act import NOW, TODAY
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import small_year


@shared_fixture
def called(cast: SimpleNamespace) -> SimpleNamespace:
    """A meeting in a week, one in a month, and one that is over but not minuted."""
    year = small_year(cast)
    Meeting.objects.all().delete()
    for days in (30, 7, -3):
        meetings.call(year.cycle, meetings.MeetingTerms(TODAY + timedelta(days=days), "Hall"), by=cast.emil, at=NOW)
    project = year.cycle.projects.get(state="active", department=year.arts.department)
    return SimpleNamespace(cycle=year.cycle, project=project)


def points(days: int) -> list[str]:
    meeting = Meeting.objects.get(held_on=TODAY + timedelta(days=days))
    return [point.titles.get("en", point.title) for point in meeting.points.all() if "Cellar" in point.title]


def test_an_issue_raised_later_stands_on_the_agenda_of_the_next_one(
    called: SimpleNamespace, cast: SimpleNamespace
) -> None:
    trouble = {"title": "Cellar", "text": "Water"}
    issue = reports.raise_issue(called.project, by=cast.amina, at=NOW, **trouble)
    assert points(7) == []
    reports.raise_to_meeting(issue, by=cast.amina, at=NOW, seen=issue.version)
    reports.raise_to_meeting(issue, by=cast.amina, at=NOW, seen=issue.version)
    assert (points(7), points(30), points(-3)) == (["Issue of Arts: Cellar"], [], [])
    again = reports.raise_issue(called.project, by=cast.amina, at=NOW, to_meeting=True, **trouble)
    assert again.is_raised
    assert points(7) == ["Issue of Arts: Cellar"] * 2
    assert Meeting.objects.get(held_on=TODAY + timedelta(days=7)).points.last().titles["zh-hans"] != ""


@pytest.mark.parametrize(("days", "seats"), [(7, 1), (30, 1), (-3, 0)])
def test_a_department_that_joins_has_a_seat(
    called: SimpleNamespace, cast: SimpleNamespace, days: int, seats: int
) -> None:
    dance = people.add_department(name="Dance", by=cast.ada, at=NOW)
    for _time in range(2):
        seat_newcomer(dance, by=cast.ada, at=NOW)
    meeting = Meeting.objects.get(held_on=TODAY + timedelta(days=days))
    assert meeting.attendance.filter(department=dance).count() == seats


def test_an_issue_that_is_opened_again_stands_on_the_agenda_of_the_next_one_again(
    called: SimpleNamespace, cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    client = as_person(cast.emil)
    trouble = {"title": "Cellar", "text": "Water"}
    issue = reports.raise_issue(called.project, by=cast.amina, at=NOW, to_meeting=True, **trouble)

    def pages(step: str = "") -> str:
        with clock.at(NOW):
            return words_of(client.get(f"{issue.get_absolute_url()}{step}"))

    assert "For the next review meeting" in pages()
    reports.resolve(issue, by=cast.amina, at=NOW, seen=issue.version, comment="Pumped out")
    meetings.follow_open_matters(at=NOW)
    assert (points(7), "For the next review meeting" in pages()) == ([], False)
    assert "agenda of the next review meeting" not in pages("verify/")
    assert "It stands on the agenda of the next review meeting again." in pages("reopen/")
    reports.reopen(issue, by=cast.emil, at=NOW, seen=issue.version, comment="Still wet")
    assert (points(7), "For the next review meeting" in pages()) == (["Issue of Arts: Cellar"], True)

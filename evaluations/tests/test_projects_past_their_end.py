"""A project that still runs after its last day: its head owes it, and everybody who sees it reads so."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from evaluations.reviews import actions
from planning.models import Project
from planning.projects.deadlines import owed
from sop_portal.foundation.kit import clock
from sop_portal.reminders.audience import Directory, owners
from sop_portal.tests.page_text import words_of

HERE = "/2027/projects/arts/story-hours/"
LAST, AFTER = datetime(2028, 6, 30, 16, tzinfo=UTC), datetime(2028, 7, 12, 16, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ends(stories: Project) -> None:
    """The story hours run until 30 June 2028."""
    assert stories.ends_on == date(2028, 6, 30)


def test_its_head_owes_that_it_is_completed_from_its_last_day_on(stories: Project, cast: SimpleNamespace) -> None:
    assert list(owed(datetime(2028, 6, 28, 16, tzinfo=UTC))) == []
    [found] = owed(LAST)
    assert (found.record, found.step, found.opens_on, found.due_on) == (stories, "complete", *[date(2028, 6, 30)] * 2)
    assert owners(found, Directory.on(LAST.date())) == [cast.amina.pk]
    actions.complete(stories, by=cast.amina, at=LAST, seen=stories.version)
    assert list(owed(AFTER)) == []


def test_it_stands_in_the_work_of_its_head_alone_and_is_late_the_day_after(
    as_person: Callable[..., Client], cast: SimpleNamespace
) -> None:
    task = "Complete project: Story hours"
    said = {}
    for day in (datetime(2028, 6, 29, 16, tzinfo=UTC), LAST, AFTER):
        with clock.at(day):
            said[day.day] = [task in words_of(as_person(who).get("/")) for who in (cast.amina, cast.bao)]
    assert said == {29: [False, False], 30: [True, False], 12: [True, False]}


def test_its_page_and_the_list_of_evaluations_say_so_to_head_and_lead(
    as_person: Callable[..., Client], cast: SimpleNamespace
) -> None:
    for who in (cast.amina, cast.ben):
        with clock.at(AFTER):
            words = words_of(as_person(who).get(HERE))
            listed = words_of(as_person(who).get("/2027/evaluations/"))
        assert "Owed: complete the project" in words
        assert ("Waits for: Amina Diallo" in words) == (who == cast.ben)
        assert "1 project is past its last day and not completed, so its evaluation has not begun." in listed

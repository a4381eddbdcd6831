"""An evaluation is due within the window that takes it, and a window that is over says so before anybody types."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from evaluations.models import Evaluation
from evaluations.reviews import actions
from evaluations.reviews.deadlines import owed
from planning.models import Extension, Project
from sop_portal.foundation.kit import clock
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture

HERE = "/2027/evaluations/arts/story-hours/"


@shared_fixture
def completed_late(stories: Project, cast: SimpleNamespace, july: datetime) -> Evaluation:
    """The project was completed on 22 July; its window is due on 28 July and takes late work until 4 August."""
    actions.complete(stories, by=cast.amina, at=july + timedelta(days=10), seen=stories.version)
    return Evaluation.objects.get()


def due_days(on: datetime) -> tuple[date, date | None, date | None]:
    """The day on the record, and the one that is owed, with the one first set."""
    [found] = owed(on)
    return Evaluation.objects.get().due_on, found.due_on, found.first_due_on


def test_it_is_due_on_the_last_day_of_the_window_where_four_weeks_end_behind_it(
    completed_late: Evaluation, july: datetime
) -> None:
    assert completed_late.due == date(2028, 8, 19)
    assert due_days(july) == (date(2028, 7, 28), date(2028, 7, 28), date(2028, 7, 28))


def test_an_extension_gives_more_time_than_the_window(
    completed_late: Evaluation, cast: SimpleNamespace, july: datetime
) -> None:
    Extension.objects.create(
        cycle=completed_late.cycle,
        stage="evaluation",
        department=completed_late.department,
        until_on=date(2028, 8, 25),
        reason="Flood",
        granted_by=cast.emil,
        granted_at=july,
    )
    assert due_days(july) == (date(2028, 8, 25), date(2028, 8, 25), date(2028, 7, 28))


@pytest.mark.usefixtures("completed_late")
def test_page_and_list_name_the_same_day(as_person: Callable[..., Client], cast: SimpleNamespace) -> None:
    with clock.at(datetime(2028, 7, 23, 16, tzinfo=UTC)):
        for address in (HERE, "/2027/evaluations/", "/"):
            words = words_of(as_person(cast.amina).get(address))
            assert ("28 July" in words, "19 August" in words) == (True, False), address


@pytest.mark.usefixtures("completed_late")
def test_a_window_that_is_over_says_so_on_the_page_and_in_my_work(
    as_person: Callable[..., Client], cast: SimpleNamespace
) -> None:
    said = {}
    for day in (4, 5):
        with clock.at(datetime(2028, 8, day, 16, tzinfo=UTC)):
            words = [words_of(as_person(cast.amina).get(address)) for address in (HERE, "/")]
        said[day] = ["The window closed on 4 August" in shown for shown in words]
    assert said == {4: [False, False], 5: [True, True]}

"""The day off from which a deadline was moved stands beside the day that counts: in the list, mails and the feed."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from planning.cycles.actions import MoreTime, YearPlan, create_cycle, extend
from planning.forecasts.actions import publish_year
from planning.models import Cycle
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.people.actions import DayTerms, set_days_off
from sop_portal.reminders.actions import sweep
from sop_portal.reminders.feed import calendar_of
from sop_portal.stages import everything_owed
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture

pytestmark = pytest.mark.django_db
BREAK = [DayTerms(date(2027, 3, 31), "Spring break"), DayTerms(date(2027, 4, 1), "Spring break")]
NBSP = "\N{NO-BREAK SPACE}"


@shared_fixture
def moved(cast: SimpleNamespace, noon: datetime) -> Cycle:
    """Forecasts were to be handed in by 31 March, a day off: the day that counts is 2 April."""
    set_days_off(2027, BREAK, by=cast.ada, at=noon)
    plan = YearPlan(moves_to_working_day=True)
    cycle = create_cycle(year=2027, plan=plan, by=cast.ada, at=noon - timedelta(days=70))
    return publish_year(cycle, by=cast.ada, at=noon - timedelta(days=70), seen=1)


def test_my_work_says_it(moved: Cycle, cast: SimpleNamespace, as_person: Callable[[User], Client]) -> None:
    assert "Moved from Wednesday 31 March 2027, Spring break." in words_of(as_person(cast.amina).get("/"))


def test_what_is_owed_knows_it(moved: Cycle, noon: datetime) -> None:
    known = {owed.key: owed.moved_from for owed in everything_owed(noon) if owed.step == "submit"}
    assert set(known.values()) == {date(2027, 3, 31)}


def test_the_feed_says_it(moved: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    text = calendar_of(cast.amina, at=noon).decode().replace("\r\n ", "")
    assert "DESCRIPTION:Moved from" in text


def test_a_reminder_says_it(moved: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    sweep(at=noon + timedelta(days=20))
    [notice] = Notice.objects.filter(person=cast.amina, kind="forecast").order_by("-pk")[:1]
    assert "(moved from" in notice.texts["en"]


def test_the_list_of_extensions_says_it(
    moved: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime, as_person: Callable[[User], Client]
) -> None:
    extend(moved, MoreTime("forecast", arts, date(2027, 4, 10), "Illness"), by=cast.emil, at=noon)
    assert "12 April 2027 moved from 10 April 2027" in words_of(as_person(cast.ada).get("/2027/windows/"))

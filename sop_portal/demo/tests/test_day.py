"""The day of the demonstration moves forward by weeks, deadlines come, and no real portal has such a button."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from sop_portal.demo import actions
from sop_portal.demo.build import mark_as_demonstration
from sop_portal.demo.ideas import IDEAS, Idea
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Organisation, User, on_its_clock
from sop_portal.foundation.organisation.roles import ROLES, Role
from sop_portal.foundation.trail.models import Entry

Browser = Callable[[User], Client]
DAY = reverse("demo-day")


@pytest.fixture
def demonstration(cast: SimpleNamespace, settings: Any) -> SimpleNamespace:
    """The cast in a demonstration in which forecasts for next year are due."""
    settings.DEMO = True
    mark_as_demonstration()
    at = clock.now() - timedelta(days=1)
    cycle = create_cycle(year=localdate(at).year + 1, by=cast.ada, at=at)
    publish_year(cycle, by=cast.ada, at=at, seen=1)
    return cast


def test_weeks_pass_for_everybody_and_deadlines_come(demonstration: SimpleNamespace, as_person: Browser) -> None:
    told, today = Notice.objects.count(), localdate(clock.now())
    for _press in range(14):
        answer = as_person(demonstration.amina).post(DAY, {"weeks": "4"})
        assert answer.headers["Location"] == "/"
    with on_its_clock():
        assert localdate(clock.now()) == today + timedelta(weeks=56)
    assert Notice.objects.count() > told
    assert Entry.objects.filter(verb="move-day", by_id=demonstration.amina.pk).count() == 14
    # Nothing but the demonstration's own pages and commands runs ahead.
    assert localdate(clock.now()) == today


def test_the_page_says_which_day_it_is_and_offers_the_next(demonstration: SimpleNamespace, as_person: Browser) -> None:
    page = as_person(demonstration.ben).get("/").content.decode()
    assert ("In the demonstration it is" in page, "4 weeks later" in page) == (True, True)


@pytest.mark.parametrize("weeks", ["", "0", "-1", "2", "x"])
def test_only_what_is_offered_passes(demonstration: SimpleNamespace, as_person: Browser, weeks: str) -> None:
    assert as_person(demonstration.ben).post(DAY, {"weeks": weeks}).status_code == 404
    assert Organisation.current().days_ahead == 0


def test_the_day_never_goes_back_and_not_for_ever_on(demonstration: SimpleNamespace) -> None:
    for weeks in (0, -1, actions.MOST_WEEKS_AHEAD + 1):
        with pytest.raises(NotNow, match="forward only"):
            actions.move_day(weeks, by=demonstration.ada, at=clock.now())


@pytest.mark.parametrize(("declared", "marked"), [(True, False), (False, True), (False, False)])
def test_a_real_portal_has_no_such_page(
    cast: SimpleNamespace, as_person: Browser, settings: Any, declared: bool, marked: bool
) -> None:
    settings.DEMO = declared
    if marked:
        mark_as_demonstration()
    assert as_person(cast.ada).post(DAY, {"weeks": "1"}).status_code == 404
    with pytest.raises(NotNow, match="demonstration"):
        actions.move_day(1, by=cast.ada, at=clock.now())


def test_a_portal_of_ones_own_greets_nobody_as_a_demonstration(
    cast: SimpleNamespace, as_person: Browser, settings: Any
) -> None:
    """The settings may still declare one after it was left."""
    settings.DEMO = True
    assert "Three things to try" not in as_person(cast.ada).get("/").content.decode()
    assert "may try everything" not in Client().get(reverse("account_login")).content.decode()


def test_strangers_move_nothing(demonstration: SimpleNamespace) -> None:
    assert Client().post(DAY, {"weeks": "1"}).headers["Location"].startswith("/account/login/")
    assert Organisation.current().days_ahead == 0


def test_the_day_of_a_portal_that_is_no_demonstration_any_more_is_the_real_one(
    demonstration: SimpleNamespace, settings: Any
) -> None:
    actions.move_day(1, by=demonstration.ada, at=clock.now())
    settings.DEMO = False
    with on_its_clock():
        assert localdate(clock.now()) == localdate(clock.now())


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_three_things_to_try(role: Role) -> None:
    assert len(IDEAS.get(role, ())) == 3, "Give the role three ideas in sop_portal/demo/ideas.py."


@pytest.mark.parametrize(("role", "idea"), [(role, idea) for role, ideas in IDEAS.items() for idea in ideas])
def test_every_role_may_do_what_it_is_asked_to_try(role: Role, idea: Idea) -> None:
    assert idea.can in ROLES[role].may


@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "dora", "emil", "ada", "omar"])
def test_everybody_is_greeted_once_with_three_pages_that_open(
    demonstration: SimpleNamespace, as_person: Browser, name: str
) -> None:
    browser = as_person(getattr(demonstration, name))
    first = browser.get("/")
    links = [url for _sentence, url in first.context["demo_ideas"]]
    assert [browser.get(url, follow=True).status_code for url in links] == [200, 200, 200]
    assert "Three things to try" in first.content.decode()
    assert "Three things to try" not in browser.get("/").content.decode()

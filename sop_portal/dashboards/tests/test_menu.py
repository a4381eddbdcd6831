"""The menu leads somewhere: every entry opens for whoever reads it, in whatever state the year is."""

import re
from collections.abc import Callable
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.cast import programme_manager
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture

SIDE = re.compile(r'<nav class="side\b.*?</nav>', re.DOTALL)
LINK = re.compile(r'href="(/[^"#]*)"')
PEOPLE = ("amina", "ben", "chidi", "dora", "emil", "pia", "ada", "omar", "farid")
# What a year of each state looks like in the database; the records in it are the same.
STATES: dict[str, dict[str, Any]] = {
    "draft": {"state": "draft", "published_at": None, "published_by": None},
    "published": {},
    "closed": {"state": "closed", "closed_at": NOW},
}


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    found = filled_year(cast)
    cast.pia = programme_manager("Shoreline", cast.amina.memberships.get().department)
    return found


@pytest.fixture(params=STATES)
def cycle(request: pytest.FixtureRequest, year: SimpleNamespace) -> Cycle:
    """The same year as a draft, published, and closed."""
    changed = STATES[request.param] | ({"closed_by": year.cast.ada} if request.param == "closed" else {})
    if changed:
        Cycle.objects.filter(pk=year.cycle.pk).update(**changed)
    return Cycle.objects.get(pk=year.cycle.pk)


def menu_of(answer: Any) -> set[str]:
    """Where the navigation beside a page leads."""
    return {unescape(link) for side in SIDE.findall(answer.content.decode()) for link in LINK.findall(side)}


def walked(browser: Client, begin: list[str]) -> dict[str, int]:
    """Every entry of the menu, those that show on its pages among them, with how it answers."""
    found: dict[str, int] = {}
    waiting = {link for path in begin for link in menu_of(browser.get(path, follow=True))}
    while waiting:
        link = waiting.pop()
        answer = browser.get(link, follow=True)
        found[link] = answer.status_code
        waiting |= menu_of(answer) - set(found)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", PEOPLE)
def test_every_entry_of_the_menu_opens_in_every_state_of_a_year(
    cycle: Cycle, year: SimpleNamespace, as_person: Callable[[User], Client], name: str
) -> None:
    browser = as_person(getattr(year.cast, name))
    # From the first page, and from an address of the year that somebody kept, be it shut.
    with clock.at(NOW):
        found = walked(browser, ["/", "/2027/", "/2027/budget/", "/2026/budget/"])
    assert {link: status for link, status in found.items() if status != 200} == {}
    assert "/" in found


def test_a_department_is_found_in_the_year_of_work_and_not_in_one_far_ahead(
    cast: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    for number in (2027, 2031):
        cycle = create_cycle(year=number, by=cast.ada, at=NOW)
        publish_year(cycle, by=cast.ada, at=NOW, seen=cycle.version)
    with clock.at(NOW):
        page = as_person(cast.emil).get("/search/?q=arts").content.decode()
    assert re.findall(r'href="(/20\d\d/projects/\?[^"]*)"', page) == ["/2027/projects/?department=arts"]

"""Moving a window under way: what it says first, who is told, and that nothing typed is lost."""

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from planning.cycles.actions import WindowMove, move_window
from planning.cycles.calendar import WindowDates
from planning.cycles.pages.window import consequences
from planning.models import Cycle
from planning.tests.stage_one import open_year
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.shared_fixtures import shared_fixture

DAYS = {"opens_on": date(2027, 1, 1), "due_on": date(2027, 3, 31), "grace_until": date(2027, 4, 14)}
NBSP = "\N{NO-BREAK SPACE}"


@shared_fixture
def year(cast: SimpleNamespace, noon: datetime) -> Cycle:
    """The forecast window is open: it is 12 March."""
    return open_year(cast, noon)


@pytest.fixture
def days(year: Cycle) -> dict[str, Any]:
    """The dates of the forecast window as they stand."""
    window = year.windows.get(stage="forecast")
    return {name: getattr(window, name) for name in DAYS}


def test_every_day_that_moves_is_named(year: Cycle, days: dict[str, Any], noon: datetime) -> None:
    old = {name: f"{day.day}{NBSP}{day:%B %Y}" for name, day in days.items()}
    wanted = {"opens_on": date(2027, 1, 4), "due_on": days["due_on"], "grace_until": date(2027, 4, 20)}
    assert consequences(year, "forecast", WindowDates(**wanted), noon.date())[:2] == [
        f"Opens: {old['opens_on']} becomes 4{NBSP}January 2027.",
        f"Late work accepted until: {old['grace_until']} becomes 20{NBSP}April 2027.",
    ]
    assert consequences(year, "forecast", WindowDates(**days), noon.date()) == []


@pytest.mark.parametrize(
    ("due_on", "grace_until", "warning"),
    [
        (
            date(2027, 3, 10),
            date(2027, 4, 14),
            f"10{NBSP}March 2027 has passed: whoever has not submitted is late at once.",
        ),
        (
            date(2027, 3, 8),
            date(2027, 3, 10),
            f"10{NBSP}March 2027 has passed: from now on nobody can submit without an extension.",
        ),
        (date(2027, 3, 12), date(2027, 3, 12), None),
    ],
)
def test_a_day_that_has_passed_is_warned_of(
    due_on: date, grace_until: date, warning: str | None, year: Cycle, days: dict[str, Any], noon: datetime
) -> None:
    new = WindowDates(days["opens_on"], due_on, grace_until)
    found = consequences(year, "forecast", new, noon.date())
    assert [text for text in found if "has passed" in text] == ([warning] if warning else [])


def test_the_heads_are_told_until_when_and_why(
    year: Cycle, days: dict[str, Any], cast: SimpleNamespace, noon: datetime
) -> None:
    wanted = days | {"due_on": date(2027, 4, 7), "grace_until": date(2027, 4, 9)}
    move_window(year, WindowMove("forecast", WindowDates(**wanted), "Snow"), by=cast.ada, at=noon, seen=year.version)
    notified = Notice.objects.filter(verb="move-window").order_by("person__name")
    sentence = f"Ada Moreno moved “Demand forecast” of 2027: due 7{NBSP}April 2027, late work until 9{NBSP}April 2027"
    assert [(str(notice.person), str(notice), notice.quote) for notice in notified] == [
        ("Amina Diallo", sentence, "Snow"),
        ("Bao Nguyen", sentence, "Snow"),
    ]


def test_nobody_is_told_when_nothing_changes_for_them(
    year: Cycle, days: dict[str, Any], cast: SimpleNamespace, noon: datetime
) -> None:
    wanted = days | {"opens_on": date(2027, 1, 4)}
    move_window(year, WindowMove("forecast", WindowDates(**wanted), "Snow"), by=cast.ada, at=noon, seen=year.version)
    assert not Notice.objects.filter(verb="move-window").exists()


def test_back_to_the_dates_keeps_what_was_typed(
    year: Cycle, cast: SimpleNamespace, noon: datetime, as_person: Callable[[User], Client]
) -> None:
    typed = {
        "seen": str(year.version),
        "opens_on": "2027-01-01",
        "due_on": "2027-04-10",
        "grace_until": "2027-04-12",
        "reason": "Much snow",
        "confirmed": "yes",
        "back": "yes",
    }
    with clock.at(noon):
        answer = as_person(cast.ada).post("/2027/windows/forecast/", typed | {"key": str(uuid4())})
    page = answer.content.decode()
    assert (answer.status_code, "Much snow" in page, 'name="confirmed"' in page) == (200, True, False)
    assert year.windows.get(stage="forecast").due_on == date(2027, 3, 31)

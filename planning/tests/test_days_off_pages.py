"""Days off where dates are set: the form of a new year with its preview, the windows, the timeline."""

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from planning.cycles.actions import YearPlan, create_cycle
from planning.cycles.calendar import WindowDates
from planning.cycles.pages.days_off import point_out
from planning.cycles.pages.preview import days_off_between, preview_of
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.working_days import NamedDay, WorkingDays
from sop_portal.people.actions import DayTerms, set_days_off

Browser = Callable[[User], Client]
NBSP = "\N{NO-BREAK SPACE}"
DAYS = WorkingDays(frozenset({1, 2, 3, 4, 5}), {date(2027, 3, 31): NamedDay("Spring break")})
BREAK = f"Wednesday 31{NBSP}March 2027, Spring break"
TYPED = {
    "year": "2027",
    "starts_month": "1",
    "currency": "USD",
    "small_transfer_limit": "0",
    "deviation_to_explain": "20",
}


@pytest.fixture
def spring_break(cast: SimpleNamespace, noon: datetime) -> None:
    """31 March 2027, when forecasts are due, is off."""
    set_days_off(2027, [DayTerms(date(2027, 3, 31), "Spring break")], by=cast.ada, at=noon)


def sent(**more: str) -> dict[str, str]:
    return {**TYPED, **more, "key": str(uuid4())}


@pytest.mark.parametrize(
    ("moves", "due_on", "grace_until", "said"),
    [
        (
            True,
            date(2027, 3, 31),
            date(2027, 4, 7),
            [f"Due on a day off, {BREAK}: it counts on Thursday 1{NBSP}April 2027."],
        ),
        (False, date(2027, 3, 31), date(2027, 4, 7), [f"Due on a day off, {BREAK}."]),
        (True, date(2027, 3, 30), date(2027, 4, 6), []),
        (
            True,
            date(2027, 3, 30),
            date(2027, 4, 4),
            [f"Late work is accepted until a day off, Sunday 4{NBSP}April 2027."],
        ),
    ],
)
def test_a_deadline_on_a_day_off_is_pointed_out(moves: bool, due_on: date, grace_until: date, said: list[str]) -> None:
    dates = WindowDates(date(2027, 1, 1), due_on, grace_until)
    assert [str(sentence) for sentence in point_out("forecast", dates, DAYS, moves=moves)] == said
    assert point_out("execution", dates, DAYS, moves=moves) == []


def test_a_year_is_looked_at_before_it_is_set_up(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, spring_break: None
) -> None:
    browser = as_person(cast.ada)
    with clock.at(noon):
        answer = browser.post(reverse("year-new"), sent(preview="yes", moves_to_working_day="on"))
        page = answer.content.decode()
        assert (answer.status_code, Cycle.objects.count()) == (200, 0)
        assert ("it counts on Thursday 1" in page, page.count('class="f-off"') > 1) == (True, True)
        assert browser.post(reverse("year-new"), sent(moves_to_working_day="on")).status_code == 302
    cycle = Cycle.objects.get()
    window = cycle.windows.get(stage="forecast")
    assert (cycle.moves_to_working_day, window.due_on) == (True, date(2027, 4, 1))


def test_a_preview_shows_the_windows_that_are_set_up_then(cast: SimpleNamespace, noon: datetime, db: None) -> None:
    plan = YearPlan(moves_to_working_day=True)
    seen = preview_of(2028, plan, noon.date()).timeline
    cycle = create_cycle(year=2028, plan=plan, by=cast.ada, at=noon)
    spans = [(span.opens_on, span.due_on, span.grace_until) for lane in seen.lanes for span in lane.windows]
    kept = {window.stage: window for window in cycle.windows.all()}
    assert spans == [
        (kept[stage].opens_on, kept[stage].due_on, kept[stage].grace_until)
        for stage in ("forecast", "request", "budget", "execution", "evaluation")
    ]


def test_a_long_timeline_marks_holidays_alone() -> None:
    week = days_off_between(DAYS, date(2027, 3, 29), date(2027, 4, 4))
    assert week == [date(2027, 3, 31), date(2027, 4, 3), date(2027, 4, 4)]
    assert days_off_between(DAYS, date(2027, 1, 1), date(2029, 1, 1)) == [date(2027, 3, 31)]


def test_the_windows_say_which_deadline_was_moved_and_the_rule_is_set_there(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, spring_break: None
) -> None:
    cycle = create_cycle(year=2027, by=cast.ada, at=noon)
    browser = as_person(cast.ada)

    def page() -> str:
        return browser.get(reverse("windows", args=[2027])).content.decode()

    with clock.at(noon):
        assert "Due on a day off, Wednesday 31" in page()
        rule: dict[str, Any] = {"moves": "on", "seen": str(cycle.version), "key": str(uuid4())}
        assert browser.post(reverse("days-off-rule", args=[2027]), rule).status_code == 302
        assert "Moved from Wednesday 31" in page()
        form = browser.get(reverse("window", args=[2027, "forecast"])).content.decode()
        year = browser.get(cycle.get_absolute_url()).content.decode()
    # The form of the window begins with the day that was named.
    assert 'value="2027-03-31"' in form
    assert ("Moved from Wednesday 31" in year, 'class="f-off"' in year) == (True, True)


def test_nobody_but_the_administrator_sets_the_rule(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    cycle = create_cycle(year=2027, by=cast.ada, at=noon)
    with clock.at(noon):
        for person, status in ((cast.emil, 404), (cast.ada, 302)):
            rule = {"moves": "on", "seen": str(cycle.version), "key": str(uuid4())}
            assert as_person(person).post(reverse("days-off-rule", args=[2027]), rule).status_code == status


def test_what_moves_names_the_day_that_counts(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, spring_break: None
) -> None:
    cycle = create_cycle(year=2027, plan=YearPlan(moves_to_working_day=True), by=cast.ada, at=noon)
    dates = {"opens_on": "2027-01-01", "due_on": "2027-04-10", "grace_until": "2027-04-17", "reason": ""}
    with clock.at(noon):
        browser = as_person(cast.ada)
        url = reverse("window", args=[2027, "forecast"])
        answer = browser.post(url, {**dates, "seen": str(cycle.version), "key": str(uuid4())}, follow=True)
    assert (
        f"Due on a day off, Saturday 10{NBSP}April 2027: it counts on Monday 12{NBSP}April 2027."
        in answer.content.decode()
    )
    assert cycle.windows.get(stage="forecast").due_on == date(2027, 4, 12)

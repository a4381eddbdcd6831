"""When a deadline reminds, against tables written by hand."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sop_portal.reminders.schedule import USUAL_PLAN, Dates, Plan, occurrences

NEW_YORK = ZoneInfo("America/New_York")
FORECAST = Dates(NEW_YORK, opens_on=date(2027, 1, 1), due_on=date(2027, 3, 31))
LONG_AFTER = datetime(2027, 4, 21, 12, tzinfo=UTC)

# Written by hand: the name of each moment and the first second of its day in New York, in UTC.
# Daylight saving begins there on 14 March 2027.
BY_HAND = [
    ("opens 2027-01-01", "2027-01-01T05:00"),
    ("2027-03-31 -14", "2027-03-17T04:00"),
    ("2027-03-31 -7", "2027-03-24T04:00"),
    ("2027-03-31 -3", "2027-03-28T04:00"),
    ("2027-03-31 -1", "2027-03-30T04:00"),
    ("2027-03-31 +0", "2027-03-31T04:00"),
    ("2027-03-31 +1", "2027-04-01T04:00"),
    ("2027-03-31 +3", "2027-04-03T04:00"),
    ("2027-03-31 +5", "2027-04-05T04:00"),
    ("2027-03-31 +10", "2027-04-10T04:00"),
    ("2027-03-31 +15", "2027-04-15T04:00"),
    ("2027-03-31 +20", "2027-04-20T04:00"),
]


def table(dates: Dates, by: datetime, after: datetime | None = None, plan: Plan = USUAL_PLAN) -> list[tuple[str, str]]:
    found = occurrences(dates, plan, by=by, after=after)
    return [(o.name, o.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")) for o in found]


def test_the_moments_of_a_forecast() -> None:
    assert table(FORECAST, LONG_AFTER) == BY_HAND


@pytest.mark.parametrize("steps", [1, 7, 10, 60, 111])
def test_ranges_leave_nothing_out_and_name_nothing_twice(steps: int) -> None:
    at, found = datetime(2026, 12, 31, tzinfo=UTC), []
    while at < LONG_AFTER:
        later = min(at + timedelta(days=steps, minutes=13), LONG_AFTER)
        found += table(FORECAST, later, after=at)
        at = later
    assert found == BY_HAND


def test_minute_by_minute_a_moment_comes_in_its_own_minute() -> None:
    midnight = datetime(2027, 3, 24, 4, tzinfo=UTC)
    minute = timedelta(minutes=1)
    assert table(FORECAST, midnight - timedelta(microseconds=1), after=midnight - minute) == []
    assert table(FORECAST, midnight, after=midnight - minute) == [BY_HAND[2]]
    assert table(FORECAST, midnight + minute, after=midnight) == []


def test_nothing_is_told_before_the_window_opens() -> None:
    short = Dates(NEW_YORK, opens_on=date(2027, 4, 1), due_on=date(2027, 4, 5))
    names = [name for name, _at in table(short, datetime(2027, 4, 5, 12, tzinfo=UTC))]
    assert names == ["opens 2027-04-01", "2027-04-05 -3", "2027-04-05 -1", "2027-04-05 +0"]


def test_a_moved_deadline_reminds_anew_under_another_name() -> None:
    moved = Dates(NEW_YORK, opens_on=date(2027, 1, 1), due_on=date(2027, 4, 14))
    names = {name for name, _at in table(moved, LONG_AFTER)} & {name for name, _at in BY_HAND}
    assert names == {"opens 2027-01-01"}


def test_a_decision_reminds_after_three_and_five_days() -> None:
    waits = Dates(NEW_YORK, since=datetime(2027, 3, 13, 3, 30, tzinfo=UTC))  # the evening of the 12th in New York
    assert table(waits, LONG_AFTER) == [
        ("since 2027-03-12 +3", "2027-03-15T04:00"),
        ("since 2027-03-12 +5", "2027-03-17T04:00"),
    ]


def test_a_year_may_choose_other_moments() -> None:
    plan = Plan(opens=False, before=(30, 0), late=(2,), late_every=7)
    names = [name for name, _at in table(FORECAST, LONG_AFTER, plan=plan)]
    assert names == ["2027-03-31 -30", "2027-03-31 +0", "2027-03-31 +2", "2027-03-31 +9", "2027-03-31 +16"]


# The first moment of the last day of a window, in UTC, written by hand from the zones' own rules.
ZONES = [
    ("Asia/Shanghai", date(2028, 2, 29), "2028-02-28T16:00:00"),
    ("America/St_Johns", date(2027, 3, 14), "2027-03-14T03:30:00"),  # clocks go forward on this day
    ("America/St_Johns", date(2027, 11, 7), "2027-11-07T02:30:00"),  # and back on this one
    ("Pacific/Apia", date(2027, 3, 31), "2027-03-30T11:00:00"),
    ("Pacific/Apia", date(2011, 12, 31), "2011-12-30T10:00:00"),  # the day after the one that never was
    ("Africa/Casablanca", date(2027, 3, 31), "2027-03-30T23:00:00"),
    ("Europe/Berlin", date(2027, 3, 28), "2027-03-27T23:00:00"),  # clocks go forward on this day
    ("Europe/Berlin", date(2027, 10, 31), "2027-10-30T22:00:00"),  # and back on this one
    ("Europe/Berlin", date(2028, 2, 29), "2028-02-28T23:00:00"),
]


@pytest.mark.parametrize(("zone", "due_on", "begins"), ZONES)
def test_the_due_day_begins_to_the_second_in_its_own_zone(zone: str, due_on: date, begins: str) -> None:
    dates, first = Dates(ZoneInfo(zone), due_on=due_on), datetime.fromisoformat(begins).replace(tzinfo=UTC)
    told = [o for o in occurrences(dates, USUAL_PLAN, by=first) if o.days == 0]
    assert [o.at for o in told] == [first]
    assert [o for o in occurrences(dates, USUAL_PLAN, by=first - timedelta(seconds=1)) if o.days == 0] == []

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.cycles.calendar import (
    Period,
    Timeliness,
    WindowDates,
    default_windows,
    evaluation_due,
    report_periods,
    request_due,
    timeliness,
    window_state,
)
from planning.cycles.models import Stage

Decimal = date.fromisoformat

# Written by hand from the calendar on the wall, not from the code: opens, due, late work until.
TABLE = {
    # January start, ordinary years.
    (2027, 1): {
        "forecast": ("2027-01-01", "2027-03-31", "2027-04-07"),
        "request": ("2027-04-01", "2027-04-14", "2027-04-21"),
        "budget": ("2027-04-01", "2027-06-30", "2027-07-07"),
        "execution": ("2027-07-01", "2028-06-30", "2028-07-28"),
        "evaluation": ("2027-07-01", "2028-07-28", "2028-08-04"),
    },
    # January start in a leap year: the quarter has one day more and still ends on 31 March.
    (2028, 1): {
        "forecast": ("2028-01-01", "2028-03-31", "2028-04-07"),
        "request": ("2028-04-01", "2028-04-14", "2028-04-21"),
        "budget": ("2028-04-01", "2028-06-30", "2028-07-07"),
        "execution": ("2028-07-01", "2029-06-30", "2029-07-28"),
        "evaluation": ("2028-07-01", "2029-07-28", "2029-08-04"),
    },
    # April start: execution is October to September.
    (2027, 4): {
        "forecast": ("2027-04-01", "2027-06-30", "2027-07-07"),
        "request": ("2027-07-01", "2027-07-14", "2027-07-21"),
        "budget": ("2027-07-01", "2027-09-30", "2027-10-07"),
        "execution": ("2027-10-01", "2028-09-30", "2028-10-28"),
        "evaluation": ("2027-10-01", "2028-10-28", "2028-11-04"),
    },
    # July start: execution is the calendar year after.
    (2027, 7): {
        "forecast": ("2027-07-01", "2027-09-30", "2027-10-07"),
        "request": ("2027-10-01", "2027-10-14", "2027-10-21"),
        "budget": ("2027-10-01", "2027-12-31", "2028-01-07"),
        "execution": ("2028-01-01", "2028-12-31", "2029-01-28"),
        "evaluation": ("2028-01-01", "2029-01-28", "2029-02-04"),
    },
    # September start: execution ends with a February of 29 days.
    (2026, 9): {
        "forecast": ("2026-09-01", "2026-11-30", "2026-12-07"),
        "request": ("2026-12-01", "2026-12-14", "2026-12-21"),
        "budget": ("2026-12-01", "2027-02-28", "2027-03-07"),
        "execution": ("2027-03-01", "2028-02-29", "2028-03-28"),
        "evaluation": ("2027-03-01", "2028-03-28", "2028-04-04"),
    },
}


@pytest.mark.parametrize(("year", "starts_month"), list(TABLE))
def test_the_default_calendar_agrees_with_the_one_on_the_wall(year: int, starts_month: int) -> None:
    expected = {
        Stage(stage): WindowDates(Decimal(opens), Decimal(due), Decimal(grace))
        for stage, (opens, due, grace) in TABLE[year, starts_month].items()
    }
    assert default_windows(year, starts_month) == expected
    assert list(default_windows(year, starts_month)) == list(Stage)


@given(st.integers(1990, 2198), st.integers(1, 12))
def test_windows_are_in_order_whatever_the_year(year: int, starts_month: int) -> None:
    windows = default_windows(year, starts_month)
    for window in windows.values():
        assert window.opens_on <= window.due_on <= window.grace_until
    assert windows[Stage.FORECAST].due_on + timedelta(days=1) == windows[Stage.REQUEST].opens_on
    assert windows[Stage.BUDGET].due_on + timedelta(days=1) == windows[Stage.EXECUTION].opens_on
    execution = windows[Stage.EXECUTION]
    assert (execution.due_on - execution.opens_on).days + 1 in {365, 366}
    assert report_periods(execution.opens_on, execution.due_on)[-1].due_on <= execution.grace_until


FORECASTS = WindowDates(Decimal("2027-01-01"), Decimal("2027-03-31"), Decimal("2027-04-07"))


@pytest.mark.parametrize(
    ("on", "extension_until", "state"),
    [
        ("2026-12-31", None, "scheduled"),
        ("2026-12-31", "2027-04-30", "scheduled"),
        ("2027-01-01", None, "open"),
        ("2027-03-31", None, "open"),
        ("2027-03-31", "2027-04-30", "open"),
        ("2027-04-01", None, "grace"),
        ("2027-04-01", "2027-04-30", "extended"),
        ("2027-04-07", None, "grace"),
        ("2027-04-08", None, "closed"),
        ("2027-04-08", "2027-04-30", "extended"),
        ("2027-04-30", "2027-04-30", "extended"),
        ("2027-05-01", "2027-04-30", "closed"),
        # An extension that ended within the grace period leaves the grace that everybody has.
        ("2027-04-05", "2027-04-03", "grace"),
        # An earlier date than the window's own takes nothing away.
        ("2027-03-31", "2027-03-01", "open"),
    ],
)
def test_a_window_opens_closes_and_may_be_extended(on: str, extension_until: str | None, state: str) -> None:
    assert window_state(FORECASTS, Decimal(extension_until) if extension_until else None, Decimal(on)) == state


@pytest.mark.parametrize(
    ("due_on", "original", "done_on", "on", "kind", "days"),
    [
        ("2027-03-31", "2027-03-31", None, "2027-03-01", "on_time", 30),
        ("2027-03-31", "2027-03-31", None, "2027-03-23", "on_time", 8),
        ("2027-03-31", "2027-03-31", None, "2027-03-24", "due_soon", 7),
        ("2027-03-31", "2027-03-31", None, "2027-03-31", "due_soon", 0),
        ("2027-03-31", "2027-03-31", None, "2027-04-01", "overdue", 1),
        ("2028-02-29", "2028-02-29", None, "2028-03-01", "overdue", 1),
        ("2027-02-28", "2027-02-28", None, "2027-03-01", "overdue", 1),
        ("2027-03-31", "2027-03-31", "2027-03-31", "2027-05-01", "on_time", 0),
        ("2027-03-31", "2027-03-31", "2027-03-21", "2027-05-01", "on_time", 10),
        ("2027-03-31", "2027-03-31", "2027-04-01", "2027-05-01", "late", 1),
        # Extended to 30 April: not overdue meanwhile, but honestly late when done after the first date.
        ("2027-04-30", "2027-03-31", None, "2027-04-10", "on_time", 20),
        ("2027-04-30", "2027-03-31", "2027-04-10", "2027-04-10", "late", 10),
        ("2027-04-30", "2027-03-31", None, "2027-05-02", "overdue", 2),
    ],
)
def test_lateness_is_honest(due_on: str, original: str, done_on: str | None, on: str, kind: str, days: int) -> None:
    done = Decimal(done_on) if done_on else None
    found = timeliness(Decimal(due_on), Decimal(original), done, Decimal(on))
    assert (found.kind, found.days) == (kind, days)
    assert isinstance(found, Timeliness)


def test_a_project_of_half_a_leap_year_reports_monthly() -> None:
    assert report_periods(Decimal("2027-11-15"), Decimal("2028-03-10")) == [
        Period(Decimal("2027-11-15"), Decimal("2027-11-30"), Decimal("2027-12-10")),
        Period(Decimal("2027-12-01"), Decimal("2027-12-31"), Decimal("2028-01-10")),
        Period(Decimal("2028-01-01"), Decimal("2028-01-31"), Decimal("2028-02-10")),
        Period(Decimal("2028-02-01"), Decimal("2028-02-29"), Decimal("2028-03-10")),
        Period(Decimal("2028-03-01"), Decimal("2028-03-10"), Decimal("2028-03-20")),
    ]


def test_a_project_of_one_day_reports_once() -> None:
    assert report_periods(Decimal("2027-07-31"), Decimal("2027-07-31")) == [
        Period(Decimal("2027-07-31"), Decimal("2027-07-31"), Decimal("2027-08-10")),
    ]


def test_a_project_may_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="does not end before"):
        report_periods(Decimal("2027-07-02"), Decimal("2027-07-01"))


@given(st.dates(date(1990, 1, 1), date(2150, 1, 1)), st.integers(0, 1500))
def test_periods_cover_every_day_once(starts_on: date, days: int) -> None:
    ends_on = starts_on + timedelta(days=days)
    periods = report_periods(starts_on, ends_on)
    covered = [
        period.first_on + timedelta(days=day)
        for period in periods
        for day in range((period.last_on - period.first_on).days + 1)
    ]
    assert covered == [starts_on + timedelta(days=day) for day in range(days + 1)]
    assert len(periods) == len({(period.first_on.year, period.first_on.month) for period in periods})


@pytest.mark.parametrize(
    ("published_on", "due_on"),
    [
        ("2027-03-31", "2027-04-14"),
        ("2028-02-15", "2028-02-29"),
        ("2027-02-15", "2027-03-01"),
        ("2027-12-20", "2028-01-03"),
    ],
)
def test_requests_are_due_fourteen_civil_days_after_publication(published_on: str, due_on: str) -> None:
    assert request_due(Decimal(published_on)) == Decimal(due_on)


@pytest.mark.parametrize(
    ("ended_on", "due_on"), [("2028-06-30", "2028-07-28"), ("2028-02-01", "2028-02-29"), ("2027-02-01", "2027-03-01")]
)
def test_evaluations_are_due_four_weeks_after_the_end(ended_on: str, due_on: str) -> None:
    assert evaluation_due(Decimal(ended_on)) == Decimal(due_on)

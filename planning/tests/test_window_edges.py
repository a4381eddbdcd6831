"""To the second: when a window opens, when work is late, and when it closes, in zones where that is not easy."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest

from planning.cycles.actions import MoreTime, YearPlan, create_cycle, extend
from planning.cycles.calendar import days_of_approval
from planning.cycles.workflow import window_for
from planning.models import Cycle, StageWindow
from sop_portal.foundation.organisation.models import Department

SECOND = timedelta(seconds=1)
# Written by hand from the rules of the zones: the first second (UTC) in which the window is open, in which work is
# late, and in which the window is closed. A year of its usual calendar by the month it begins in …
USUAL = [
    ("Asia/Shanghai", 2027, 1, "forecast", "2026-12-31T16:00", "2027-03-31T16:00", "2027-04-07T16:00"),
    # Quarters that end in February: a leap day, and the 28th of an ordinary year.
    ("Asia/Shanghai", 2027, 12, "forecast", "2027-11-30T16:00", "2028-02-29T16:00", "2028-03-07T16:00"),
    # Ramadan 2027, when Morocco's clocks are an hour back, is from 7 February to 14 March.
    ("Africa/Casablanca", 2026, 12, "forecast", "2026-11-30T23:00", "2027-03-01T00:00", "2027-03-08T00:00"),
    ("Africa/Casablanca", 2027, 1, "forecast", "2026-12-31T23:00", "2027-03-31T23:00", "2027-04-07T23:00"),
    ("America/St_Johns", 2027, 1, "forecast", "2027-01-01T03:30", "2027-04-01T02:30", "2027-04-08T02:30"),
    ("Pacific/Apia", 2027, 1, "forecast", "2026-12-31T11:00", "2027-03-31T11:00", "2027-04-07T11:00"),
    # Years that begin in April and in July.
    ("Europe/Berlin", 2027, 4, "forecast", "2027-03-31T22:00", "2027-06-30T22:00", "2027-07-07T22:00"),
    ("Europe/Berlin", 2027, 4, "budget", "2027-06-30T22:00", "2027-09-30T22:00", "2027-10-07T22:00"),
    ("Europe/Berlin", 2027, 7, "forecast", "2027-06-30T22:00", "2027-09-30T22:00", "2027-10-07T22:00"),
    ("Europe/Berlin", 2027, 7, "budget", "2027-09-30T22:00", "2027-12-31T23:00", "2028-01-07T23:00"),
    ("Europe/Berlin", 2027, 7, "request", "2027-09-30T22:00", "2027-10-14T22:00", "2027-10-21T22:00"),
]
# … and windows moved so that their last day is one on which clocks change, or that never was.
MOVED = [
    ("Europe/Berlin", "2027-03-15 2027-03-28 2027-04-04", "2027-03-14T23:00", "2027-03-28T22:00", "2027-04-04T22:00"),
    ("Europe/Berlin", "2027-10-18 2027-10-31 2027-11-07", "2027-10-17T22:00", "2027-10-31T23:00", "2027-11-07T23:00"),
    ("America/St_Johns", "2027-03-01 2027-03-14 2027-03-21", "2027-03-01T03:30", "2027-03-15T02:30",
     "2027-03-22T02:30"),
    ("America/St_Johns", "2027-10-25 2027-11-07 2027-11-14", "2027-10-25T02:30", "2027-11-08T03:30",
     "2027-11-15T03:30"),
    ("Africa/Casablanca", "2027-01-25 2027-02-07 2027-02-14", "2027-01-24T23:00", "2027-02-08T00:00",
     "2027-02-15T00:00"),
    ("Africa/Casablanca", "2027-03-01 2027-03-14 2027-03-21", "2027-03-01T00:00", "2027-03-14T23:00",
     "2027-03-21T23:00"),
    ("Europe/Berlin", "2028-02-16 2028-02-29 2028-03-07", "2028-02-15T23:00", "2028-02-29T23:00", "2028-03-07T23:00"),
    # Samoa went from the 29th to the 31st of December 2011: a window due on the 30th was over as the 31st began.
    ("Pacific/Apia", "2011-12-20 2011-12-30 2012-01-06", "2011-12-20T10:00", "2011-12-30T10:00", "2012-01-06T10:00"),
    ("Pacific/Apia", "2011-12-20 2011-12-29 2011-12-31", "2011-12-20T10:00", "2011-12-30T10:00", "2011-12-31T10:00"),
]  # fmt: skip
ORDER = ["scheduled", "open", "late", "closed"]


def state(cycle: Cycle, stage: str, department: Department, at: datetime) -> str:
    """What a department is told at this moment."""
    found = window_for(cycle, stage, department, at)
    if found.is_open:
        return "late" if found.is_late else "open"
    return "scheduled" if "opens" in found.sentence else "closed"


def edges(cycle: Cycle, stage: str, department: Department, first_moments: tuple[str, ...]) -> list[tuple[str, str]]:
    """What is said in the last second before each edge and in the first one after it."""
    moments = [datetime.fromisoformat(first).replace(tzinfo=UTC) for first in first_moments]
    return [(state(cycle, stage, department, at - SECOND), state(cycle, stage, department, at)) for at in moments]


def year_in(zone: str, year: int, starts_month: int, cast: SimpleNamespace, at: datetime) -> Cycle:
    cycle = create_cycle(year=year, plan=YearPlan(starts_month=starts_month), by=cast.ada, at=at)
    Cycle.objects.update(time_zone=zone)
    return Cycle.objects.prefetch_related("windows", "extensions").get(pk=cycle.pk)


EDGES = list(pairwise(ORDER))


@pytest.mark.parametrize(("zone", "year", "starts_month", "stage", "opens", "late", "closed"), USUAL)
def test_the_windows_of_the_usual_calendar_turn_to_the_second(
    zone: str,
    year: int,
    starts_month: int,
    stage: str,
    opens: str,
    late: str,
    closed: str,
    cast: SimpleNamespace,
    arts: Department,
    noon: datetime,
) -> None:
    cycle = year_in(zone, year, starts_month, cast, noon)
    assert edges(cycle, stage, arts, (opens, late, closed)) == EDGES


@pytest.mark.parametrize(("zone", "dates", "opens", "late", "closed"), MOVED)
def test_windows_whose_last_day_is_unlike_others_turn_to_the_second(
    zone: str, dates: str, opens: str, late: str, closed: str, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    create_cycle(year=2027, by=cast.ada, at=noon)
    first, due, grace = (date.fromisoformat(day) for day in dates.split())
    StageWindow.objects.filter(stage="forecast").update(opens_on=first, due_on=due, grace_until=grace)
    Cycle.objects.update(time_zone=zone)
    assert edges(Cycle.objects.get(), "forecast", arts, (opens, late, closed)) == EDGES


def test_an_extension_ends_with_the_last_second_of_its_day_and_of_nobody_else(
    cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    year_in("America/St_Johns", 2027, 1, cast, noon)
    Cycle.objects.update(state="published", published_at=noon, published_by=cast.ada)
    extend(Cycle.objects.get(), MoreTime("forecast", arts, date(2027, 11, 7), "A flood"), by=cast.emil, at=noon)
    cycle, over = Cycle.objects.get(), datetime(2027, 11, 8, 3, 30, tzinfo=UTC)
    assert edges(cycle, "forecast", arts, (over.isoformat()[:16],)) == [("open", "closed")]
    assert state(cycle, "forecast", sports, over - SECOND) == "closed"


@pytest.mark.parametrize(
    ("year", "first"), [(2027, date(2025, 7, 1)), (2029, date(2026, 6, 15)), (2032, date(2026, 6, 15))]
)
def test_a_plan_far_ahead_can_have_been_approved_in_the_last_twelve_months(year: int, first: date) -> None:
    cycle = Cycle(year=year, starts_on=date(year, 7, 1), ends_on=date(year + 1, 6, 30))
    span = days_of_approval(cycle, date(2027, 6, 15))
    assert (span.first, span.last) == (first, date(2027, 6, 15))

"""The running year swept daily, with gaps, back and forth and again and again: the rows of a table written by hand."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from planning.tests.requesting import open_year
from sop_portal.foundation.notices.models import Notice
from sop_portal.reminders.actions import sweep
from sop_portal.reminders.tests.expected_rows import DAY, ENDS, every, expected_rows, ledger_rows, minute_by_minute
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import small_year

NEW_YORK = ZoneInfo("America/New_York")
ORDERS = {
    "daily": every(DAY),
    "with gaps of ten days": every(10 * DAY),
    "once, at the end": [ENDS],
    "back and forth": [at for pair in zip(every(11 * DAY), reversed(every(11 * DAY)), strict=True) for at in pair],
    "five times each": [at for at in every(15 * DAY) for _again in range(5)],
}


@shared_fixture
def autumn(cast: SimpleNamespace) -> None:
    """Reports, reviews, measures and a meeting are owed from August 2027 on."""
    small_year(cast)


@pytest.mark.walk
@pytest.mark.usefixtures("autumn")
@pytest.mark.slow
@pytest.mark.parametrize("order", ORDERS)
def test_a_running_year_swept_in_any_order_leaves_the_rows_of_the_table(order: str) -> None:
    expected = expected_rows()
    assert len(expected) >= 180
    told = sum(sweep(at=at).told for at in ORDERS[order])
    # Whether somebody comes is asked until it takes place: a sweep that is later asks nobody any more.
    in_time = expected if order == "daily" else {row for row in expected if not row[2].endswith("/reply")}
    assert (ledger_rows() - expected, in_time - ledger_rows()) == (set(), set()), (
        "Write who hears of a new deadline into expected_rows(), in sop_portal/reminders/tests/expected_rows.py."
    )
    assert Notice.objects.filter(is_deadline=True).count() == told


@pytest.mark.usefixtures("autumn")
def test_minute_by_minute_something_is_due_at_the_first_minute_of_a_day_only() -> None:
    first = datetime(2027, 8, 9, 22, tzinfo=NEW_YORK)
    sweep(at=first)
    asked = minute_by_minute(first, first + timedelta(hours=28), sweep)
    assert asked.asked == 28 * 60
    assert [at.astimezone(NEW_YORK).isoformat()[:16] for at in asked.sweeps] == ["2027-08-10T00:00", "2027-08-11T00:00"]
    before = {row for row in expected_rows() if row[1] in {"2027-08-10 +0", "2027-08-10 +1"}}
    assert before <= ledger_rows()


# Published on 1 April, the requests are due fourteen days later; the budget is compiled from the same day on.
AROUND_THE_DUE_DAY = [f"2027-04-15 {days:+d}" for days in (-14, -7, -3, -1, 0, 1, 3, 5, 10, 15, 20)]
REQUEST = ["opens 2027-04-01", *AROUND_THE_DUE_DAY]
SPRING = {
    ("Amina Diallo", "request", "submit"): REQUEST,
    ("Bao Nguyen", "request", "submit"): REQUEST,
    ("Emil Novak", "request", "submit"): REQUEST[7:],
    ("Elif Aydin", "request", "submit"): REQUEST[7:],
    ("Ada Moreno", "request", "submit"): REQUEST[8:],
    ("Dora Weiss", "cycle", "compile-budget"): ["opens 2027-04-01"],
    ("Dev Patel", "cycle", "compile-budget"): ["opens 2027-04-01"],
}


def test_requests_and_the_budget_are_chased_by_the_table(cast: SimpleNamespace) -> None:
    open_year(cast)
    for at in (datetime(2027, month, day, 16, tzinfo=UTC) for month, day in ((4, 1), (4, 12), (4, 19), (5, 6))):
        sweep(at=at)
    found: dict[tuple[str, str, str], set[str]] = {}
    for person, moment, deadline in ledger_rows():
        kind, _record, step = deadline.split("/")
        found.setdefault((person, kind, step), set()).add(moment)
    assert found == {who: set(moments) for who, moments in SPRING.items()}

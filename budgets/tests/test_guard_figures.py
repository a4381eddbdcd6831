"""The guard as arithmetic: what it stops, what it warns of, and the way out it names."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budgets.models import Flag
from budgets.spending.figures import (
    LineFacts,
    LinePace,
    Verdict,
    YearFacts,
    ahead_of_plan,
    end_of_line,
    flag_of,
    flags_of,
    guard,
    months_between,
    outlook_of,
    over,
    pace_of,
    planned_by,
    planned_evenly,
    planned_share,
    projected,
    share_of_time,
    warnings_of,
    year_end,
)

YEAR = YearFacts(date(2027, 7, 1), date(2028, 6, 30), date(2027, 10, 31))
YEAR_OVER = YearFacts(date(2027, 7, 1), date(2028, 6, 30), date(2028, 7, 2))
EVEN = (Decimal(300), Decimal(300), Decimal(300), Decimal(300))


def line(**values: object) -> LineFacts:
    given = {
        "name": "2027-118",
        "category": "Venue",
        "approved": Decimal(1200),
        "spent": Decimal(0),
        "quarters": EVEN,
        "starts_on": date(2027, 7, 1),
        "ends_on": date(2028, 6, 30),
        "is_active": True,
    }
    return LineFacts(**{**given, **values})  # type: ignore[arg-type]


def test_an_expense_within_line_period_and_plan_is_free() -> None:
    assert guard(line(), Decimal("100.00"), date(2027, 10, 12), YEAR) == Verdict()


def test_more_than_the_line_holds_is_stopped_and_what_is_left_is_named() -> None:
    found = guard(line(spent=Decimal(960)), Decimal("240.01"), date(2027, 10, 12), YEAR)
    assert found == Verdict(
        "Line 2027-118 has 240.00 left.", way_out="Take 240.00, or ask for a transfer.", may_transfer=True
    )


def test_the_last_cent_of_a_line_may_be_spent() -> None:
    assert guard(line(spent=Decimal("1199.99")), Decimal("0.01"), date(2028, 6, 30), YEAR_OVER) == Verdict()


def test_an_empty_line_says_so() -> None:
    found = guard(line(spent=Decimal(1200)), Decimal("0.01"), date(2027, 10, 12), YEAR)
    assert (found.stop, found.way_out) == (
        "Line 2027-118 has nothing left.",
        "Choose another line, or ask for a transfer.",
    )


@pytest.mark.parametrize(
    ("on", "stops"), [("2027-06-30", True), ("2027-07-01", False), ("2028-06-30", False), ("2028-07-01", True)]
)
def test_the_day_must_be_inside_the_execution_year(on: str, stops: bool) -> None:
    found = guard(line(), Decimal(1), date.fromisoformat(on), YEAR_OVER)
    assert (found.stop is not None, found.may_ask) == (stops, stops)


def test_the_stop_for_a_day_names_the_year_and_offers_an_exception() -> None:
    found = guard(line(), Decimal(1), date(2027, 6, 30), YEAR)
    assert found == Verdict(
        "30\xa0June 2027 is outside the execution year, 1\xa0July 2027 to 30\xa0June 2028.",
        way_out="Choose a day inside, or ask for an exception.",
        may_ask=True,
    )


@pytest.mark.parametrize(
    ("on", "stops"), [("2027-08-31", True), ("2027-09-01", False), ("2027-09-30", False), ("2027-10-01", True)]
)
def test_the_day_must_be_inside_the_time_of_the_project(on: str, stops: bool) -> None:
    short = line(starts_on=date(2027, 9, 1), ends_on=date(2027, 9, 30))
    found = guard(short, Decimal(1), date.fromisoformat(on), YEAR)
    assert (found.stop is not None, found.may_ask) == (stops, stops)


def test_an_exception_lifts_the_period_and_nothing_else() -> None:
    day = date(2027, 6, 30)
    assert guard(line(), Decimal(1), day, YEAR, is_excepted=True).stop is None
    assert guard(line(spent=Decimal(1200)), Decimal(1), day, YEAR, is_excepted=True).stop is not None
    assert guard(line(is_active=False), Decimal(1), day, YEAR, is_excepted=True).stop is not None


def test_a_project_that_does_not_run_takes_no_expense_and_no_exception() -> None:
    found = guard(line(is_active=False, state="On hold"), Decimal(1), date(2027, 10, 12), YEAR)
    assert (found.stop, found.may_ask) == (
        "Expenses need an active project; the state of this one is “On hold”.",
        False,
    )


def test_a_day_that_has_not_come_yet_is_stopped() -> None:
    found = guard(line(), Decimal(1), date(2027, 11, 1), YEAR)
    assert (found.stop, found.may_ask) == ("1\xa0November 2027 has not come yet.", False)


def test_a_restricted_fund_warns_and_asks_for_confirmation() -> None:
    found = guard(line(purpose="books for children"), Decimal(1), date(2027, 10, 12), YEAR)
    assert (found.stop, found.confirm) == (
        None,
        "Restricted: only for books for children; confirm it serves this purpose.",
    )


def test_spending_ahead_of_plan_is_a_sentence_of_plan_and_time() -> None:
    quarters = (Decimal(900), Decimal(900), Decimal(900), Decimal(900))
    assert ahead_of_plan("Venue", Decimal(1540), quarters, date(2027, 10, 31), YEAR) == (
        "Venue: 128\xa0% of plan at 33\xa0% of the time."
    )


def test_a_deviation_within_the_tolerance_is_no_warning() -> None:
    assert ahead_of_plan("Venue", Decimal("480.00"), EVEN, date(2027, 10, 31), YEAR) is None
    assert ahead_of_plan("Venue", Decimal("480.01"), EVEN, date(2027, 10, 31), YEAR) is not None


def test_spending_where_nothing_is_planned_yet_is_said_without_a_share() -> None:
    late = (Decimal(0), Decimal(0), Decimal(0), Decimal(1200))
    assert ahead_of_plan("Venue", Decimal(10), late, date(2027, 8, 1), YEAR) == (
        "Venue: 10.00 would be spent, nothing is planned by now."
    )


def test_warnings_are_kept_in_one_text() -> None:
    assert Verdict(warning="One.", confirm="Two.").warnings == "One. Two."
    assert Verdict().warnings == ""


@pytest.mark.parametrize(
    ("on", "share"),
    [
        ("2027-06-30", 0),
        ("2027-07-01", Fraction(1, 12)),
        ("2027-10-31", Fraction(1, 3)),
        ("2028-06-30", 1),
        ("2029-01-01", 1),
    ],
)
def test_a_month_counts_as_begun(on: str, share: Fraction) -> None:
    assert share_of_time(date(2027, 7, 1), date(2028, 6, 30), date.fromisoformat(on)) == share


def test_the_plan_grows_evenly_within_a_quarter() -> None:
    quarters = (Decimal(100), Decimal(0), Decimal(50), Decimal(10))
    months = [planned_by(quarters, Fraction(month, 12)) for month in range(13)]
    assert [str(m) for m in months] == [
        "0",
        "33.33",
        "66.67",
        "100",
        "100.00",
        "100.00",
        "100",
        "116.67",
        "133.33",
        "150",
        "153.33",
        "156.67",
        "160",
    ]


@given(st.lists(st.integers(0, 10**12).map(lambda cents: Decimal(cents).scaleb(-2)), min_size=4, max_size=4))
def test_the_plan_never_falls_and_ends_at_the_whole(quarters: list[Decimal]) -> None:
    months = [planned_by(quarters, Fraction(month, 12)) for month in range(13)]
    assert months == sorted(months)
    assert months[-1] == sum(quarters)


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.integers(1, 10**12))
def test_whatever_is_stopped_names_what_would_have_passed(approved: int, spent: int, amount: int) -> None:
    left = Decimal(approved - min(spent, approved)).scaleb(-2)
    found = over("2027-118", left, Decimal(amount).scaleb(-2))
    assert (found is None) == (Decimal(amount).scaleb(-2) <= left)
    assert over("2027-118", left, left) is None


def test_a_pace_without_a_plan_is_the_plan() -> None:
    assert (pace_of(Decimal(50), Decimal(0)), pace_of(Decimal(50), Decimal(40))) == (Decimal(1), Decimal("1.25"))


def test_a_projection_never_falls_below_what_is_reached() -> None:
    assert projected(Decimal(500), Decimal(-10), Decimal(2)) == Decimal("500.00")
    assert projected(Decimal(500), Decimal(100), Decimal(-2)) == Decimal("500.00")
    assert projected(Decimal(500), Decimal(100), Decimal("1.5")) == Decimal("650.00")


def test_a_line_ends_where_the_pace_of_three_months_leads() -> None:
    # 400 planned by October, 300 of it since August; 330 spent since August: the remaining 800 go at 1.1.
    assert year_end(Decimal(430), Decimal(330), EVEN, YEAR, date(2027, 10, 31)) == Decimal("1310.00")


def test_months_are_counted_with_both_ends() -> None:
    assert months_between(date(2027, 7, 15), date(2028, 6, 1)) == 12


@pytest.mark.parametrize(
    ("end", "flag"),
    [("1260.00", None), ("1260.01", Flag.OVER), ("1080.00", None), ("1079.99", Flag.UNDER), ("1200.00", None)],
)
def test_over_105_and_under_90_percent_is_warned_of(end: str, flag: Flag | None) -> None:
    assert flag_of(Decimal(end), Decimal(1200)) == flag


def pace(**values: object) -> LinePace:
    return LinePace(**{"approved": Decimal(1200), "spent": Decimal(0), "quarters": EVEN, **values})  # type: ignore[arg-type]


NOVEMBER = YearFacts(date(2027, 7, 1), date(2028, 6, 30), date(2027, 11, 12))


def test_what_a_phased_plan_says_is_no_straight_line() -> None:
    phased = (Decimal(950), Decimal(0), Decimal(0), Decimal(50))
    assert planned_share(phased, NOVEMBER, date(2027, 11, 12)) == 95
    assert planned_share(EVEN, NOVEMBER, date(2027, 11, 30)).quantize(Decimal("0.01")) == Decimal("41.67")  # type: ignore[union-attr]
    assert planned_share((), NOVEMBER, date(2027, 11, 12)) is None
    assert planned_evenly(100, date(2027, 7, 15), date(2027, 9, 30), date(2027, 8, 1)) == 67


@pytest.mark.parametrize(
    ("line", "end", "flags"),
    [
        (pace(), 0, {Flag.UNDER}),
        (pace(spent=Decimal(400), reached=Decimal(400), recent=Decimal(300)), 1200, set()),
        (pace(spent=Decimal(600), reached=Decimal(600), recent=Decimal(600)), 2200, {Flag.OVER}),
        (pace(spent=Decimal(700), reached=Decimal(400), recent=Decimal(300)), 1200, {Flag.AHEAD}),
        (pace(spent=Decimal(600), is_completed=True), 600, {Flag.UNDER}),
        (pace(spent=Decimal(600), approved=Decimal(600), is_closed=True), 600, set()),
        (pace(approved=Decimal(0), quarters=(Decimal(0),) * 4), 0, set()),
    ],
)
def test_a_line_is_warned_of_where_it_heads_and_of_running_ahead(line: LinePace, end: int, flags: set[Flag]) -> None:
    assert (end_of_line(line, NOVEMBER), flags_of(line, NOVEMBER)) == (end, flags)


@pytest.mark.parametrize(("today", "is_closed"), [("2027-06-30", False), ("2027-11-12", True)])
def test_before_the_year_and_once_it_is_closed_nothing_is_warned_of(today: str, is_closed: bool) -> None:
    year = YearFacts(date(2027, 7, 1), date(2028, 6, 30), date.fromisoformat(today), is_closed=is_closed)
    assert flags_of(pace(), year) == frozenset()
    assert end_of_line(pace(), year) == (Decimal(0) if is_closed else None)


def warned(name: str, line: LinePace) -> list[str]:
    return warnings_of(name, line, outlook_of(line, NOVEMBER), NOVEMBER)


def test_a_warning_says_where_the_line_ends_and_what_is_spent_of_the_plan() -> None:
    line = pace(spent=Decimal(700), reached=Decimal(700), recent=Decimal(700))
    ends = "if the rest of its plan goes at the pace of the last 3 months; 1,200 approved."
    assert warned("Venue", line) == [
        "Venue: 140\xa0% of plan at 42\xa0% of the time.",
        f"Venue: 2,567 by 30\xa0June 2028 {ends}",
    ]
    assert warned("Venue", pace(spent=Decimal(400), reached=Decimal(400), recent=Decimal(300))) == []

"""The arithmetic of the allocation, against figures worked out by hand and against chance."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.requests.figures import ComparedLine, cost_of, importance_only, outcome, same_share, score_of
from planning.requests.pages.what_if import compare

HOURS, FUND = 1, 2
LINES = [
    ComparedLine(
        1, "Bristol", HOURS, Decimal(100), Decimal(0), importance=5, score=28, decision="open", granted=Decimal(0)
    ),
    ComparedLine(
        2, "Avon", HOURS, Decimal(50), Decimal(0), importance=3, score=18, decision="full", granted=Decimal(50)
    ),
    ComparedLine(
        3, "Avon", FUND, Decimal(1000), Decimal(1), importance=4, score=21, decision="part", granted=Decimal(300)
    ),
    ComparedLine(
        4, "Chester", FUND, Decimal(500), Decimal(1), importance=4, score=24, decision="open", granted=Decimal(0)
    ),
]


@pytest.mark.parametrize(
    ("importance", "urgency", "evidence", "parts", "total"),
    [(5, 4, 5, (15, 8, 5), 28), (3, 3, 3, (9, 6, 3), 18), (1, 1, 1, (3, 2, 1), 6), (5, 5, 5, (15, 10, 5), 30)],
)
def test_score_is_three_times_importance_and_twice_urgency_and_evidence(
    importance: int, urgency: int, evidence: int, parts: tuple[int, int, int], total: int
) -> None:
    score = score_of(importance, urgency, evidence)
    assert ((score.importance, score.urgency, score.evidence), score.total) == (parts, total)


@pytest.mark.parametrize(
    ("quantity", "unit_cost", "cost"),
    [("3", "0.33", "0.99"), ("0.5", "0.01", "0.01"), ("0.49", "0.01", "0.00"), ("33.33", "1.50", "50.00")],
)
def test_a_cost_is_rounded_to_the_cent_half_up(quantity: str, unit_cost: str, cost: str) -> None:
    assert cost_of(Decimal(quantity), Decimal(unit_cost)) == Decimal(cost)


def test_the_same_share_is_everything_where_it_is_enough() -> None:
    assert same_share(LINES, {HOURS: Decimal(120), FUND: Decimal(1500)}) == {
        1: 80,
        2: 40,
        3: 1000,
        4: 500,
    }


def test_importance_only_serves_the_important_in_full_until_the_pool_is_empty() -> None:
    assert importance_only(LINES, {HOURS: Decimal(120), FUND: Decimal(600)}) == {
        1: 100,
        2: 20,
        4: 500,
        3: 100,
    }


def test_an_outcome_is_put_in_figures() -> None:
    draft = {line.pk: line.granted for line in LINES}
    found = outcome(LINES, {1: Decimal(100), 2: Decimal(20), 3: Decimal(100), 4: Decimal(500)}, beside=draft)
    assert (found.full, found.part, found.nothing) == (2, 2, 0)
    assert found.share == (Decimal(80) + Decimal(40)) / 2
    assert found.lowest == ("Avon", Decimal(25))
    assert (found.gains, found.loses) == (("Chester", Decimal(500)), ("Avon", Decimal(-200)))


def test_nothing_asked_is_no_share() -> None:
    found = outcome([], {})
    assert (found.share, found.lowest, found.full, found.part, found.nothing) == (None, None, 0, 0, 0)


def test_the_table_says_it_in_words() -> None:
    found = compare(LINES, {HOURS: Decimal(120), FUND: Decimal(600)})
    assert [values for _, values in found.rows] == [
        ["27\N{NO-BREAK SPACE}%", "60\N{NO-BREAK SPACE}%", "60\N{NO-BREAK SPACE}%"],
        ["Bristol 0\N{NO-BREAK SPACE}%", "Chester 40\N{NO-BREAK SPACE}%", "Avon 25\N{NO-BREAK SPACE}%"],
        ["1 / 1 / 2", "0 / 4 / 0", "2 / 2 / 0"],
        ["–", "Chester +200", "Chester +500, Avon −200"],
    ]


amounts = st.decimals(min_value="0.01", max_value="99999.99", places=2)
lines = st.lists(st.tuples(st.sampled_from([HOURS, FUND]), amounts, st.integers(1, 5)), max_size=12)


@given(lines, amounts, amounts)
def test_no_scenario_gives_more_than_there_is_or_was_asked(
    typed: list[tuple[int, Decimal, int]], hours: Decimal, fund: Decimal
) -> None:
    lines = [
        replace(LINES[0], pk=n, pool=pool, quantity=quantity, importance=importance)
        for n, (pool, quantity, importance) in enumerate(typed)
    ]
    free = {HOURS: hours, FUND: fund}
    for way in (same_share, importance_only):
        granted = way(lines, free)
        assert all(0 <= granted[line.pk] <= line.quantity for line in lines)
        for pool, available in free.items():
            assert sum(granted[line.pk] for line in lines if line.pool == pool) <= available

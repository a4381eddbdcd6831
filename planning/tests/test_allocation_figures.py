"""The arithmetic of the allocation, against figures worked out by hand and against chance."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.requests.figures import Ask, cost_of, importance_only, outcome, same_share, score_of
from planning.requests.whatif import compare

D = Decimal
HOURS, FUND = 1, 2
ASKS = [
    Ask(1, "Bristol", HOURS, D(100), D(0), importance=5, score=28, decision="open", granted=D(0)),
    Ask(2, "Avon", HOURS, D(50), D(0), importance=3, score=18, decision="full", granted=D(50)),
    Ask(3, "Avon", FUND, D(1000), D(1), importance=4, score=21, decision="part", granted=D(300)),
    Ask(4, "Chester", FUND, D(500), D(1), importance=4, score=24, decision="open", granted=D(0)),
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
    assert cost_of(D(quantity), D(unit_cost)) == D(cost)


def test_the_same_share_is_everything_where_it_is_enough() -> None:
    assert same_share(ASKS, {HOURS: D(120), FUND: D(1500)}) == {1: D(80), 2: D(40), 3: D(1000), 4: D(500)}


def test_importance_only_serves_the_important_in_full_until_the_pool_is_empty() -> None:
    assert importance_only(ASKS, {HOURS: D(120), FUND: D(600)}) == {1: D(100), 2: D(20), 4: D(500), 3: D(100)}


def test_an_outcome_is_put_in_figures() -> None:
    draft = {ask.line: ask.granted for ask in ASKS}
    found = outcome(ASKS, {1: D(100), 2: D(20), 3: D(100), 4: D(500)}, beside=draft)
    assert (found.full, found.part, found.nothing) == (2, 2, 0)
    assert found.share == (D(80) + D(40)) / 2
    assert found.lowest == ("Avon", D(25))
    assert (found.gains, found.loses) == (("Chester", D(500)), ("Avon", D(-200)))


def test_nothing_asked_is_no_share() -> None:
    found = outcome([], {})
    assert (found.share, found.lowest, found.full, found.part, found.nothing) == (None, None, 0, 0, 0)


def test_the_table_says_it_in_words() -> None:
    found = compare(ASKS, {HOURS: D(120), FUND: D(600)})
    assert [values for _, values in found.rows] == [
        ["27\N{NO-BREAK SPACE}%", "60\N{NO-BREAK SPACE}%", "60\N{NO-BREAK SPACE}%"],
        ["Bristol 0\N{NO-BREAK SPACE}%", "Chester 40\N{NO-BREAK SPACE}%", "Avon 25\N{NO-BREAK SPACE}%"],
        ["1 / 1 / 2", "0 / 4 / 0", "2 / 2 / 0"],
        ["–", "Chester +200", "Chester +500, Avon −200"],
    ]


amounts = st.decimals(min_value="0.01", max_value="99999.99", places=2)
asks = st.lists(st.tuples(st.sampled_from([HOURS, FUND]), amounts, st.integers(1, 5)), max_size=12)


@given(asks, amounts, amounts)
def test_no_scenario_gives_more_than_there_is_or_was_asked(
    typed: list[tuple[int, Decimal, int]], hours: Decimal, fund: Decimal
) -> None:
    lines = [
        replace(ASKS[0], line=n, pool=pool, quantity=quantity, importance=importance)
        for n, (pool, quantity, importance) in enumerate(typed)
    ]
    free = {HOURS: hours, FUND: fund}
    for way in (same_share, importance_only):
        granted = way(lines, free)
        assert all(0 <= granted[ask.line] <= ask.quantity for ask in lines)
        for pool, available in free.items():
            assert sum(granted[ask.line] for ask in lines if ask.pool == pool) <= available

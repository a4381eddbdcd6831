"""What is wrong with pools and the money that pays for them is found, whatever guard was taken out."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace

import pytest

from planning.models import Pool, RequestLine
from planning.requests import actions
from planning.tests.requesting import DURING, ask_bus, decide, open_year, submitted
from sop_portal.dashboards.checks.invariants import problems, title_of
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.without_constraints import unguarded

# What an equation finds is the same on every database; that it finds nothing is seen on both.
pytestmark = pytest.mark.once

FREELANCE = actions.PoolTerms("Freelance hours", "hours", Decimal(1000), rate=Decimal(35))


@shared_fixture
def granted(cast: SimpleNamespace) -> SimpleNamespace:
    """40 freelance hours at 35 and 20 days of the Bookmobile at 1.50 are granted; the fund pays for both."""
    year = open_year(cast)
    freelance = replace(FREELANCE, paid_from=year.fund)
    year.freelance = actions.add_pool(year.cycle, "people", freelance, by=cast.chidi, at=DURING)
    asked = actions.AskedLine(year.freelance, "Trainers", Decimal(50), why_not_forecast="A course came up.")
    year.line = actions.add_line(year.arts, year.story, asked, by=cast.amina, at=DURING, seen=1)
    year.bus_line = ask_bus(year, cast.amina)
    submitted(year, cast)
    decide(year.line, cast.chidi, "part", 40, "Most")
    decide(year.bus_line, cast.chidi, "part", 20, "Some")
    year.fund.refresh_from_db()
    return year


@pytest.fixture(autouse=True)
def no_guards(granted: SimpleNamespace) -> Iterator[None]:
    """No trigger and no check stands on pools and lines, for the transaction of one test."""
    with unguarded("planning_pool", "planning_requestline"):
        yield


def besides_seals() -> list[str]:
    """What does not fit, but for the seals that every change made here breaks."""
    return [problem for problem in problems() if "no act" not in problem]


def test_money_pays_for_hours_and_days_and_everything_fits(granted: SimpleNamespace) -> None:
    assert granted.fund.committed == 40 * 35 + 30
    assert problems() == []


def test_money_that_was_not_committed_for_hours_is_found(granted: SimpleNamespace) -> None:
    Pool.objects.filter(pk=granted.fund.pk).update(committed=30)
    assert besides_seals() == [
        f"{title_of(granted.fund)}: committed is kept as 30.00, but what is granted from it comes to 1430.00."
    ]


def test_another_rate_under_granted_lines_is_found(granted: SimpleNamespace) -> None:
    Pool.objects.filter(pk=granted.freelance.pk).update(rate=36)
    assert besides_seals() == [f"{title_of(granted.line)}: a unit costs 35.00, which is not what its pool says."]


def test_another_payer_under_granted_lines_is_found(granted: SimpleNamespace) -> None:
    other = Pool.objects.create(cycle=granted.cycle, name="Lottery", kind="money", unit="USD", capacity=9)
    Pool.objects.filter(pk=granted.freelance.pk).update(paid_from=other)
    assert besides_seals() == [
        f"{title_of(granted.fund)}: committed is kept as 1430.00, but what is granted from it comes to 30.00.",
        f"{title_of(other)}: committed is kept as 0.00, but what is granted from it comes to 1400.00.",
    ]


def test_hours_that_say_no_payer_are_found(granted: SimpleNamespace) -> None:
    Pool.objects.filter(pk=granted.hours.pk).update(is_paid_for=False)
    says = "it does not say at what rate and from which money it is paid, or that it is paid for."
    rule = "it breaks the rule “pool_says_who_pays”."
    assert besides_seals() == [f"{title_of(granted.hours)}: {found}" for found in (rule, says)]
    Pool.objects.filter(pk=granted.hours.pk).update(is_paid_for=True, rate=3)
    assert f"{title_of(granted.hours)}: {says}" in problems()


def test_money_that_others_pay_for_is_found(granted: SimpleNamespace) -> None:
    Pool.objects.filter(pk=granted.fund.pk).update(is_paid_for=True)
    says = ("it breaks the rule “pool_says_who_pays”.", "it is money, and says that others pay for it.")
    assert besides_seals() == [f"{title_of(granted.fund)}: {found}" for found in says]


def test_a_payer_that_is_no_money_is_found(granted: SimpleNamespace) -> None:
    Pool.objects.filter(pk=granted.bus.pk).update(paid_from=granted.hours)
    assert f"{title_of(granted.bus)}: it is paid from what is no money of its year." in problems()


def test_more_than_the_forecast_without_a_word_is_found(granted: SimpleNamespace) -> None:
    RequestLine.objects.filter(pk=granted.bus_line.pk).update(why="")
    assert besides_seals() == [
        f"{title_of(granted.bus_line)}: it breaks the rule “request_line_says_why_more_than_forecast”.",
        f"{title_of(granted.bus_line)}: it asks for 50.00 where the forecast has 0.00 left, and does not say why.",
    ]


@pytest.mark.parametrize("name", ["line", "bus_line"])
def test_a_grant_of_hours_that_cost_less_than_their_rate_is_found(granted: SimpleNamespace, name: str) -> None:
    line = getattr(granted, name)
    RequestLine.objects.filter(pk=line.pk).update(granted_cost=0)
    assert [problem for problem in problems() if "granted_cost is kept as 0.00, but its granted" in problem]

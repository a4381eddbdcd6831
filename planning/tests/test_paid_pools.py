"""Hours and days take money: at the rate of their pool, from the money pool that pays, never more than it holds."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from planning.cycles.actions import create_cycle
from planning.models import Pool, RequestLine, ResourceRequest
from planning.requests import actions
from planning.requests.figures import affordable, cost_of
from planning.tests.requesting import DURING, Browser, ask_bus, decide, open_year, post, submitted, terms
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.shared_fixtures import shared_fixture

FREELANCE = actions.PoolTerms("Freelance hours", "hours", Decimal(1000))


@shared_fixture
def year(cast: SimpleNamespace, during: datetime) -> SimpleNamespace:
    """A money pool with 10,000 left pays for freelance hours at 35 an hour; Arts asks for 400 of them."""
    year = open_year(cast)
    grants = actions.PoolTerms("Grants", "USD", Decimal(10_000))
    year.grants = actions.add_pool(year.cycle, "money", grants, by=cast.chidi, at=DURING)
    freelance = replace(FREELANCE, rate=Decimal(35), paid_from=year.grants)
    year.freelance = actions.add_pool(year.cycle, "people", freelance, by=cast.chidi, at=DURING)
    asked = actions.AskedLine(year.freelance, "Trainers", Decimal(400), why_not_forecast="A course came up.")
    year.arts.refresh_from_db()
    year.line = actions.add_line(year.arts, year.story, asked, by=cast.amina, at=DURING, seen=year.arts.version)
    year.bus_line = ask_bus(year, cast.amina)
    return year


def now(pool: Pool) -> Decimal:
    return Pool.objects.get(pk=pool.pk).committed


def test_a_line_costs_what_its_pool_says(year: SimpleNamespace) -> None:
    assert (year.line.unit_cost, year.line.cost) == (35, 14_000)
    assert (year.bus_line.unit_cost, year.bus_line.cost) == (Decimal("1.50"), 75)
    paid_for = RequestLine.objects.get(request=year.arts, metric="people")
    assert (paid_for.pool, paid_for.unit_cost, paid_for.cost) == (year.hours, 0, 0)


def test_hours_that_no_money_is_left_for_are_refused(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    submitted(year, cast)
    with pytest.raises(NotReady) as refusal:
        decide(year.line, cast.chidi)
    assert str(refusal.value) == (
        "Grants pays for Freelance hours at 35.00 per unit (hours) and has 10,000.00 USD left: "
        "enough for 285.71 of your 400 hours. Take 285.71, or defer the rest."
    )
    assert (now(year.freelance), now(year.grants)) == (0, 0)
    line = decide(year.line, cast.chidi, "part", Decimal("285.71"), "What the grants pay for")
    assert (line.granted, line.granted_cost) == (Decimal("285.71"), Decimal("9999.85"))
    assert (now(year.freelance), now(year.grants)) == (Decimal("285.71"), Decimal("9999.85"))


def test_where_nothing_is_left_nothing_is_offered(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    actions.change_pool(year.grants, terms(year.grants, capacity=Decimal(0)), by=cast.chidi, at=DURING, seen=1)
    submitted(year, cast)
    with pytest.raises(NotReady) as refusal:
        decide(year.line, cast.chidi, "part", 1, "Little")
    assert str(refusal.value) == (
        "Grants pays for Freelance hours at 35.00 per unit (hours), and nothing is left of it. "
        "Defer or refuse the line."
    )


def test_where_both_are_short_what_is_offered_fits_both(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    short = terms(year.freelance, capacity=Decimal(300))
    actions.change_pool(year.freelance, short, by=cast.chidi, at=DURING, seen=1)
    submitted(year, cast)
    with pytest.raises(NotReady) as refusal:
        decide(year.line, cast.chidi)
    assert refusal.value.way_out == "Take 285.71, or defer the rest."


@pytest.mark.parametrize("take_back", ["open", "refused", "send-back"])
def test_what_is_taken_back_is_free_again_in_both_pools(
    year: SimpleNamespace, cast: SimpleNamespace, take_back: str
) -> None:
    submitted(year, cast)
    decide(year.line, cast.chidi, "part", 200, "Half")
    decide(year.bus_line, cast.chidi, "part", 20, "Some")
    assert [now(pool) for pool in (year.freelance, year.grants, year.bus, year.fund)] == [200, 7000, 20, 30]
    if take_back == "send-back":
        request = ResourceRequest.objects.get(pk=year.arts.pk)
        actions.send_back(request, by=cast.chidi, at=DURING, seen=request.version, comment="Too much")
    else:
        for line in (year.line, year.bus_line):
            decide(line, cast.chidi, take_back, 0, "No" if take_back == "refused" else "")
    assert [now(pool) for pool in (year.freelance, year.grants, year.bus, year.fund)] == [0, 0, 0, 0]


def test_a_changed_decision_moves_both_pools_by_the_difference(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    submitted(year, cast)
    decide(year.line, cast.chidi, "part", 285, "Nearly all")
    decide(year.line, cast.chidi, "part", 100, "Less")
    assert (now(year.freelance), now(year.grants)) == (100, 3500)


PAYING: list[tuple[str, dict[str, Any], str]] = [
    ("people", {}, "Say what one unit (hours) of Freelance hours costs and which money pool pays it."),
    ("people", {"rate": Decimal(35)}, "which money pool pays it"),
    ("people", {"rate": Decimal(0), "paid_from": "grants"}, "“Cost of one unit” is less than it can be"),
    ("people", {"rate": Decimal(-1), "paid_from": "grants"}, "“Cost of one unit” is less than it can be"),
    ("materials", {"paid_from": "grants"}, "Say what one unit"),
    ("people", {"is_paid_for": True, "rate": Decimal(3)}, "is either already paid for, or"),
    ("people", {"rate": Decimal(35), "paid_from": "hours"}, "is paid from a money pool of the same year"),
    ("people", {"rate": Decimal(35), "paid_from": "elsewhere"}, "is paid from a money pool of the same year"),
    ("money", {"is_paid_for": True}, "Money pays for others"),
    ("money", {"rate": Decimal(1), "paid_from": "grants"}, "Money pays for others"),
    ("people", {"is_paid_for": True, "takes_materials": True}, "Only a money pool"),
]


@pytest.mark.parametrize(("kind", "said", "sentence"), PAYING)
def test_a_pool_says_who_pays_for_it(
    year: SimpleNamespace, cast: SimpleNamespace, kind: str, said: dict[str, Any], sentence: str
) -> None:
    other = create_cycle(year=2028, by=cast.ada, at=DURING)
    elsewhere = actions.PoolTerms("Money of 2028", "USD", Decimal(9))
    year.elsewhere = actions.add_pool(other, "money", elsewhere, by=cast.chidi, at=DURING)
    if "paid_from" in said:
        said = {**said, "paid_from": getattr(year, said["paid_from"])}
    with pytest.raises(NotReady) as refusal:
        actions.add_pool(year.cycle, kind, replace(FREELANCE, name="More", **said), by=cast.chidi, at=DURING)
    assert sentence.replace("Freelance hours", "More") in str(refusal.value)
    assert not Pool.objects.filter(name="More").exists()


def test_the_database_wants_to_know_who_pays(year: SimpleNamespace) -> None:
    for pool, broken in (
        (year.freelance, {"rate": None}),
        (year.freelance, {"paid_from": None}),
        (year.freelance, {"is_paid_for": True}),
        (year.freelance, {"rate": Decimal(0)}),
        (year.freelance, {"paid_from": year.hours}),
        (year.hours, {"is_paid_for": False}),
        (year.hours, {"takes_materials": True}),
        (year.grants, {"is_paid_for": True}),
        (year.grants, {"paid_from": year.fund}),
        (year.grants, {"takes_materials": True}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pool.objects.filter(pk=pool.pk).update(**broken)


def test_the_database_wants_a_cost_that_fits_its_quantity(year: SimpleNamespace) -> None:
    for broken in ({"cost": 13_999}, {"unit_cost": 36}, {"granted": 1, "decision": "part"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RequestLine.objects.filter(pk=year.line.pk).update(**broken)


def test_a_draft_follows_a_new_rate_and_its_trail_says_so(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    before = ResourceRequest.objects.get(pk=year.arts.pk)
    dearer = terms(year.freelance, rate=Decimal(40))
    actions.change_pool(year.freelance, dearer, by=cast.chidi, at=DURING, seen=1)
    line, after = RequestLine.objects.get(pk=year.line.pk), ResourceRequest.objects.get(pk=year.arts.pk)
    assert (line.unit_cost, line.cost) == (40, 16_000)
    assert (after.cost - before.cost, after.version - before.version) == (2000, 1)
    year.story.refresh_from_db()
    assert year.story.asked == after.cost
    entry = Entry.objects.filter(kind="request", verb="edit").order_by("position").last()
    assert entry is not None
    assert [(c["field"], c["old"], c["new"]) for c in entry.changes] == [("unit_cost", "35.00", "40")]


@pytest.mark.parametrize("other", [{"rate": Decimal(40)}, {"paid_from": "fund"}, {"is_paid_for": True}])
def test_what_is_submitted_keeps_its_rate_and_payer(
    year: SimpleNamespace, cast: SimpleNamespace, other: dict[str, Any]
) -> None:
    submitted(year, cast)
    if "paid_from" in other:
        other = {"paid_from": year.fund}
    if "is_paid_for" in other:
        other = {"is_paid_for": True, "rate": None, "paid_from": None}
    with pytest.raises(NotReady) as refusal:
        actions.change_pool(year.freelance, terms(year.freelance, **other), by=cast.chidi, at=DURING, seen=1)
    assert str(refusal.value) == (
        "Requests that are submitted ask for Freelance hours already, so what it costs and who pays it stays. "
        "Send those requests back first, or keep a second pool with the other terms."
    )
    for request in (year.arts, year.sports):
        request.refresh_from_db()
        actions.send_back(request, by=cast.chidi, at=DURING, seen=request.version, comment="A new rate")
    actions.change_pool(year.freelance, terms(year.freelance, **other), by=cast.chidi, at=DURING, seen=1)


def test_more_than_the_forecast_needs_a_reason(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = RequestLine.objects.select_related("request").get(request=year.arts, metric="people")
    asked = actions.AskedLine(year.hours, "", Decimal(150), forecast_line=year.story.forecast_line)
    seen = ResourceRequest.objects.get(pk=year.arts.pk).version
    with pytest.raises(NotReady) as refusal:
        actions.change_line(line, asked, by=cast.amina, at=DURING, seen=seen)
    assert str(refusal.value).replace("\N{NO-BREAK SPACE}", " ") == (
        "150 hours is more than the forecast of Story hours has left: 120 hours. "
        "Say why you ask for more, or ask for 120 hours."
    )
    line.request.refresh_from_db()
    changed = actions.change_line(line, replace(asked, why="A third group"), by=cast.amina, at=DURING, seen=seen)
    assert (changed.quantity, changed.forecast_left) == (150, 120)
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestLine.objects.filter(pk=line.pk).update(why="")


def test_the_forecast_is_asked_for_once(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    again = actions.AskedLine(year.fund, "Prizes", Decimal(1), forecast_line=year.story.forecast_line)
    seen = ResourceRequest.objects.get(pk=year.arts.pk).version
    with pytest.raises(NotReady) as refusal:
        actions.add_line(year.arts, year.story, again, by=cast.amina, at=DURING, seen=seen)
    assert str(refusal.value) == (
        "What the forecast of Story hours says is asked for already. Say why you ask for more."
    )


def test_the_form_asks_why_and_keeps_what_was_typed(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    line = RequestLine.objects.get(request=year.arts, metric="people")
    seen = ResourceRequest.objects.get(pk=year.arts.pk).version
    fields = {"seen": seen, "pool": year.hours.pk, "what": "Librarians", "quantity": "150", "is_forecast": "yes"}
    refused = post(as_person(cast.amina), f"/2027/requests/arts/line/{line.pk}/", **fields)
    text = refused.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert refused.status_code == 422
    assert "150 hours is more than the forecast of Story hours has left: 120 hours." in text
    assert 'value="150"' in text
    assert "Freelance hours (hours, 35.00 each)" in text


def test_the_pages_show_the_money_that_hours_take(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    submitted(year, cast)
    client = as_person(cast.chidi)
    bars = client.get("/2027/pools/").content.decode()
    assert "10,000 free, 4,000 USD asked beyond it" in bars
    board = client.get("/2027/allocation/").content.decode()
    assert "14,000.00" in board
    assert f'data-pays="{year.grants.pk}">10,000\N{NO-BREAK SPACE}USD' in board
    row = client.get(f"/2027/allocation/{year.line.pk}/").content.decode()
    assert "Grants" in row


rates = st.decimals(min_value="0.01", max_value="999.99", places=2)
amounts = st.decimals(min_value="0", max_value="99999.99", places=2)


@given(amounts, rates)
def test_what_is_offered_never_costs_more_than_there_is(money: Decimal, rate: Decimal) -> None:
    quantity = affordable(money, rate)
    assert cost_of(quantity, rate) <= money
    assert cost_of(quantity + Decimal("0.01"), rate) >= money - rate / 100

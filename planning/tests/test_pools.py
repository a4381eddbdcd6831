"""The pools: who keeps them, and that nothing already granted is taken away."""

from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from planning.models import Cycle, Pool, RequestLine
from planning.requests import actions
from planning.tests.requesting import DURING, Browser, ask_bus, decide, open_year, post, submitted, terms
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.shared_fixtures import shared_fixture

ROOMS = actions.PoolTerms("Rooms", "days", Decimal(1), is_paid_for=True)


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """20 of the 32 days of the Bookmobile are granted."""
    year = open_year(cast)
    line = ask_bus(year, cast.amina)
    submitted(year, cast)
    decide(line, cast.chidi, "part", 20, "The rest in autumn.")
    return year


@pytest.mark.parametrize("name", ["amina", "ben", "dora", "emil", "ada", "omar", "farid"])
def test_only_the_resource_team_keeps_pools(year: SimpleNamespace, cast: SimpleNamespace, name: str) -> None:
    person = getattr(cast, name)
    with pytest.raises(NotYours):
        actions.add_pool(year.cycle, "materials", ROOMS, by=person, at=DURING)
    with pytest.raises(NotYours):
        actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(50)), by=person, at=DURING, seen=1)


def test_a_capacity_does_not_go_below_what_is_granted(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.change_pool(year.bus, terms(year.bus, capacity=Decimal("19.99")), by=cast.chidi, at=DURING, seen=1)
    assert str(refusal.value) == (
        "20 days of Bookmobile are granted already, so its capacity cannot go below that. "
        "Take grants back first, or keep at least 20 days."
    )
    actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(20)), by=cast.chidi, at=DURING, seen=1)
    stored = Pool.objects.get(pk=year.bus.pk)
    assert (stored.capacity, stored.committed, stored.version) == (20, 20, 2)
    entry = Entry.objects.filter(kind="pool", verb="edit").get()
    assert entry.changes == [{"where": "Bookmobile", "field": "capacity", "old": "32.00", "new": "20"}]


def test_the_database_refuses_it_too(year: SimpleNamespace) -> None:
    for broken in ({"capacity": 19}, {"committed": 33}, {"committed": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Pool.objects.filter(pk=year.bus.pk).update(**broken)


def test_a_pool_keeps_its_name_once_something_of_it_is_granted(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    for pool in (year.bus, year.fund):
        pool.refresh_from_db()
        with pytest.raises(NotReady, match="are granted already, so it keeps its name"):
            actions.change_pool(pool, terms(pool, name="Fuel"), by=cast.chidi, at=DURING, seen=pool.version)
    decide(RequestLine.objects.get(granted=20), cast.chidi, "open")
    actions.change_pool(year.bus, terms(year.bus, name="Fuel"), by=cast.chidi, at=DURING, seen=1)
    assert Pool.objects.get(pk=year.bus.pk).name == "Fuel"


@pytest.mark.parametrize(
    "relabelled", [{"name": "Fuel"}, {"unit": "litres"}, {"rate": 9}, {"kind": "people"}, {"rate": None}]
)
def test_the_database_keeps_the_labels_of_what_is_granted(year: SimpleNamespace, relabelled: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Pool.objects.filter(pk=year.bus.pk).update(**relabelled)


@pytest.mark.parametrize("changed", ["quantity", "pool", "unit_cost"])
def test_the_database_keeps_a_granted_line_as_it_was_asked(year: SimpleNamespace, changed: str) -> None:
    value = year.hours if changed == "pool" else 99
    with pytest.raises(IntegrityError), transaction.atomic():
        RequestLine.objects.filter(granted=20).update(**{changed: value})


def test_the_second_to_change_a_pool_is_told(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(40)), by=cast.chidi, at=DURING, seen=1)
    with pytest.raises(Changed):
        actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(30)), by=cast.chen, at=DURING, seen=1)


def test_a_unit_in_use_stays(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    with pytest.raises(NotReady, match="its unit stays"):
        actions.change_pool(year.bus, terms(year.bus, unit="weeks"), by=cast.chidi, at=DURING, seen=1)


def test_a_name_is_used_once_in_a_year(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    with pytest.raises(NotReady, match="already"):
        actions.add_pool(year.cycle, "materials", replace(ROOMS, name="Bookmobile"), by=cast.chidi, at=DURING)
    with pytest.raises(NotReady, match="already"):
        actions.change_pool(year.hours, terms(year.hours, name="Bookmobile"), by=cast.chidi, at=DURING, seen=1)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("materials", replace(ROOMS, name=" ")),
        ("materials", replace(ROOMS, unit="")),
        ("gold", ROOMS),
        ("materials", replace(ROOMS, capacity=Decimal(-1))),
    ],
    ids=str,
)
def test_a_pool_has_name_kind_unit_and_capacity(
    year: SimpleNamespace, cast: SimpleNamespace, kind: str, wrong: actions.PoolTerms
) -> None:
    with pytest.raises(NotReady):
        actions.add_pool(year.cycle, kind, wrong, by=cast.chidi, at=DURING)


def test_the_pools_of_a_closed_year_stay(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    closed = {"state": "closed", "closed_at": DURING, "closed_by": cast.ada}
    Cycle.objects.filter(pk=year.cycle.pk).update(**closed)
    with pytest.raises(NotNow, match="The year 2027 is closed"):
        actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(50)), by=cast.chidi, at=DURING, seen=1)


def test_pools_are_kept_on_pages(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    client = as_person(cast.chidi)
    assert client.get("/2027/pools/new/").status_code == 200
    rooms = {"name": "Rooms", "kind": "materials", "unit": "half-days", "is_paid_for": "on"}
    made = post(client, "/2027/pools/new/", **rooms, capacity="640")
    assert (made.status_code, made["Location"]) == (302, "/2027/pools/")
    assert Pool.objects.get(name="Rooms").capacity == 640
    url = f"/2027/pools/{year.bus.pk}/"
    bus = {"name": "Bookmobile", "unit": "days", "rate": "1.50", "paid_from": year.fund.pk}
    low = post(client, url, seen=1, **bus, capacity="10")
    assert low.status_code == 422
    assert "its capacity cannot go below that" in low.context["form"].errors["capacity"][0]
    dearer = post(client, url, seen=1, **bus | {"rate": "2.50"}, capacity="40")
    assert list(dearer.context["form"].errors) == ["rate"]
    assert "what it costs and who pays it stays" in dearer.context["form"].errors["rate"][0]
    assert post(client, url, seen=1, **bus, capacity="40").status_code == 302
    assert post(client, url, seen=1, **bus, capacity="41").status_code == 409


@pytest.mark.parametrize("capacity", ["", "-1", "1e3", "1_000", "١٢", "12,34", "1.234", "NaN", "9" * 40, "=1+1"])
def test_a_bad_capacity_is_refused_and_stays_in_the_field(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, capacity: str
) -> None:
    client = as_person(cast.chidi)
    refused = post(client, "/2027/pools/new/", name="Rooms", kind="materials", unit="days", capacity=capacity)
    assert refused.status_code == 422
    assert Pool.objects.filter(name="Rooms").count() == 0


def test_a_chinese_keyboard_is_read(year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser) -> None:
    made = post(
        as_person(cast.chidi),
        "/2027/pools/new/",
        name="场地",
        kind="materials",
        unit="天",
        capacity="６４０．５",
        is_paid_for="on",
    )
    assert (made.status_code, Pool.objects.get(name="场地").capacity) == (302, Decimal("640.5"))


def test_heads_see_what_there_is_but_not_what_others_ask(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.bao).get("/2027/pools/").content.decode()
    assert "Bookmobile" in page
    assert 'id="bars"' not in page
    assert 'id="bars"' in as_person(cast.omar).get("/2027/pools/").content.decode()
    assert as_person(cast.farid).get("/2027/pools/").status_code == 403
    assert as_person(cast.bao).get("/2027/pools/new/").status_code == 403

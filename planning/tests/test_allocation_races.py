"""Several reviewers in the same moment: no pool is ever over-committed, and no decision is lost.

Each person acts in a thread with a database connection of its own. On SQLite the writers queue (BEGIN IMMEDIATE),
on PostgreSQL they meet at the rows.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, OuterRef, Subquery, Sum

from planning.models import Pool, Project, RequestLine, ResourceRequest
from planning.requests import actions
from planning.tests.requesting import DURING, ask_bus, open_year, submitted, terms
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.models import Entry

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
LINES = 12
GRANTS = 200


@pytest.fixture
def year(transactional_db: None, cast: SimpleNamespace) -> SimpleNamespace:
    """Arts and Sports ask for the 32 days of the Bookmobile on twelve lines each, five days a line."""
    year = open_year(cast)
    year.lines = [ask_bus(year, head, "5") for head in (cast.amina, cast.bao) for _ in range(LINES)]
    return submitted(year, cast)


def together(acts: list[Callable[[], Any]]) -> list[Any]:
    """Carry all acts out at once; what each returned, or the exception it raised."""
    gate = Barrier(len(acts))

    def carry_out(act: Callable[[], Any]) -> Any:
        try:
            gate.wait(10)
            return act()
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as people:
        return list(people.map(carry_out, acts))


def grant(line: RequestLine, by: User, granted: str = "5") -> Any:
    reloaded = RequestLine.objects.select_related("request").get(pk=line.pk)
    decision = "full" if reloaded.quantity == Decimal(granted) else "part"
    decided, shown = actions.LineDecision(decision, Decimal(granted), "Race"), line.decision_version
    return actions.grant(reloaded, decided, by=by, at=DURING, seen=reloaded.request.version, seen_decision=shown)


def sums_agree(year: SimpleNamespace) -> None:
    committed = RequestLine.objects.filter(pool=year.bus).aggregate(sum=Sum("granted"))["sum"]
    assert Pool.objects.get(pk=year.bus.pk).committed == committed
    for project in Project.objects.all():
        found = project.request_lines.aggregate(asked=Sum("cost"), granted=Sum("granted_cost"))
        is_allocated = project.request_lines.filter(request__state="allocated").exists()
        assert (project.granted, project.asked) == (found["granted"] if is_allocated else 0, found["asked"])


def test_two_reviewers_never_over_commit_a_pool(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    def review(by: User, lines: list[RequestLine]) -> list[Any]:
        found = []
        for line in lines:
            try:
                found.append(grant(line, by))
            except NotReady as refusal:
                found.append(refusal)
        return found

    both = together(
        [
            lambda: review(cast.chidi, year.lines[:LINES]),
            lambda: review(cast.chen, year.lines[LINES:]),
        ]
    )
    found = [result for results in both for result in results]
    assert [type(result) for result in found if not isinstance(result, RequestLine | NotReady)] == []
    assert sum(isinstance(result, RequestLine) for result in found) == 6
    assert Pool.objects.get(pk=year.bus.pk).committed == 30
    sums_agree(year)
    assert verify() == []


def test_the_last_days_of_a_pool_go_to_one_of_many(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(5)), by=cast.chidi, at=DURING, seen=1)
    people = [cast.chidi, cast.chen] * 4
    found = together(
        [lambda line=line, by=by: grant(line, by) for line, by in zip(year.lines[8:16], people, strict=True)]
    )
    assert sorted(type(result).__name__ for result in found) == ["NotReady"] * 7 + ["RequestLine"]
    assert Pool.objects.get(pk=year.bus.pk).committed == 5
    sums_agree(year)


def test_two_decisions_on_one_line_have_one_effect(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    line = year.lines[0]
    found = together(
        [
            lambda: grant(line, cast.chidi, "2"),
            lambda: grant(line, cast.chen, "3"),
            lambda: grant(line, cast.chidi, "1"),
            lambda: grant(line, cast.chen, "4"),
        ]
    )
    assert sorted(type(result).__name__ for result in found) == ["Changed", "Changed", "Changed", "RequestLine"]
    stored = RequestLine.objects.get(pk=line.pk)
    assert stored.granted == Pool.objects.get(pk=year.bus.pk).committed
    assert Entry.objects.filter(kind="request", verb="grant").count() == 1
    sums_agree(year)


def test_a_grant_and_a_send_back_leave_nothing_committed_behind(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    for line in year.lines[:3]:
        grant(line, cast.chidi)
    seen = ResourceRequest.objects.get(pk=year.arts.pk).version

    def send_back() -> Any:
        reloaded = ResourceRequest.objects.get(pk=year.arts.pk)
        return actions.send_back(reloaded, by=cast.chen, at=DURING, seen=seen, comment="Too much.")

    found = together([send_back, lambda: grant(year.lines[3], cast.chidi), lambda: grant(year.lines[4], cast.chidi)])
    assert [type(r) for r in found if not isinstance(r, ResourceRequest | RequestLine | NotNow | Changed)] == []
    # Either the request goes back with what was seen, or what was granted meanwhile is looked at first.
    is_back = isinstance(found[0], ResourceRequest)
    assert Pool.objects.get(pk=year.bus.pk).committed == (0 if is_back else 25)
    sums_agree(year)


def test_a_pool_is_not_made_smaller_under_a_grant(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    def shrink() -> Any:
        return actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(4)), by=cast.chen, at=DURING, seen=1)

    found = together([shrink, lambda: grant(year.lines[0], cast.chidi)])
    assert sorted(isinstance(result, NotReady) for result in found) == [False, True]
    pool = Pool.objects.get(pk=year.bus.pk)
    assert (pool.capacity, pool.committed) in ((4, 0), (32, 5))


def test_the_same_request_is_allocated_once(year: SimpleNamespace, cast: SimpleNamespace) -> None:
    actions.change_pool(year.bus, terms(year.bus, capacity=Decimal(200)), by=cast.chidi, at=DURING, seen=1)
    for line in RequestLine.objects.filter(request=year.arts).order_by("pk"):
        actions.grant(line, actions.LineDecision("full"), by=cast.chidi, at=DURING, seen=line.request.version)

    def allocate(by: User) -> Any:
        reloaded = ResourceRequest.objects.get(pk=year.arts.pk)
        return actions.allocate(reloaded, by=by, at=DURING, seen=reloaded.version)

    found = together([lambda: allocate(cast.chidi), lambda: allocate(cast.chen)])
    assert sorted(type(result).__name__ for result in found) == ["NotNow", "ResourceRequest"]
    assert Entry.objects.filter(kind="request", verb="allocate").count() == 1


def test_two_people_who_edit_one_draft_do_not_lose_a_line(transactional_db: None, cast: SimpleNamespace) -> None:
    year = open_year(cast)

    asked = actions.AskedLine(year.bus, "Bus", Decimal(1), "More", forecast_line=year.story.forecast_line)

    def add(by: User) -> Any:
        return actions.add_line(year.arts, year.story, asked, by=by, at=DURING, seen=1)

    found = together([lambda: add(cast.amina), lambda: add(cast.ben)])
    assert sorted(type(result) for result in found if not isinstance(result, RequestLine)) == [Changed]
    sums_agree(year)


@pytest.fixture
def paid_year(transactional_db: None, cast: SimpleNamespace) -> SimpleNamespace:
    """Both departments ask a hundred times for an hour at 35; the money that pays is enough for 120 of the 200."""
    year = open_year(cast)
    grants = actions.PoolTerms("Grants", "USD", Decimal(120 * 35))
    year.grants = actions.add_pool(year.cycle, "money", grants, by=cast.chidi, at=DURING)
    freelance = actions.PoolTerms("Freelance hours", "hours", Decimal(150), rate=Decimal(35), paid_from=year.grants)
    year.bus = actions.add_pool(year.cycle, "people", freelance, by=cast.chidi, at=DURING)
    asked = actions.AskedLine(year.bus, "Trainer", Decimal(1), why_not_forecast="A course came up.")
    year.lines = [
        actions.add_line(request, project, asked, by=head, at=DURING, seen=request.version)
        for request, project, head in ((year.arts, year.story, cast.amina), (year.sports, year.swimming, cast.bao))
        for _ in range(GRANTS // 2)
    ]
    return submitted(year, cast)


def money_fits(year: SimpleNamespace) -> None:
    """At one moment: what the money pool committed is what the granted hours cost, and no pool holds too little."""
    lines = RequestLine.objects.filter(pool=OuterRef("pk")).order_by().values("pool").annotate(n=Sum("granted"))
    granted = Subquery(lines.values("n"))
    hours = Pool.objects.annotate(sum=granted, paid=F("paid_from__committed")).get(pk=year.bus.pk)
    assert hours.committed == hours.sum
    assert hours.paid == hours.committed * 35
    assert hours.committed <= 120


def test_two_hundred_grants_of_hours_never_take_more_than_the_money_that_pays(
    paid_year: SimpleNamespace, cast: SimpleNamespace
) -> None:
    year, reviewers = paid_year, [cast.chidi, cast.chen] * 4
    share = GRANTS // len(reviewers)

    def review(by: User, lines: list[RequestLine]) -> list[Any]:
        found = []
        for line in lines:
            try:
                found.append(grant(line, by, "1"))
            except NotReady as refusal:
                found.append(refusal)
            money_fits(year)
        return found

    acts = [
        lambda by=by, turn=turn: review(by, year.lines[turn * share : (turn + 1) * share])
        for turn, by in enumerate(reviewers)
    ]
    results = together(acts)
    assert [result for result in results if not isinstance(result, list)] == []
    found = [result for results in results for result in results]
    assert [type(result) for result in found if not isinstance(result, RequestLine | NotReady)] == []
    assert sum(isinstance(result, RequestLine) for result in found) == 120
    refused = {str(result) for result in found if isinstance(result, NotReady)}
    assert refused == {
        "Grants pays for Freelance hours at 35.00 per unit (hours), and nothing is left of it. "
        "Defer or refuse the line."
    }
    assert Pool.objects.get(pk=year.grants.pk).committed == 120 * 35
    sums_agree(year)
    assert verify() == []


def test_a_rate_does_not_change_under_a_submitted_request(paid_year: SimpleNamespace, cast: SimpleNamespace) -> None:
    year = paid_year

    def dearer() -> Any:
        return actions.change_pool(year.bus, terms(year.bus, rate=Decimal(40)), by=cast.chen, at=DURING, seen=1)

    found = together([dearer, *(lambda line=line: grant(line, cast.chidi, "1") for line in year.lines[:3])])
    assert [type(result).__name__ for result in found] == ["NotReady", *["RequestLine"] * 3]
    money_fits(year)

"""What the lines of a budget take of the money pools, at every link of the chain."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.drafting import actions
from budgets.drafting.queries.pools import beyond_pools, taken_in_force, taken_of_pools
from budgets.models import Budget, Confirmation
from budgets.tests.budget_year import line_of, propose, set_amount
from planning.models import Pool
from sop_portal.dashboards.checks.history import remarks
from sop_portal.foundation.organisation.models import User
from sop_portal.tests.page_text import words_of

BEYOND = "more than it holds"


@pytest.fixture
def raised(in_force: Budget, cast: SimpleNamespace, may: datetime) -> SimpleNamespace:
    """An amendment raises line 2 above all that its money pool holds, with a reason."""
    amendment = actions.amend(in_force, reason="A gift was promised.", by=cast.dora, at=may)
    line = line_of(amendment, 2)
    pool = line.allocation.pool.paid_from or line.allocation.pool
    set_amount(line, int(pool.capacity) + 1, cast.dora, more_reason="A gift")
    return SimpleNamespace(budget=Budget.objects.get(pk=amendment.pk), before=in_force, pool=pool)


def test_lines_are_counted_to_the_money_that_pays_for_them(in_force: Budget) -> None:
    wanted: dict[int, Decimal] = {}
    for line in in_force.lines.filter(is_refused=False, allocation__pool__is_paid_for=False):
        payer = line.allocation.pool.paid_from_id or line.allocation.pool_id
        wanted[payer] = wanted.get(payer, Decimal(0)) + line.amount
    assert wanted
    assert {pool.pk: amount for pool, amount in taken_of_pools(in_force)} == wanted
    assert taken_in_force(in_force.cycle_id) == wanted


def test_a_version_that_takes_more_than_there_is_says_so(raised: SimpleNamespace) -> None:
    assert beyond_pools(raised.before) == []
    [(pool, amount)] = beyond_pools(raised.budget)
    assert (pool, amount > pool.capacity) == (raised.pool, True)


def test_every_page_of_the_chain_names_it(
    raised: SimpleNamespace, as_person: Callable[..., Client], cast: SimpleNamespace, may: datetime
) -> None:
    budget, line = raised.budget, line_of(raised.budget, 2)

    def names_it(address: str, person: User) -> bool:
        words = words_of(as_person(person).get(address))
        return f"Lines paid from “{raised.pool}” come to" in words and BEYOND in words

    def now() -> Budget:
        return Budget.objects.get(pk=budget.pk)

    assert names_it(f"{budget.get_absolute_url()}share/", cast.dora)
    actions.share(now(), by=cast.dora, at=may, seen=now().version)
    answer = Confirmation.objects.get(budget=budget, department=line.department)
    contested = {line.pk: (line.amount - 1, "One less")}
    actions.contest(answer, by=cast.amina, at=may, seen=answer.version, contested=contested)
    assert names_it(f"{answer.get_absolute_url()}settle/", cast.dora)
    actions.settle(answer, by=cast.dora, at=may, seen=answer.version, amounts={line.pk: line.amount - 1})
    assert not names_it(f"{answer.get_absolute_url()}confirm/", cast.amina)
    propose(now(), cast)
    assert names_it(f"{budget.get_absolute_url()}approve/", cast.emil)


def test_the_page_of_pools_says_what_lines_in_force_take(
    raised: SimpleNamespace, as_person: Callable[..., Client], cast: SimpleNamespace
) -> None:
    def shown() -> tuple[bool, bool]:
        words = words_of(as_person(cast.chidi).get("/2027/pools/"))
        return f"Lines paid from “{raised.pool}” come to" in words, BEYOND in words

    assert (shown(), remarks()) == ((True, False), [])
    Pool.objects.filter(pk=raised.pool.pk).update(capacity=Decimal(1), committed=Decimal(0))
    assert shown() == (True, True)
    [said] = remarks()
    assert said.startswith(f"Lines in force paid from pool {raised.pool.pk} “{raised.pool}” come to ")
    assert "Lines paid from" not in words_of(as_person(cast.amina).get("/2027/pools/"))

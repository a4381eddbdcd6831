"""The totals of the sheet: read from the stored sums, equal to what the lines of each state come to."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.drafting import actions
from budgets.drafting.figures import LineSums
from budgets.drafting.forms import STATES
from budgets.drafting.queries.lines import narrowed
from budgets.drafting.queries.sums import sums_by_quarter, totals_of
from budgets.models import Budget, BudgetLine
from budgets.tests.budget_year import answer_of, line_of, set_amount, shared
from planning.models import Cycle
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def answered(allocated: Cycle, arts: Department, sports: Department, cast: SimpleNamespace, may: datetime) -> Budget:
    """Arts contests one of its three lines, another is not budgeted; Sports confirmed its only line."""
    budget = shared(allocated, cast)
    actions.leave_out(line_of(budget, 1), why="Paid by a friend", by=cast.dora, at=may, seen=1)
    set_amount(line_of(budget, 2), "3600.02", cast.dora)
    answer = answer_of(budget, arts)
    wanted = {line_of(budget, 3).pk: (Decimal(1290), "Both boxes")}
    actions.contest(answer, contested=wanted, by=cast.amina, at=may, seen=answer.version)
    answer = answer_of(budget, sports)
    actions.confirm(answer, by=cast.bao, at=may, seen=answer.version)
    return budget


@pytest.mark.parametrize("state", ["", *(state for state, _ in STATES)])
def test_the_totals_of_every_state_are_what_its_lines_come_to(answered: Budget, state: str) -> None:
    lines = BudgetLine.objects.filter(budget=answered)
    total = totals_of(answered, lines, list(answered.sums.all()), state)
    shown = narrowed(lines, answered, {"state": state})
    counted = {name: amount or Decimal(0) for name, amount in sums_by_quarter(shown).items()}
    amount = counted.pop("amount")
    assert total.sums == LineSums(count=shown.count(), **counted)
    assert total.sums.amount == amount


def test_the_settled_lines_are_those_confirmed_and_those_beside_a_contested_one(answered: Budget) -> None:
    lines, sums = BudgetLine.objects.filter(budget=answered), list(answered.sums.all())
    settled = {state: totals_of(answered, lines, sums, state).settled for state in ("", "confirmed", "contested")}
    assert settled == {"": 2, "confirmed": 2, "contested": 0}

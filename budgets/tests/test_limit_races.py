"""Limits that acts of different kinds reach for in the same moment: what is there is taken once."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.drafting import actions as budgets
from budgets.drafting.actions import FundTerms
from budgets.models import Appropriation, Budget, Expense, Fund
from budgets.spending import actions
from budgets.spending.actions import Payment
from budgets.tests.budget_year import compiled, line_of, propose, update_stored_totals
from planning.models import Cycle
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.workflow.models import Seal
from sop_portal.tests.concurrency import at_once
from sop_portal.tests.without_constraints import as_if_by_an_act

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
ZERO = Decimal(0)


def test_an_exception_is_spent_once(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    early = Payment(Decimal(50), date(2027, 6, 1), "Deposit")
    asked = actions.ask_exception(approved_line, early, why="It was due", by=cast.ben, at=october)
    granted = actions.grant(asked, by=cast.dora, at=october, seen=asked.version)

    def spend() -> str:
        actions.post(approved_line, early, by=cast.ben, at=october, exception=granted)
        return "posted"

    answers = at_once([spend] * 8)
    assert answers.count("posted") == 1
    assert (Expense.objects.count(), Appropriation.objects.get().spent) == (1, 50)


@pytest.mark.slow
def test_a_fund_is_not_cut_below_what_is_put_in_force_in_the_same_moment(
    in_force: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    update_stored_totals()
    Fund.objects.update(amount=Decimal(8000))
    as_if_by_an_act("fund")
    fund = Fund.objects.get()
    amendment = budgets.amend(in_force, reason="A second bench", by=cast.dora, at=may)
    more = budgets.LineAmounts(Decimal(1900), ZERO, ZERO, ZERO, more_reason="A second bench")
    budgets.set_line(line_of(amendment, 3), more, by=cast.dora, at=may, seen=amendment.version)
    amendment.refresh_from_db()
    budgets.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    proposed = propose(amendment, cast)
    cut = replace(FundTerms(fund.name), amount=Decimal(7100))

    def approve() -> str:
        budgets.approve(proposed, by=cast.emil, at=may, seen=proposed.version)
        return "approved"

    def cut_fund() -> str:
        budgets.change_fund(fund, cut, by=cast.dora, at=may, seen=fund.version)
        return "cut"

    answers = at_once([approve, cut_fund])
    fund.refresh_from_db()
    assert sorted(answers) in (["NotReady", "approved"], ["NotReady", "cut"])
    assert fund.amount is not None
    assert fund.in_force <= fund.amount


def test_one_of_many_begins_the_amendment(in_force: Budget, cast: SimpleNamespace, may: datetime) -> None:
    update_stored_totals()

    def amend() -> str:
        budgets.amend(in_force, reason="More paper", by=cast.dora, at=may)
        return "begun"

    answers = at_once([amend] * 6)
    assert sorted(answers) == ["NotNow"] * 5 + ["begun"]
    assert Seal.objects.filter(kind="budget-line").count() == 8
    assert [problem for problem in problems() if "no act" in problem] == []


@pytest.mark.slow
def test_words_about_a_purpose_and_another_purpose_do_not_meet_in_the_same_moment(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget = compiled(allocated, cast)
    terms = FundTerms("Reading grant", True, "Reading with children", Decimal(1000))
    fund = budgets.add_fund(terms, by=cast.dora, at=may)
    words = budgets.LineAmounts(Decimal(300), ZERO, ZERO, ZERO, fund=fund, serves_purpose="Books for children")
    seen = Budget.objects.get(pk=budget.pk).version

    def say() -> str:
        budgets.set_line(line_of(budget, 1), words, by=cast.dora, at=may, seen=seen)
        return "said"

    def change() -> str:
        budgets.change_fund(fund, replace(terms, purpose="The roof only"), by=cast.dora, at=may, seen=fund.version)
        return "changed"

    answers = sorted(at_once([say, change]))
    assert answers in (["Changed", "changed"], ["NotReady", "said"])

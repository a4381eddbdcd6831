"""Every link from grant to spending is broken once, with its guards taken out, and found."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.db.models import F

from budgets.models import Appropriation, Budget, BudgetLine, Expense, Fund, ReleasedGrant
from planning.models import Cycle, Project, RequestLine
from sop_portal.dashboards.checks.invariants import problems, title_of
from sop_portal.tests.every_act import NOW
from sop_portal.tests.without_constraints import unguarded

# What an equation finds is the same on every database; that it finds nothing is seen on both.
pytestmark = pytest.mark.once

TABLES = ("budgets_budgetline", "budgets_appropriation", "budgets_expense", "budgets_fund", "planning_project")


@pytest.fixture(autouse=True)
def no_guards(year: Cycle) -> Iterator[None]:
    """No trigger and no check stands on the chain, for the transaction of one test."""
    with unguarded(*TABLES):
        yield


def line() -> BudgetLine:
    found: BudgetLine = BudgetLine.objects.order_by("pk")[0]
    return found


def more_than_allocated() -> str:
    BudgetLine.objects.filter(pk=line().pk).update(q1=F("q1") + 900_000)
    return f"{title_of(line())}: it holds more than was allocated, and nobody said why."


def another_allocation() -> str:
    BudgetLine.objects.filter(pk=line().pk).update(allocated=F("allocated") + 900_000)
    return f"{title_of(line())}: what it says was allocated is not what was granted."


def fund_for_another_purpose() -> str:
    Fund.objects.update(is_restricted=True, purpose="Chess", amount=10**9)
    return f"{title_of(line())}: it stands on a restricted fund, and nobody said how it serves the purpose."


def fund_over_its_amount() -> str:
    Fund.objects.update(amount=Decimal(1))
    return f"{title_of(Fund.objects.get())}: its lines in force come to more than it holds."


def restricted_to_nothing() -> str:
    Fund.objects.update(is_restricted=True)
    return f"{title_of(Fund.objects.get())}: it is restricted, but does not say to what or how much."


def lines_outside_the_period() -> str:
    Fund.objects.update(ends_on=date(2027, 12, 31))
    return f"{title_of(line())}: it holds money outside the period of its fund."


def spent_outside_the_period() -> str:
    Fund.objects.update(starts_on=date(2028, 6, 1))
    expense = Expense.objects.order_by("pk")[0]
    return f"{title_of(expense)}: it was spent outside the period of its fund."


def another_fund_for_what_is_spent() -> str:
    other = Fund.objects.create(name="Books only")
    approved = Appropriation.objects.filter(spent__gt=0).order_by("pk")[0]
    Appropriation.objects.filter(pk=approved.pk).update(fund=other)
    BudgetLine.objects.filter(pk=approved.line_id).update(fund=other)
    expense = approved.expenses.order_by("pk")[0]
    return f"{title_of(expense)}: its line has another fund or category by now."


def another_category_for_what_is_spent() -> str:
    approved = Appropriation.objects.filter(spent__gt=0, category="people").order_by("pk")[0]
    Appropriation.objects.filter(pk=approved.pk).update(category="travel")
    return f"{title_of(approved)}: the line in force it stands for has other labels."


def an_old_line() -> str:
    cycle = Cycle.objects.get()
    draft = Budget.objects.create(cycle=cycle, number=9)
    approved = Appropriation.objects.order_by("pk")[0]
    BudgetLine.objects.filter(pk=approved.line_id).update(budget=draft)
    return f"{title_of(approved)}: it stands for a line that is not in force."


def cancelled_and_open() -> str:
    approved = Appropriation.objects.order_by("pk")[0]
    Project.objects.filter(pk=approved.project_id).update(state="cancelled")
    return f"{title_of(approved)}: its project is on hold or cancelled, but the line is open."


def cancelled_and_committed() -> str:
    granted = RequestLine.objects.filter(granted__gt=0).order_by("pk")[0]
    Project.objects.filter(pk=granted.project_id).update(state="cancelled")
    Expense.objects.all().delete()
    Appropriation.objects.update(spent=0)
    return f"{title_of(granted)}: its project is on hold or cancelled, but what it was granted is not free."


def cancelled_and_asking() -> str:
    granted = RequestLine.objects.order_by("pk")[0]
    Project.objects.filter(pk=granted.project_id).update(state="cancelled")
    type(granted.request).objects.filter(pk=granted.request_id).update(state="draft")
    return f"{title_of(granted)}: its project is cancelled, but it still asks for something."


def cancelled_and_planned() -> str:
    draft = Budget.objects.create(cycle=Cycle.objects.get(), number=9)
    planned = line()
    planned.pk, planned.budget, planned.number = None, draft, 9_999
    planned.save(force_insert=True)
    Project.objects.filter(pk=planned.project_id).update(state="cancelled")
    planned.refresh_from_db()
    return f"{title_of(planned)}: its project is cancelled, but the version in the making still gives it money."


def closed_and_holding() -> str:
    approved = Appropriation.objects.order_by("pk")[0]
    Appropriation.objects.filter(pk=approved.pk).update(closed_at=Cycle.objects.get().published_at)
    return f"{title_of(approved)}: it is closed, but holds another amount than was spent."


PLANTED = [
    more_than_allocated,
    another_allocation,
    fund_for_another_purpose,
    fund_over_its_amount,
    restricted_to_nothing,
    lines_outside_the_period,
    spent_outside_the_period,
    another_fund_for_what_is_spent,
    another_category_for_what_is_spent,
    an_old_line,
    cancelled_and_open,
    cancelled_and_committed,
    cancelled_and_asking,
    cancelled_and_planned,
    closed_and_holding,
]


@pytest.mark.walk
@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_broken_link_is_found(plant: Callable[[], str]) -> None:
    assert problems() == []
    said = plant()
    assert said in problems()


def test_a_release_that_comes_to_the_cent_is_not_found_by_binary_fractions(year: Cycle) -> None:
    """20 less 6.78 is 13.22; where a database reckons in binary fractions it is a little less."""
    asked = RequestLine.objects.order_by("pk")[0]
    with unguarded("planning_requestline", "budgets_releasedgrant"):
        RequestLine.objects.filter(pk=asked.pk).update(quantity=Decimal(20), granted=Decimal("6.78"))
        given = {"project": asked.project, "allocation": asked, "decision": "full", "released_at": NOW}
        ReleasedGrant.objects.create(quantity=Decimal("13.22"), **given)
        beyond = [problem for problem in problems() if "more than was ever asked for" in problem]
        ReleasedGrant.objects.update(quantity=Decimal("13.23"))
        found = [problem for problem in problems() if "more than was ever asked for" in problem]
    assert (len(beyond), len(found)) == (0, 1)

"""What was spent so far on a plan that was approved elsewhere: brought in, brought again, taken back."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from budgets.drafting import actions as budgets
from budgets.models import Appropriation, BroughtRow, Budget, Expense
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.workbook.actions import NotTaken, take_back
from sop_portal.workbook.tests.books import book, understood
from sop_portal.workbook.tests.test_plan import EXPENSES, LATER, PLAN, brought, confirmed, published, running

__all__ = ["running"]
pytestmark = pytest.mark.django_db


def test_what_was_spent_comes_in_once_the_plan_is_in_force(running: SimpleNamespace) -> None:
    brought(running, Approved_plan=PLAN)
    found = understood(book({"Expenses to date": EXPENSES}), running.ada, running.at)
    assert [one["sentence"] for one in found.problems_as_json()] == [
        f"Row {row}: no plan of 2026 is in force, so nothing can be spent on it. Leave this sheet out for now, and "
        "bring it once a manager has confirmed the plan."
        for row in (2, 3)
    ]
    published(running)
    plan = Budget.objects.get()
    budgets.confirm_plan(plan, by=running.emil, at=running.at, seen=plan.version)
    [sheet] = brought(running, Expenses_to_date=EXPENSES)
    assert sheet.rows == 2
    spent = Expense.objects.order_by("spent_on").values_list("appropriation__number", "amount", "what", "receipt")
    assert list(spent) == [(1, Decimal("312.40"), "Picture books", "K-118"), (3, Decimal("88.05"), "Lanes", "")]
    lanes = Expense.objects.get(what="Lanes")
    assert str(lanes.brought_row.where) == "file.xlsx, sheet “Expenses to date”, row 3"
    assert problems() == []


def test_expenses_brought_again_change_only_what_changed_and_are_taken_back(running: SimpleNamespace) -> None:
    confirmed(running)
    [first] = brought(running, running.dora, Expenses_to_date=EXPENSES)
    assert not understood(book({"Expenses to date": EXPENSES}), running.dora, running.at).has_changes
    again = [EXPENSES[0], [*EXPENSES[1][:1], 300, *EXPENSES[1][2:]], EXPENSES[2]]
    [second] = brought(running, running.dora, Expenses_to_date=again)
    assert second.rows == 1
    spent = {line.number: line.spent for line in Appropriation.objects.all()}
    assert spent == {1: 300, 2: 0, 3: Decimal("88.05")}
    take_back(second, by=running.dora, at=running.at + LATER)
    assert Appropriation.objects.get(number=1).spent == Decimal("312.40")
    with pytest.raises(NotReady):
        take_back(first, by=running.dora, at=running.at + 2 * LATER)
    assert problems() == []


def test_an_expense_whose_line_is_not_clear_is_refused(running: SimpleNamespace) -> None:
    confirmed(running)
    rows: list[Any] = [EXPENSES[0], [date(2026, 8, 3), 10, "Things", "Arts", "Story hours", None, None, 2026]]
    rows.append([date(2026, 8, 3), 10, "Things", "Arts", "Swimming", None, None, 2026])
    found = understood(book({"Expenses to date": rows}), running.ada, running.at)
    assert [one["sentence"] for one in found.problems_as_json()] == [
        "Row 2: 2026-1, 2026-2 fit. Write the number of the line, or its category and funding source too.",
        "Row 3: no approved line of 2026 fits. Write the number of the line, or its department and project.",
    ]


def test_what_was_spent_before_the_year_comes_in_with_the_reason_of_its_exception(running: SimpleNamespace) -> None:
    confirmed(running)
    head = [*EXPENSES[0], "Exception granted because"]
    early: list[Any] = [date(2026, 6, 27), 10, "Deposit", "Arts", "Story hours", "Materials", None, 2026]
    with pytest.raises(NotTaken):
        brought(running, running.dora, Expenses_to_date=[head, [*early, None]])
    brought(running, running.dora, Expenses_to_date=[head, [*early, "The hall was free in June only."]])
    assert Expense.objects.get().brought_row.excepted_because == "The hall was free in June only."
    assert problems() == []
    with pytest.raises(IntegrityError), transaction.atomic():
        BroughtRow.objects.update(excepted_because="")

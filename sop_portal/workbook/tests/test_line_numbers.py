"""A line number with a year in front of it speaks of the year of its row, or the file is refused with the cell."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from budgets.models import Appropriation, BudgetLine
from sop_portal.workbook.tests.books import Rows, book, understood
from sop_portal.workbook.tests.test_plan import PLAN, brought, confirmed, running

__all__ = ["running"]
pytestmark = pytest.mark.django_db

OTHER_YEAR = (
    "Row 2, column Line number: “2025-2” is a line of another year, and the row belongs to 2026. "
    "Correct the number or the year."
)


def told(w: SimpleNamespace, title: str, rows: Rows) -> list[tuple[Any, ...]]:
    """The cell and the sentence of everything that is wrong with a sheet."""
    found = understood(book({title: rows}), w.ada, w.at)
    return [(one["cell"], one["sentence"]) for one in found.problems_as_json()]


def paper(line: object) -> Rows:
    """One expense of a line."""
    head = ["Date", "Amount", "What for", "Line number", "Plan year"]
    return [head, [date(2026, 8, 3), 10, "Paper", line, 2026]]


def test_an_expense_on_a_line_of_another_year_is_refused(running: SimpleNamespace) -> None:
    confirmed(running)
    assert told(running, "Expenses to date", paper("2025-2")) == [("D2", OTHER_YEAR)]
    brought(running, Expenses_to_date=paper("2026-2"))
    assert {line.number: line.spent for line in Appropriation.objects.all()} == {1: 0, 2: 10, 3: 0}


def test_a_line_of_a_plan_with_the_number_of_another_year_is_refused(running: SimpleNamespace) -> None:
    head, row = [*PLAN[0], "Line number"], list(PLAN[1])
    assert told(running, "Approved plan", [head, [*row, "2025-2"]]) == [("N2", OTHER_YEAR)]
    brought(running, Approved_plan=[head, [*row, "2026-2"]])
    assert BudgetLine.objects.get().number == 2

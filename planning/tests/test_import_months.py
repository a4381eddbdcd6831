"""Months in digits, in the column of years or beside it."""

from datetime import date

import pytest

from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.periods.words import month_in
from planning.projects.imports.questions import FileQuestions
from planning.projects.imports.rows import CheckedRows, check_rows
from planning.projects.queries import PlanYears
from sop_portal.foundation.kit.sheets import Table

JULY = PlanYears({2027: (date(2026, 7, 1), date(2027, 6, 30))})


def read(*cells: str, years: PlanYears | None = None) -> tuple[CheckedRows, list[str]]:
    """A table with a row of 5 for each of these cells in the column of years."""
    header, questions = ["Department", "Year", "Money"], FileQuestions({"incomplete": "nothing"})
    checked = check_rows(
        Table(header, [["Arts", cell, "5"] for cell in cells]), suggest_mapping(header), questions, years
    )
    return checked, [one.key for one in questions.open]


@pytest.mark.parametrize(
    ("typed", "month"),
    [
        *((typed, (2022, 7)) for typed in ("2022-07", "2022/07", "2022.07", "2022-7", "2022/7", "２０２２－０７")),
        *((typed, (2022, 7)) for typed in ("07/2022", "7-2022", "07.2022", "2022–07")),
        *((typed, None) for typed in ("2022-13", "2022-23", "2022.7", "2022-00", "2022", "22-07", "2022-07-01")),
    ],
)
def test_a_month_in_digits_is_read(typed: str, month: tuple[int, int] | None) -> None:
    found = month_in(typed)
    assert (found and (found[0], found[1].number)) == month


def test_months_in_digits_are_added_up_to_their_year() -> None:
    checked, asked = read(*(f"2022-{month:02}" for month in range(1, 13)))
    assert ([(row.year, row.metrics["money"]) for row in checked.rows], checked.problems, asked) == (
        [(2022, 60)],
        [],
        [],
    )


@pytest.mark.parametrize("sign", ["-", "/"])
def test_twelve_months_belong_to_the_year_of_the_portal_in_which_they_lie(sign: str) -> None:
    months = [*(f"2022{sign}{month:02}" for month in range(7, 13)), *(f"2023{sign}{month:02}" for month in range(1, 7))]
    checked, asked = read(*months, years=JULY)
    assert ([(row.year, row.metrics["money"]) for row in checked.rows], asked) == ([(2023, 60)], [])


def test_what_could_be_a_year_named_after_two_is_asked_unless_another_cell_is_a_month() -> None:
    assert read("2006-07")[1] == ["fiscal-year"]
    assert read("2022-23")[1] == ["fiscal-year"]
    checked, asked = read("2006-07", "2006-09")
    assert ([(row.year, row.metrics["money"]) for row in checked.rows], asked) == ([(2006, 10)], [])


def test_a_month_in_digits_is_read_in_the_column_of_months_too() -> None:
    header = ["Department", "Year", "Month", "Money"]
    questions = FileQuestions({"incomplete": "nothing"})
    rows = [["Arts", "2022", f"2022-{month:02}", "5"] for month in (7, 8)]
    checked = check_rows(Table(header, rows), suggest_mapping(header), questions)
    assert ([(row.year, row.metrics["money"]) for row in checked.rows], checked.problems) == ([(2022, 10)], [])

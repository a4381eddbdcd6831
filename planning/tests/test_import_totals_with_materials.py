"""A total of costs beside the materials: whether it includes them is asked, so that they do not count twice."""

from decimal import Decimal

import pytest

from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.questions import FileQuestions
from planning.projects.imports.rows import CheckedRows, check_rows
from planning.projects.queries import PlanYears
from sop_portal.foundation.kit.sheets import Table

INCLUDED = {"materials-included": "included"}


def read(*names: str, rows: list[list[str | None]], **answers: str) -> tuple[CheckedRows, FileQuestions]:
    """What is read of a table of these columns behind the department, the project and the year."""
    header = ["Department", "Project", "Year", *names]
    questions = FileQuestions(answers)
    table = Table(header, [["Arts", f"Chess {at}", "2024", *row] for at, row in enumerate(rows)])
    return check_rows(table, suggest_mapping(header), questions, PlanYears()), questions


def figures(checked: CheckedRows) -> list[tuple[Decimal | None, Decimal | None]]:
    """Materials and money of each row."""
    return [(row.metrics["materials"], row.metrics["money"]) for row in checked.rows]


@pytest.mark.parametrize(
    "names",
    [
        ("Supplies", "Total cost"),
        ("Supplies", "Costs"),
        ("材料费", "支出"),
        ("材料费", "支出合计"),
        ("Materials_Exp", "Opex"),
        ("Materials", "Money (total)"),
    ],
)
def test_whether_a_total_includes_the_materials_beside_it_is_asked(names: tuple[str, str]) -> None:
    _checked, questions = read(*names, rows=[["100", "1000"]])
    assert [question.key for question in questions.open] == ["materials-included"]
    [question] = questions.open
    assert [(cell.cell, cell.read) for cell in question.cells] == [("E2", "900 / 1,000")]
    assert figures(read(*names, rows=[["100", "1000"]], **INCLUDED)[0]) == [(100, 900)]
    apart = {"materials-included": "apart"}
    assert figures(read(*names, rows=[["100", "1000"]], **apart)[0]) == [(100, 1000)]


@pytest.mark.parametrize(
    "names",
    [
        ("Materials", "Money"),
        ("Materials", "Money, without materials"),
        ("物资支出", "其他支出"),
        ("Supplies", "Other costs"),
        ("Participants", "Total cost"),
    ],
)
def test_other_costs_than_materials_are_not_asked_about(names: tuple[str, str]) -> None:
    assert read(*names, rows=[["100", "1000"]])[1].open == []


def test_the_question_shows_rows_that_each_answer_reads_otherwise() -> None:
    _checked, questions = read("Supplies", "Total cost", rows=[["0", "7"], [None, "8"], ["100", "1000"]])
    [question] = questions.open
    assert [(cell.cell, cell.read) for cell in question.cells] == [("E4", "900 / 1,000")]
    assert str(question.answers[0]) == "Yes: what is left counts as money. 1000 is 900."


def test_other_costs_are_taken_before_a_total_of_all() -> None:
    names = ["Materials", "Total cost", "Other costs"]
    assert suggest_mapping(names) == {"materials": 0, "money": 2}


def test_a_total_smaller_than_its_materials_is_refused_with_its_cell() -> None:
    checked, _questions = read("Supplies", "Total cost", rows=[["100", "1000"], ["100", "99.5"]], **INCLUDED)
    assert [(one.kind, f"{one.letters}{one.row_number}") for one in checked.problems] == [("less-than-materials", "E3")]
    assert (figures(checked), checked.problems[0].sentence) == (
        [(100, 900)],
        "Row 3, column Total cost: “99.5” is less than the materials it includes, 100. "
        "Correct one of the two figures, or answer that the materials come on top.",
    )


def test_materials_that_are_blank_leave_the_total_and_are_said() -> None:
    checked, _questions = read("Supplies", "Total cost", rows=[[None, "1000"], ["5", None]], **INCLUDED)
    assert figures(checked) == [(None, 1000), (5, None)]
    assert [one.sentence for one in checked.warnings if one.kind == "materials-unknown"] == [
        "Row 2: “Supplies” is blank, so that all of “Total cost” counts as money. "
        "Write how much of it was for materials, where that is known."
    ]


def test_a_column_of_amounts_is_no_unit_of_the_column_beside_it() -> None:
    header = ["Department", "Project", "Year", "材料费", "支出合计"]
    mapping = {"department": 0, "project": 1, "year": 2, "materials": 3}
    questions = FileQuestions()
    check_rows(Table(header, [["Arts", "Chess", "2024", "100", "1000"]]), mapping, questions, PlanYears())
    assert questions.open == []

"""Months and quarters of a year that has ended are added up; what lacks a part is asked about, never silently low."""

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planning.models import Actual
from planning.projects.imports.periods.words import PartOfYear, period_in, typed_period
from planning.tests.importing import bring, cells, check
from planning.tests.requesting import open_year
from planning.tests.test_import_kinds import asked, written

QUARTER_ROWS = [
    ["Department", "Project", "Year", "Quarter", "Participants", "Money"],
    ["Arts", "Choir", "2024", "Q1", "10", "100.10"],
    ["Arts", "Choir", "2024", "Q2", "20", "200.20"],
    ["Arts", "Choir", "2024", "Q3", "30", "300.30"],
    ["Arts", "Choir", "2024", "Q4", "40", "400.40"],
]


def read(*rows: list[Any], answers: dict[str, str] | None = None) -> tuple[list[Any], list[str], list[str]]:
    """The figures by department, project and year; the kinds of problems; what is asked."""
    checked, questions = asked(*map(list, rows), answers=answers)
    found = [(row.department, row.project, row.year, row.metrics) for row in checked.rows]
    return found, [problem.kind for problem in checked.problems], [question.key for question in questions.open]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        *(
            ("Q1", PartOfYear(4, 1)),
            ("q 4", PartOfYear(4, 4)),
            ("4th quarter", PartOfYear(4, 4)),
            ("1. Quartal", PartOfYear(4, 1)),
        ),
        *(
            ("第一季度", PartOfYear(4, 1)),
            ("三季度", PartOfYear(4, 3)),
            ("T2", PartOfYear(4, 2)),
            ("1er trimestre", PartOfYear(4, 1)),
        ),
        *(
            ("III кв.", PartOfYear(4, 3)),
            ("Jan", PartOfYear(12, 1)),
            ("décembre", PartOfYear(12, 12)),
            ("März", PartOfYear(12, 3)),
        ),
        *(
            ("1月", PartOfYear(12, 1)),
            ("十二月", PartOfYear(12, 12)),
            ("H2", PartOfYear(2, 2)),
            ("上半年", PartOfYear(2, 1)),
        ),
        *(("Total", PartOfYear(1, 1)), ("全年", PartOfYear(1, 1)), ("Q5", None), ("soon", None), ("13", None)),
    ],
)
def test_a_part_of_a_year_is_known_by_its_name(text: str, period: PartOfYear | None) -> None:
    assert typed_period(text, 0) == period


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Money Q1", (PartOfYear(4, 1), "money")),
        ("第一季度金额", (PartOfYear(4, 1), "金额")),
        ("金额Q2", (PartOfYear(4, 2), "金额")),
        ("Participants", None),
        ("Marketing", None),
    ],
)
def test_a_column_names_a_part_and_a_measure(name: str, found: tuple[PartOfYear, str] | None) -> None:
    assert period_in(name) == found


def test_quarters_in_rows_are_added_up() -> None:
    figures = {"participants": Decimal(100), "money": Decimal("1001.00")}
    assert read(*QUARTER_ROWS) == ([("Arts", "Choir", 2024, figures)], [], [])
    numbered = [[*row[:3], str(number), *row[4:]] for number, row in enumerate(QUARTER_ROWS[1:], start=1)]
    assert read(QUARTER_ROWS[0], *numbered) == ([("Arts", "Choir", 2024, figures)], [], [])


def test_quarters_behind_the_year_are_added_up() -> None:
    rows = [["Arts", f"2024 Q{number}", str(number)] for number in range(1, 5)]
    assert read(["Department", "Year", "Money"], *rows) == ([("Arts", "", 2024, {"money": Decimal(10)})], [], [])


def test_months_in_rows_are_added_up() -> None:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    rows = [["Arts", "2024", month, "5"] for month in months]
    header = ["Department", "Year", "Month", "Money"]
    assert read(header, *rows) == ([("Arts", "", 2024, {"money": Decimal(60)})], [], [])
    assert read(header, *rows[:-1])[2] == ["incomplete"]


def test_quarters_in_columns_are_added_up() -> None:
    header = ["Department", "Year", *(f"Money Q{n}" for n in range(1, 5)), *(f"Q{n} Participants" for n in range(1, 5))]
    row = ["Arts", "2024", "1.50", "2", "3", "4", "10", "20", "30", "40"]
    figures = {"participants": Decimal(100), "money": Decimal("10.50")}
    assert read(header, row) == ([("Arts", "", 2024, figures)], [], [])


def test_of_which_measure_columns_of_quarters_are_is_asked() -> None:
    rows = ["Department", "Year", "Q1", "Q2", "Q3", "Q4"], ["Arts", "2024", "1", "2", "3", "4"]
    assert read(*rows) == ([], [], ["measure"])
    assert read(*rows, answers={"measure": "people"}) == ([("Arts", "", 2024, {"people": Decimal(10)})], [], [])
    assert read(*rows, answers={"measure": "leave"})[1] == ["no-column"]


def test_a_year_with_three_quarters_is_asked_about() -> None:
    rows = QUARTER_ROWS[:4]
    assert read(*rows) == ([], [], ["incomplete"])
    figures = {"participants": Decimal(60), "money": Decimal("600.60")}
    assert read(*rows, answers={"incomplete": "nothing"}) == ([("Arts", "Choir", 2024, figures)], [], [])
    assert read(*rows, answers={"incomplete": "leave"}) == ([], [], [])


def test_a_blank_quarter_is_asked_about_for_its_measure_alone() -> None:
    header = ["Department", "Year", "Participants", "Money Q1", "Money Q2", "Money Q3", "Money Q4"]
    row = ["Arts", "2024", "7", "1", "2", "", "4"]
    assert read(header, row)[2] == ["incomplete"]
    for answer, money in (("nothing", Decimal(7)), ("leave", None)):
        found, _problems, asking = read(header, row, answers={"incomplete": answer})
        assert (found[0][3], asking) == ({"participants": Decimal(7), "money": money}, [])


def test_three_columns_of_quarters_are_asked_about() -> None:
    header = ["Department", "Year", "Money Q1", "Money Q2", "Money Q3"]
    assert read(header, ["Arts", "2024", "1", "2", "3"])[2] == ["incomplete"]


def test_a_row_of_the_whole_year_is_the_sum_of_its_parts_or_a_problem() -> None:
    total = ["Arts", "Choir", "2024", "Total", "100", "1001.00"]
    figures = {"participants": Decimal(100), "money": Decimal("1001.00")}
    assert read(*QUARTER_ROWS, total) == ([("Arts", "Choir", 2024, figures)], [], [])
    assert read(*QUARTER_ROWS, [*total[:5], "1002"])[1] == ["period-total"]
    assert read(QUARTER_ROWS[0], total) == ([("Arts", "Choir", 2024, figures)], [], [])


def test_the_same_quarter_twice_and_parts_of_two_kinds_are_refused() -> None:
    assert read(*QUARTER_ROWS, QUARTER_ROWS[1])[1] == ["repeated"]
    rows = [["Department", "Year", "Period", "Money"], ["Arts", "2024", "Q1", "1"], ["Arts", "2024", "Jan", "1"]]
    assert read(*rows)[1] == ["period-mixed"]
    assert read(rows[0], ["Arts", "2024", "soon", "1"])[1] == ["period"]


@pytest.fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    return open_year(cast, pools=False)


def test_quarters_are_taken_by_the_command_whole_or_asked_about(year: SimpleNamespace, tmp_path: Path) -> None:
    assert bring(written(tmp_path, *QUARTER_ROWS))[0] == 0
    assert Actual.objects.values_list("participants", "money").get() == (100, Decimal("1001.00"))
    code, said = check(written(tmp_path, *QUARTER_ROWS[:4]))
    assert (code, [(question["kind"], question["cell"]) for question in said["questions"]]) == (
        1,
        [("incomplete", "A2")],
    )
    assert "Arts Choir 2024 (Q4)" in said["questions"][0]["sentence"]


def test_a_row_over_the_names_says_the_quarter(year: SimpleNamespace, tmp_path: Path) -> None:
    rows = [
        ["Sunrise", "", "", "", "", "", "", "", "", ""],
        ["", "", "Q1", "", "Q2", "", "Q3", "", "Q4", ""],
        ["Department", "Year", *["Participants", "Money"] * 4],
        ["Arts", "2024", "1", "10", "2", "20", "3", "30", "4", "40"],
    ]
    assert bring(written(tmp_path, *rows))[0] == 0
    assert Actual.objects.values_list("participants", "money").get() == (10, 100)


def test_a_row_under_the_names_says_the_quarter(year: SimpleNamespace, tmp_path: Path) -> None:
    rows = [
        ["Sunrise", "", "", "", "", "", "", "", "", ""],
        ["Department", "Year", "Attendance", "", "", "", "Program spending", "", "", ""],
        ["", "", *["Q1", "Q2", "Q3", "Q4"] * 2],
        ["Arts", "2024", "1", "2", "3", "4", "10", "20", "30", "40"],
    ]
    assert bring(written(tmp_path, *rows))[0] == 0
    assert Actual.objects.values_list("participants", "money").get() == (10, 100)
    rows[3][5] = "about 4"
    assert cells(check(written(tmp_path, *rows))[1]["problems"])[0] == ("not-a-number", "F4")


def test_two_columns_of_one_name_are_asked_about(year: SimpleNamespace, tmp_path: Path) -> None:
    rows = [["Department", "Year", "Money", "Money"], ["Arts", "2024", "1", "10"]]
    code, said = check(written(tmp_path, *rows))
    assert (code, cells(said["questions"])) == (1, [("same-name", "C1")])
    assert check(written(tmp_path, *rows), "same-name:C=D")[0] == 0

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.rows import CheckedRows, check_rows
from sop_portal.foundation.kit.sheets import Table

CONNECTICUT = Path(__file__).parents[2] / "sop_portal/tests/data/connecticut_libraries_1996_2012.csv"
HEADER = ["department", "project", "year", "activities", "participants", "people", "materials", "money"]


def check(*rows: list[Any], header: list[str] = HEADER) -> CheckedRows:
    padded = [row + [None] * (len(header) - len(row)) for row in rows]
    return check_rows(Table(header, padded), suggest_mapping(header))


def sentences(checked: CheckedRows) -> list[str]:
    return [problem.sentence for problem in checked.problems]


def series(*figures: object) -> list[list[Any]]:
    return [["Arts", "Choir", str(2000 + place), figure] for place, figure in enumerate(figures)]


def test_a_good_row_is_read_exactly() -> None:
    checked = check(["Deep River ", "Story  time", Decimal(2012), "1,234", "5.0", "7.25", Decimal("10095411.2"), " "])
    assert (checked.problems, [warning.kind for warning in checked.warnings]) == ([], ["number-judged", "blank"])
    row = checked.rows[0]
    assert (row.department, row.project, row.year, row.row_number) == ("Deep River", "Story time", 2012, 2)
    assert row.metrics == {
        "activities": Decimal(1234),
        "participants": Decimal(5),
        "people": Decimal("7.25"),
        "materials": Decimal("10095411.2"),
        "money": None,
    }


@pytest.mark.parametrize("blank", [None, "", " ", "\t", "\u3000"])
def test_blank_is_unknown_and_never_zero(blank: str | None) -> None:
    checked = check(["Arts", "Choir", "2012", blank, "0"])
    assert checked.problems == []
    assert checked.rows[0].metrics["activities"] is None
    assert checked.rows[0].metrics["participants"] == Decimal(0)


def test_blank_rows_are_passed_over_and_still_count() -> None:
    checked = check(["Arts", "", "2012"], [None], [" "], ["Arts", "", "2013"])
    assert [row.row_number for row in checked.rows] == [2, 5]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (
            ["Arts", "", "2012", "many"],
            "Row 2, column activities: “many” is not a number. Write digits, such as 1234.50, "
            "or leave the cell blank if the figure is not known.",
        ),
        (
            ["Arts", "", "2012", "-3"],
            "Row 2, column activities: “-3” is negative. Write zero or more, "
            "or leave the cell blank if the figure is not known.",
        ),
        (
            ["Arts", "", "2012", None, None, None, None, Decimal("-0.5")],
            "Row 2, column money: “-0.5” is negative. Write zero or more, "
            "or leave the cell blank if the figure is not known.",
        ),
        (
            ["Arts", "", "2012", None, None, None, None, "1000000000001"],
            "Row 2, column money: “1000000000001” is more than 1,000,000,000,000. Check the digits.",
        ),
        (
            ["Arts", "", "2012", None, None, None, None, Decimal("1E+300")],
            "Row 2, column money: “" + "1" + "0" * 39 + "…” is more than 1,000,000,000,000. Check the digits.",
        ),
        (
            ["Arts", "", "2012", None, None, None, None, "9" * 5000],
            "Row 2, column money: “" + "9" * 40 + "…” is more than 1,000,000,000,000. Check the digits.",
        ),
        (
            ["Arts", "", "2012", "3.5"],
            "Row 2, column activities: “3.5” is not a whole number. Write the number without decimals.",
        ),
        (
            ["Arts", "", "2012", None, None, None, None, "3.5051"],
            "Row 2, column money: “3.5051” has more than two decimals. Round it to two.",
        ),
        (
            ["Arts", "", "2012", None, None, None, None, date(2012, 1, 3)],
            "Row 2, column money: “2012-01-03” is a date and no number. Write the number itself.",
        ),
        (
            ["Arts", "", "1989"],
            "Row 2, column year: “1989” is not a year. Write four digits from 1990 to 2100, such as 2026.",
        ),
        (
            ["Arts", "", "2012/14"],
            "Row 2, column year: “2012/14” is not a year. Write four digits from 1990 to 2100, such as 2026.",
        ),
        (
            ["Arts", "", None, "1"],
            "Row 2, column year: “” is not a year. Write four digits from 1990 to 2100, such as 2026.",
        ),
        ([" ", "", "2012"], "Row 2, column department is blank. Write the department's name, or delete the row."),
        (
            ["Arts\0", "", "2012"],
            "Row 2, column department: Character 5 of this text (U+0000) cannot be kept. "
            "Delete it, or type the text anew.",
        ),
        (
            ["x" * 121, "", "2012"],
            "Row 2, column department: “" + "x" * 40 + "…” is longer than 120 characters. Shorten it.",
        ),
    ],
)
def test_a_bad_cell_is_named_with_the_way_out(row: list[Any], says: str) -> None:
    checked = check(row)
    assert sentences(checked) == [says]
    assert checked.rows == []


def test_every_bad_cell_of_a_row_is_named_at_once() -> None:
    checked = check(["", "", "soon", "x", "-1"])
    assert [(problem.row_number, problem.column) for problem in checked.problems] == [
        *((2, "department"), (2, "year"), (2, "activities"), (2, "participants")),
    ]


def test_noise_behind_the_fifteenth_digit_of_a_workbook_is_not_a_third_decimal() -> None:
    assert check(["A", "", "2012", None, None, None, None, Decimal("0.30000000000000004")]).rows[0].metrics[
        "money"
    ] == (Decimal("0.3"))


def test_a_percent_sign_in_the_file_does_not_break_the_sentence() -> None:
    checked = check(["Arts", "", "2012", "50%(x)s %d"], header=["department", "project", "year", "activities", "100%"])
    assert sentences(checked)[0].startswith("Row 2, column activities: “50%(x)s %d” is not a number.")


def test_a_repeated_row_names_both_rows() -> None:
    checked = check(
        ["Arts", "Choir", "2012"], ["Arts", "Choir", "2013"], ["Arts", "Dance", "2012"], [" arts ", "Choir", "2012"]
    )
    assert sentences(checked) == [
        "Row 5 repeats row 2: arts, 2012, Choir is there already. Delete one of the two rows."
    ]


def test_a_table_without_department_or_year_asks_for_the_columns() -> None:
    checked = check(["1"], header=["activities"])
    assert [(problem.row_number, problem.column, problem.sentence) for problem in checked.problems] == [
        (1, "department", "No column holds the department. Choose the column with the departments' names."),
        (1, "year", "No column holds the year. Choose the column with the years."),
    ]


def test_a_mapping_to_a_column_that_is_not_there_is_no_mapping() -> None:
    sheet = Table(["department", "year", "activities"], [["Arts", "2012", "5"]])
    mapping = {"department": 0, "year": 1, "activities": 2, "money": 9}
    assert [row.metrics for row in check_rows(sheet, mapping).rows] == [{"activities": Decimal(5)}]


def test_a_figure_that_leaps_for_one_year_is_a_warning_and_no_problem() -> None:
    checked = check(*series("78", "4,993", "112"))
    assert checked.problems == []
    assert [row.metrics["activities"] for row in checked.rows] == [Decimal(78), Decimal(4993), Decimal(112)]
    assert [warning.sentence for warning in checked.warnings if warning.kind == "doubtful"] == [
        "Row 3, column activities: 4,993 in 2001 looks mistyped; the year before it is 78, the year after 112 (Arts). "
        "Correct it in the file, or keep it if it is right."
    ]


@pytest.mark.parametrize(
    ("figures", "is_doubtful"),
    [
        (("78", "4993", "112"), True),
        (("457", "13", "483"), True),
        (("100", "500", "100"), True),
        (("100", "499", "100"), False),
        (("100", "20", "100"), True),
        (("100", "21", "100"), False),
        # The neighbours disagree: this is a change, not a slip.
        (("78", "4993", "4000"), False),
        (("100", "2000", "350"), False),
        # Small figures vary like this.
        (("1", "10", "2"), False),
        # Nothing to compare with.
        (("78", None, "112"), False),
        (("78", "4993", None), False),
        (("78", "0", "112"), False),
        (("0", "4993", "112"), False),
        (("78", "4993"), False),
    ],
)
def test_only_a_leap_that_reverts_is_doubtful(figures: tuple[str | None, ...], is_doubtful: bool) -> None:
    assert any("looks mistyped" in warning.sentence for warning in check(*series(*figures)).warnings) is is_doubtful


def test_a_leap_beside_a_missing_year_is_not_judged() -> None:
    rows = [["Arts", "", "2000", "78"], ["Arts", "", "2002", "4993"], ["Arts", "", "2003", "112"]]
    assert not any("looks mistyped" in warning.sentence for warning in check(*rows).warnings)


def test_a_measure_blank_for_every_department_in_a_year_is_one_warning() -> None:
    header = ["department", "year", "money"]
    rows = [["Arts", "2000"], ["Sports", "2000", " "], ["Arts", "2001", "1"], ["Sports", "2001"]]
    assert [
        (warning.row_number, warning.column, warning.sentence) for warning in check(*rows, header=header).warnings
    ] == [
        (
            2,
            "money",
            "Column money is blank for every department in 2000. Blank is read as unknown, not as zero. "
            "Write 0 where it really was nothing.",
        )
    ]


def test_a_measure_blank_everywhere_is_one_warning() -> None:
    header = ["department", "year", "money"]
    rows = [["Arts", "2000"], ["Sports", "2000", " "], ["Arts", "2001"]]
    assert [warning.sentence for warning in check(*rows, header=header).warnings] == [
        "Column money is blank in every row. Blank is read as unknown, not as zero. "
        "Choose another column or leave it out."
    ]


def test_a_sentence_is_worded_when_it_is_read() -> None:
    problem = check(["Arts", "", "1989"]).problems[0]
    with override("zh-hans"):
        chinese = problem.sentence
    with override("en"):
        assert problem.sentence.startswith("Row 2, column year: “1989”")
    assert "1989" in chinese


CELLS = st.one_of(st.none(), st.text(max_size=30), st.decimals(allow_nan=False), st.dates())


@given(st.lists(st.lists(CELLS, min_size=8, max_size=8), max_size=6))
def test_no_cell_breaks_the_check(rows: list[list[Any]]) -> None:
    checked = check(*rows)
    assert all(problem.sentence.endswith(".") for problem in [*checked.problems, *checked.warnings])
    assert all(figure is None or figure >= 0 for row in checked.rows for figure in row.metrics.values())

"""What a sheet of things is understood as: read where there is one reading, asked where there are two, else refused."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Forecast, Project
from planning.tests.importing import CASES, check
from sop_portal.dashboards.checks.invariants import problems as broken
from sop_portal.foundation.organisation.models import Department
from sop_portal.workbook.actions import bring
from sop_portal.workbook.file_reading import FileReading
from sop_portal.workbook.list_sheet import ListReading
from sop_portal.workbook.tests.books import (
    ALL,
    DEPARTMENTS,
    PEOPLE,
    POOLS,
    PROJECTS,
    Rows,
    book,
    said_by_command,
    text,
    understood,
)

pytestmark = pytest.mark.django_db


def funds(w: SimpleNamespace, *cells: Any, column: str = "Amount", **answers: str) -> FileReading:
    """Funds of which one column holds these cells."""
    rows: Rows = [["Funding source", column], *([f"Fund {at}", cell] for at, cell in enumerate(cells, 1))]
    return understood(book({"Funds": rows}), w.ada, w.at, answers={k.replace("_", "-"): v for k, v in answers.items()})


def values(found: FileReading, key: str) -> list[Any]:
    """What was understood of one column."""
    [sheet] = found.sheets
    assert isinstance(sheet, ListReading)
    return [row.values.get(key) for row in sheet.rows]


def kinds(found: FileReading) -> list[tuple[str, str]]:
    """What is wrong, and where."""
    return [(one["kind"], one["cell"]) for one in found.problems_as_json()]


def questions(found: FileReading) -> list[str]:
    """What is asked."""
    return [question.key for _sheet, question in found.questions]


def test_numbers_are_read_as_people_write_them(empty_portal: SimpleNamespace) -> None:
    found = funds(empty_portal, "1 234,50", "12,5", "1.234,75", "１２３", "5万", 12.5, None)
    assert (kinds(found), questions(found)) == ([], [])
    amounts = [Decimal("1234.50"), Decimal("12.5"), Decimal("1234.75"), 123, 50000, Decimal("12.5"), None]
    assert values(found, "amount") == amounts


def test_what_can_be_read_in_two_ways_is_asked_once(empty_portal: SimpleNamespace) -> None:
    found = funds(empty_portal, "2.000", "1.450")
    assert (questions(found), values(found, "amount")) == (["number"], [])
    assert values(funds(empty_portal, "2.000", number="comma"), "amount") == [2000]
    assert values(funds(empty_portal, "2.000", number="point"), "amount") == [2]


def test_a_unit_in_the_header_is_converted_after_asking(empty_portal: SimpleNamespace) -> None:
    found = funds(empty_portal, 12.5, column="Amount in USD thousand")
    assert questions(found) == ["funds.unit:B"]
    answered = funds(empty_portal, 12.5, column="Amount in USD thousand", **{"funds.unit:B": "1000"})
    assert values(answered, "amount") == [12500]


def test_a_unit_that_only_the_format_of_a_cell_shows_is_asked_about(empty_portal: SimpleNamespace) -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as made:
        sheet = made.add_worksheet("Funds")
        sheet.write_row(0, 0, ["Funding source", "Amount"])
        sheet.write_row(1, 0, ["Fund 1", 12], made.add_format({"num_format": '0"k"'}))
        sheet.write_row(2, 0, ["Fund 2", 12], made.add_format({"num_format": "[$£-809]0"}))
    found = understood(stream.getvalue(), empty_portal.ada, empty_portal.at)
    assert questions(found) == ["funds.shown:B:1000:1", "funds.currency:B"]
    answers = {"funds.shown:B:1000:1": "1000", "funds.currency:B": "1"}
    assert values(understood(stream.getvalue(), empty_portal.ada, empty_portal.at, answers=answers), "amount") == [
        12000,
        12,
    ]


def test_another_money_is_asked_about(empty_portal: SimpleNamespace) -> None:
    assert questions(funds(empty_portal, 12, column="Amount (EUR)")) == ["funds.currency:B"]


@pytest.mark.parametrize(
    ("cell", "kind"),
    [("=A2*2", "formula"), ("about 60", "not-a-number"), ("(1,234.50)", "negative"), (date(2027, 1, 1), "date")],
)
def test_what_cannot_be_read_is_refused_with_its_cell(empty_portal: SimpleNamespace, cell: Any, kind: str) -> None:
    found = funds(empty_portal, cell)
    assert (kinds(found), values(found, "amount")) == ([(kind, "B2")], [])


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (date(2027, 2, 1), date(2027, 2, 1)),
        ("2027-02-01", date(2027, 2, 1)),
        ("2027年2月1日", date(2027, 2, 1)),
        ("1.2.2027", date(2027, 2, 1)),
        ("13/2/2027", date(2027, 2, 13)),
        ("2/13/2027", date(2027, 2, 13)),
        (46419, date(2027, 2, 1)),
    ],
)
def test_days_are_read_as_people_write_them(empty_portal: SimpleNamespace, typed: Any, day: date) -> None:
    found = funds(empty_portal, typed, column="From")
    assert (kinds(found), questions(found), values(found, "from")) == ([], [], [day])


def test_a_day_that_could_be_a_month_is_asked_unless_another_cell_tells(empty_portal: SimpleNamespace) -> None:
    assert questions(funds(empty_portal, "1/2/2027", column="From")) == ["day-order"]
    told = funds(empty_portal, "1/2/2027", "13/2/2027", column="From")
    assert values(told, "from") == [date(2027, 2, 1), date(2027, 2, 13)]
    answered = funds(empty_portal, "1/2/2027", column="From", day_order="month")
    assert values(answered, "from") == [date(2027, 1, 2)]


@pytest.mark.parametrize("typed", ["31.2.2027", "soon", 0.5, "=TODAY()", True])
def test_what_is_no_day_is_refused(empty_portal: SimpleNamespace, typed: Any) -> None:
    [(kind, cell)] = kinds(funds(empty_portal, typed, column="From"))
    assert (kind in ("day", "formula"), cell) == (True, "B2")


def test_a_row_that_is_named_as_a_sum_is_left_out_after_asking(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    rows: Rows = [["Funding source", "Amount"], ["City", 30], ["Friends", 40], ["Total", 70]]
    assert questions(understood(book({"Funds": rows}), w.ada, w.at)) == ["funds.total"]
    found = understood(book({"Funds": rows}), w.ada, w.at, answers={"funds.total": "leave"})
    assert (values(found, "name"), "Row 4, “Total”, is a sum and is not read." in said(found)) == (
        ["City", "Friends"],
        True,
    )


def said(found: FileReading) -> list[str]:
    """Every warning, and what is not read."""
    return [one["sentence"] for one in found.warnings_as_json()]


def test_what_is_not_read_is_named(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    rows = [["Our branches"], ["Department", "Colour"], ["Arts", "red"], ["Department", "Colour"], ["Sports", "blue"]]
    found = understood(book({"Departments": rows}), w.ada, w.at)
    assert values(found, "name") == ["Arts", "Sports"]
    assert said(found) == [
        "Row 1, above the column names, is not read: “Our branches”.",
        "Column B, “Colour”, is not read.",
        "Not read, because the column names are repeated: row 4.",
    ]


@pytest.mark.parametrize(
    ("sheet", "rows", "expected"),
    [
        ("Departments", [["Department"], ["Arts"], ["ＡＲＴＳ"]], [("repeated", "A3")]),
        ("Departments", [["Department", "Takes part"], ["Arts", "maybe"]], [("choice", "B2")]),
        ("Departments", [["Department", "Short name"], ["Arts", "the arts!"]], [("code", "B2")]),
        ("People", [["Name", "Email"], ["Amina", "amina at home"]], [("email", "B2")]),
        ("People", [["Name", "Email", "Role"], ["A", "a@example.net", "Boss of all"]], [("choice", "C2")]),
        ("People", [["Name", "Email", "Role"], ["A", "a@example.net", "Department head"]], [("reach", "A2")]),
        ("People", [["Name", "Email"], [None, "a@example.net"]], [("blank", "A2")]),
        ("Pools", [POOLS[0], ["Hours", "People", "h", 5, 3, "Nowhere"]], [("unknown-pool", "F2")]),
        ("Pools", [[*POOLS[0], "Year"], ["M", "Money", "USD", 5, None, None, 2031]], [("unknown-year", "G2")]),
        ("Projects", [PROJECTS[0], ["Dance", "Tango", None, 3]], [("unknown-department", "A2")]),
    ],
)
def test_rows_that_cannot_be_are_refused_with_their_cell(
    empty_portal: SimpleNamespace, sheet: str, rows: Any, expected: Sequence[tuple[str, str]]
) -> None:
    w = empty_portal
    assert kinds(understood(book({sheet: rows}), w.ada, w.at)) == expected


def test_a_department_that_only_looks_like_a_known_one_is_never_made(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book({"Departments": [["Department"], ["Avon"]]}), w.ada, w.at), by=w.ada, at=w.at)
    assert kinds(understood(book({"Departments": [["Department"], ["Аvon"]]}), w.ada, w.at)) == [("lookalike", "A2")]


def test_a_blank_cell_says_nothing_and_changes_nothing(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    rows: Rows = [["Funding source", "Restricted", "Purpose", "Amount"], ["Friends", None, None, None]]
    assert understood(book({"Funding sources": rows}), w.ada, w.at).sheets[0].counts() == {
        "new": 0,
        "changed": 0,
        "same": 1,
    }


def test_a_role_from_another_day_corrects_the_one_that_is_held(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book({"Departments": DEPARTMENTS, "People": PEOPLE}), w.ada, w.at), by=w.ada, at=w.at)
    rows = [[*PEOPLE[0], "From"], [*PEOPLE[1], date(2026, 1, 1)]]
    found = understood(book({"People": rows}), w.ada, w.at)
    assert found.sheets[0].counts() == {"new": 0, "changed": 1, "same": 4}
    bring(found, by=w.ada, at=w.at)
    again = understood(book({"People": rows}), w.ada, w.at)
    assert again.has_changes is False


def test_forecasts_begin_with_the_projects_that_were_planned_ahead(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    publish_year(w.cycle, by=w.ada, at=w.at, seen=w.cycle.version)
    lines = Forecast.objects.order_by("department__name", "lines__project__name")
    assert list(lines.values_list("department__name", "lines__project__name", "lines__project__needed")) == [
        ("Arts", "Story hours", 3400),
        ("Reading", None, None),
        ("Sports", "Swimming", 900),
    ]
    assert list(broken()) == []


def test_next_year_carries_them_over_once_though_they_are_brought_again(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    publish_year(w.cycle, by=w.ada, at=w.at, seen=w.cycle.version)
    later = create_cycle(year=2028, by=w.ada, at=w.at)
    found = understood(book({"Projects": PROJECTS[:2]}), w.ada, w.at)
    bring(found, by=w.ada, at=w.at)
    publish_year(later, by=w.ada, at=w.at, seen=later.version)
    assert list(Project.objects.filter(cycle=later).order_by("name").values_list("name", "importance")) == [
        ("Story hours", 4),
        ("Swimming", 3),
    ]


def test_projects_of_a_published_year_are_not_brought_in(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    bring(understood(book(ALL), w.ada, w.at), by=w.ada, at=w.at)
    publish_year(w.cycle, by=w.ada, at=w.at, seen=w.cycle.version)
    more = [*PROJECTS, ["Arts", "Chess", None, 2]]
    assert kinds(understood(book({"Projects": more}), w.ada, w.at)) == [("published-year", "A4")]


@pytest.mark.parametrize("path", sorted(CASES.iterdir()), ids=lambda path: path.name)
def test_a_file_of_past_figures_is_judged_as_by_the_import_of_the_history(
    empty_portal: SimpleNamespace, path: Path
) -> None:
    if path.name == "f06_sheet_per_year.xlsx":
        # Three tables in three sheets: the history takes one, the workbook all of them.
        _code, said = said_by_command(path, "--check", "--now", empty_portal.at.isoformat())
        assert [(one["key"], one["rows"]) for one in said["sheets"]] == [("figures", 1)] * 3
        return
    _code, own = said_by_command(path, "--check", "--now", empty_portal.at.isoformat())
    _code, history = check(path, create=True, now=empty_portal.at.isoformat())
    told = [[(one["kind"], one["cell"]) for one in one_of["problems"]] for one_of in (own, history)]
    assert told[0] == told[1]
    asked = [one["key"].removeprefix("figures.") for one in own["questions"]]
    assert [key for key in asked if key != "new-departments"] == [one["key"] for one in history["questions"]]


def test_departments_that_nobody_knows_are_added_once_somebody_says_so(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    packed = text([["Department", "Year", "Money"], ["Dance", 2025, 12]])
    assert questions(understood(packed, w.ada, w.at)) == ["figures.new-departments"]
    refused = understood(packed, w.ada, w.at, answers={"figures.new-departments": "none"})
    assert kinds(refused) == [("unknown-department", "A2")]
    bring(understood(packed, w.ada, w.at, answers={"figures.new-departments": "add"}), by=w.ada, at=w.at)
    assert list(Department.objects.values_list("name", flat=True)) == ["Dance"]


RESULTS: Rows = [
    ["Programme results by quarter, calendar year 2024"],
    ["Department", "Programme", "Turnout", "Spent so far"],
    [None, None, "people", "USD"],
    ["Arts", "Story hours", 310, 1250.5],
    ["Arts", "Makerspace", 41, "820"],
    ["Total", None, 351, 2070.5],
]


@pytest.mark.parametrize(
    ("answers", "asked", "wrong"),
    [
        ({}, ["projects.figures-beside"], []),
        ({"projects.figures-beside": "planned"}, [], []),
        ({"projects.figures-beside": "done"}, [], [("no-measure", "C2")]),
    ],
)
def test_a_table_of_results_is_not_taken_for_projects_without_asking(
    empty_portal: SimpleNamespace, answers: dict[str, str], asked: list[str], wrong: list[tuple[str, str]]
) -> None:
    packed = book({"Departments": DEPARTMENTS, "FY 2024": RESULTS})
    found = understood(packed, empty_portal.ada, empty_portal.at, answers=answers)
    assert (questions(found), kinds(found)) == (asked, wrong)
    cells = [(cell.cell, cell.typed) for _sheet, question in found.questions for cell in question.cells]
    assert cells == [("C4", "310"), ("D4", "1250.5")][: 2 * len(asked)]


def test_a_row_of_sums_in_a_list_is_passed_over_for_what_it_lacks(empty_portal: SimpleNamespace) -> None:
    packed = book({"Departments": DEPARTMENTS, "FY 2024": RESULTS})
    found = understood(packed, empty_portal.ada, empty_portal.at)
    assert [note.sentence for note in found.sheets[1].not_read][-1] == (
        "Not read, because the cells that a row needs are blank: row 3, 6, “people”."
    )


def test_a_sheet_that_is_called_projects_is_one_whatever_stands_beside_them(empty_portal: SimpleNamespace) -> None:
    packed = book({"Departments": DEPARTMENTS, "Projects": RESULTS[1:4]})
    assert questions(understood(packed, empty_portal.ada, empty_portal.at)) == []


def test_rows_are_called_by_what_tells_them_apart(empty_portal: SimpleNamespace) -> None:
    rows = [PROJECTS[0], ["Arts", "Story hours"], ["Arts", "Makerspace"], ["Arts", "Makerspace"]]
    found = understood(book({"Departments": DEPARTMENTS, "Projects": rows}), empty_portal.ada, empty_portal.at)
    projects = found.sheets[1]
    called = list(dict.fromkeys(value.of for value in projects.values(most=100)))
    assert called == ["Arts · Story hours", "Arts · Makerspace"]
    assert [problem.sentence for problem in projects.problems] == [
        "Row 4 says the same thing as row 3 once more: “Arts · Makerspace”. Delete one of the two rows."
    ]


def test_where_none_of_the_columns_is_the_missing_one_the_way_out_is_to_add_it(empty_portal: SimpleNamespace) -> None:
    packed = book({"Departments": DEPARTMENTS, "Results": [*RESULTS[:2], *RESULTS[3:]]})
    found = understood(packed, empty_portal.ada, empty_portal.at)
    assert [str(answer) for _sheet, question in found.questions for answer in question.answers] == [
        "Column C, “Turnout”.",
        "Column D, “Spent so far”.",
        "None of them.",
    ]
    none = understood(packed, empty_portal.ada, empty_portal.at, answers={"figures.column:year": "none"})
    assert (questions(none), [problem.sentence for problem in none.sheets[1].problems]) == (
        [],
        ["The sheet “Results” has no column “Year”. Add it, as the template has it."],
    )
    assert [question.key for question, _answer in none.answered] == ["figures.column:year"]

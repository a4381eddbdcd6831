from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_portal.foundation.kit.sheets import Table, read_table, write_xlsx
from sop_portal.foundation.kit.tests.workbooks import SMALL, workbook

FILES = Path(__file__).parents[3] / "tests/data"
CONNECTICUT = FILES / "connecticut_libraries_1996_2012.csv"
ASUC = FILES / "asuc_2016_2017_requests_and_allocations.xlsx"


def test_a_workbook_is_read_with_exact_numbers_and_dates() -> None:
    packed = workbook(
        ["department", "year", "money", "on"],
        ["Arts", 2027, 1234.56, date(2027, 3, 31)],
        ["艺术部", 78.0, 0.1, None],
        [" ", -5, 10_095_411.2, True],
    )
    assert read_table(packed, "plan.xlsx") == Table(
        header=["department", "year", "money", "on"],
        rows=[
            ["Arts", Decimal(2027), Decimal("1234.56"), date(2027, 3, 31)],
            ["艺术部", Decimal(78), Decimal("0.1"), None],
            [" ", Decimal(-5), Decimal("10095411.2"), "TRUE"],
        ],
        first_row=2,
    )


@settings(max_examples=8)
@given(st.lists(st.decimals(min_value=-(10**12), max_value=10**12, places=2), min_size=1, max_size=50))
def test_every_amount_survives_the_way_through_a_workbook_to_the_cent(amounts: list[Decimal]) -> None:
    stream = BytesIO()
    write_xlsx(stream, "Amounts", ["name", "amount"], ([str(place), amount] for place, amount in enumerate(amounts)))
    assert [row[1] for row in read_table(stream.getvalue(), "amounts.xlsx").rows] == amounts


def test_rows_keep_the_numbers_the_spreadsheet_shows() -> None:
    sheet = read_table(
        workbook(["Plan of the association"], [], ["name", "n"], ["a", 1], [], ["b", 2], [], []), "p.xlsx"
    )
    assert (sheet.header, sheet.first_row, sheet.rows) == (
        ["name", "n"],
        4,
        [["a", Decimal(1)], [None, None], ["b", Decimal(2)]],
    )
    assert [sheet.row_number(place) for place in range(3)] == [4, 5, 6]


def test_rows_above_the_table_count_in_a_workbook_that_starts_further_down() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        table = book.add_worksheet()
        table.write_row(4, 2, ["name", "n"])
        table.write_row(5, 2, ["a", 1])
    sheet = read_table(stream.getvalue(), "p.xlsx")
    assert sheet.first_row == 6
    assert sheet.rows == [["a", Decimal(1)]]


def test_hidden_and_empty_sheets_are_passed_over() -> None:
    assert read_table(workbook(["name", "n"], ["a", 1], hidden=True), "p.xlsx").header == ["name", "n"]


def test_a_real_workbook_with_merged_cells_and_empty_tails_is_read() -> None:
    sheet = read_table(ASUC, ASUC.name)
    assert len(sheet.header) <= 60
    assert len(sheet.rows) > 50
    assert any(isinstance(cell, Decimal) for row in sheet.rows for cell in row)


def test_a_real_csv_is_read_as_text() -> None:
    sheet = read_table(CONNECTICUT, "data.csv")
    assert len(sheet.rows) == 1204
    assert sheet.header[:2] == ["library", "year"]
    assert sheet.rows[12][:2] == ["Deep River ", "1996"]
    assert sheet.rows[7][9] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_text_tables_of_all_kinds_are_read(encoding: str, delimiter: str, newline: str) -> None:
    lines = [
        delimiter.join(row) for row in (["部门", "年度", "备注"], ["艺术部", "2027", '"a,b;c\td"'], ["体育部", "", "x"])
    ]
    sheet = read_table(newline.join(lines).encode(encoding), "计划.csv")
    assert sheet == Table(["部门", "年度", "备注"], [["艺术部", "2027", "a,b;c\td"], ["体育部", None, "x"]])


def test_blank_lines_count_and_blank_ends_do_not() -> None:
    sheet = read_table(b"a,b\n1,2\n\n3,4,,,\n,,\n\n", "t.csv")
    assert sheet.rows == [["1", "2"], [None, None], ["3", "4"]]


def test_the_kind_is_told_by_content_and_not_by_name() -> None:
    assert read_table(SMALL, "plan.csv").rows == [["Arts", Decimal(2027), Decimal("12.5")]]
    assert read_table(b"a,b\n1,2\n", "plan.xlsx").rows == [["1", "2"]]

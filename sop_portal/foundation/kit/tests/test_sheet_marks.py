"""What the fast reader of workbooks does not say, said by the sheet's own XML."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter

from sop_portal.foundation.kit.sheets import Marked, Table, read_table
from sop_portal.foundation.kit.sheets.child_marks import Styles, marks_in, place_of
from sop_portal.foundation.kit.tests.workbooks import SMALL, repacked, workbook

HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
TAIL = b"</sheetData></worksheet>"


def sheet(write: Any) -> Table:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        table = book.add_worksheet("Figures")
        table.write_row(0, 0, ["name", "n", "m"])
        write(book, table)
    return read_table(stream.getvalue(), "p.xlsx")


def test_a_formula_without_a_stored_value_an_error_and_a_percentage_are_marked() -> None:
    def write(book: Any, table: Any) -> None:
        table.write_formula(1, 1, "=B1*2", None, "")
        table.write_formula(1, 2, "=B1*2", None, 84)
        table.write_formula(2, 1, "=1/0", None, "#DIV/0!")
        table.write_number(2, 2, 0.85, book.add_format({"num_format": "0.0%"}))
        table.write_number(3, 1, 0.5, book.add_format({"num_format": 9}))
        table.write_number(3, 2, 0.5, book.add_format({"num_format": '0.0"%"'}))

    assert sheet(write).rows == [
        [None, Marked("formula", "=B1*2"), Decimal(84)],
        [None, Marked("error", "#DIV/0!"), Marked("percent", "0.85")],
        [None, Marked("percent", "0.5"), Marked("percent", "0.005")],
    ]


@pytest.mark.parametrize(
    ("cell", "marks"),
    [
        (b'<c r="B1"><f>A1*2</f><v/></c>', {(0, 1): {"formula": "=A1*2"}}),
        (b'<c r="B1"><f>A1*2</f></c>', {(0, 1): {"formula": "=A1*2"}}),
        (b'<c r="B1"><f>A1*2</f><v>8</v></c>', {}),
        (b'<c r="B1" t="str"><f>A1</f><v></v></c>', {}),
        (b'<c r="B1" t="e"><v>#N/A</v></c>', {(0, 1): {"error": "#N/A"}}),
        (b"<c r='B1' t='e'><v>#N/A</v></c>", {(0, 1): {"error": "#N/A"}}),
        (b'<c/><c t="e"><v>#REF!</v></c>', {(0, 1): {"error": "#REF!"}}),
        (b'<c r="B1" s="3"><v>0.5</v></c>', {(0, 1): {"percent": "0.5"}}),
        (b'<c r="B1" s="4"><v>0.5</v></c>', {}),
        (b'<c r="B1" s="3" t="s"><v>0</v></c>', {}),
    ],
)
def test_a_cell_is_judged_by_its_own_xml(cell: bytes, marks: dict[Any, Any]) -> None:
    assert marks_in(HEAD + b'<row r="1">' + cell + b"</row>" + TAIL, Styles({"3"}, {})).cells == marks


def test_a_sheet_with_prefixed_names_or_in_utf_16_is_looked_through_as_well() -> None:
    plain = '<x:worksheet xmlns:x="u"><x:row r="2"><x:c r="C2"><x:f>1/0</x:f></x:c></x:row></x:worksheet>'
    for packed in (plain.encode(), f'<?xml version="1.0" encoding="UTF-16"?>{plain}'.encode("utf-16")):
        assert marks_in(packed, Styles(set(), {})).cells == {(1, 2): {"formula": "=1/0"}}


def test_hidden_rows_and_columns_merged_cells_and_other_sheets_are_told() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        table, notes, old = book.add_worksheet("Figures"), book.add_worksheet("Notes"), book.add_worksheet("Old")
        for number, row in enumerate((["name", "n"], ["a", 1], ["b", 2], ["c", 3])):
            table.write_row(number, 0, row)
        table.set_row(2, None, None, {"hidden": True})
        table.set_column(1, 1, None, None, {"hidden": True})
        table.merge_range(1, 0, 2, 0, "a")
        notes.write_row(0, 0, ["only words"])
        old.write_row(0, 0, ["name", "n"])
        old.hide()
    around = read_table(stream.getvalue(), "p.xlsx").context
    assert (around.sheet, around.hidden_rows, around.hidden_columns, around.merged) == (
        *("Figures", frozenset({1}), frozenset({1})),
        ((0, 0, 1, 0),),
    )
    assert [(other.name, other.is_hidden, other.rows) for other in around.others] == [
        *(("Notes", False, [["only words"]]), ("Old", True, [["name", "n"]])),
    ]


def test_the_sheet_that_is_asked_for_is_read() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name in ("One", "Two"):
            book.add_worksheet(name).write_row(0, 0, [name, "n"])
    assert read_table(stream.getvalue(), "p.xlsx", answers={"sheet": "Two"}).header == ["Two", "n"]
    assert read_table(stream.getvalue(), "p.xlsx", answers={"sheet": "Nowhere"}).header == ["One", "n"]


def test_an_address_is_the_one_the_spreadsheet_program_shows() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        table = book.add_worksheet()
        table.write_row(4, 2, ["name", "n"])
        table.write_row(5, 2, ["a", 1])
    sheet = read_table(stream.getvalue(), "p.xlsx")
    assert sheet.address(sheet.row_number(0), 1) == "D6"
    assert [place_of(letters) for letters in ("A", "Z", "AA", "XFD")] == [0, 25, 26, 16383]


def test_a_workbook_whose_sheet_is_nowhere_is_damaged() -> None:
    packed = repacked(SMALL, lambda name, part: part.replace(b"sheet1.xml", b"sheet9.xml") if "rels" in name else part)
    with pytest.raises(Exception, match="damaged"):
        read_table(packed, "p.xlsx")


def test_a_plain_sheet_is_not_looked_through() -> None:
    assert sheet(lambda book, table: None).context.merged == ()
    assert read_table(workbook(["a", "b"], ["<f>", 'say "e"']), "p.xlsx").rows == [["<f>", 'say "e"']]

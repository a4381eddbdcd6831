import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_portal.kit import sheet_child, sheet_workbook, sheets
from sop_portal.kit.sheets import Sheet, SheetRefused, read_table, write_csv, write_xlsx

FILES = Path(__file__).parents[2] / "tests/data"
CONNECTICUT = FILES / "connecticut_libraries_1996_2012.csv"
ASUC = FILES / "asuc_2016_2017_requests_and_allocations.xlsx"


def workbook(*rows: list[object], hidden: bool = False) -> bytes:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        if hidden:
            empty, secret = book.add_worksheet(), book.add_worksheet()
            secret.write_row(0, 0, ["secret", "sheet"])
            secret.hide()
            empty.activate()
        table = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    table.write_datetime(number, column, cell, book.add_format({"num_format": "yyyy-mm-dd"}))
                else:
                    table.write(number, column, cell)
    return stream.getvalue()


def repacked(
    packed: bytes, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None
) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(packed)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in (more or {}).items():
            new.writestr(name, part)
    return stream.getvalue()


def refusal(packed: bytes, filename: str = "plan.xlsx") -> str:
    with pytest.raises(SheetRefused) as refused:
        read_table(packed, filename)
    return str(refused.value)


SMALL = workbook(["department", "year", "money"], ["Arts", 2027, 12.5])


def test_a_workbook_is_read_with_exact_numbers_and_dates() -> None:
    packed = workbook(
        ["department", "year", "money", "on"],
        ["Arts", 2027, 1234.56, date(2027, 3, 31)],
        ["艺术部", 78.0, 0.1, None],
        [" ", -5, 10_095_411.2, True],
    )
    assert read_table(packed, "plan.xlsx") == Sheet(
        header=["department", "year", "money", "on"],
        rows=[
            ["Arts", Decimal(2027), Decimal("1234.56"), date(2027, 3, 31)],
            ["艺术部", Decimal(78), Decimal("0.1"), None],
            [" ", Decimal(-5), Decimal("10095411.2"), "TRUE"],
        ],
        first_row=2,
    )


@settings(max_examples=8, deadline=None)
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
        ["name", "n"], 4, [["a", Decimal(1)], [None, None], ["b", Decimal(2)]],
    )  # fmt: skip
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
    assert sheet == Sheet(["部门", "年度", "备注"], [["艺术部", "2027", "a,b;c\td"], ["体育部", None, "x"]])


def test_blank_lines_count_and_blank_ends_do_not() -> None:
    sheet = read_table(b"a,b\n1,2\n\n3,4,,,\n,,\n\n", "t.csv")
    assert sheet.rows == [["1", "2"], [None, None], ["3", "4"]]


def test_the_kind_is_told_by_content_and_not_by_name() -> None:
    assert read_table(SMALL, "plan.csv").rows == [["Arts", Decimal(2027), Decimal("12.5")]]
    assert read_table(b"a,b\n1,2\n", "plan.xlsx").rows == [["1", "2"]]


NOT_TABLES = {
    "web page": b"<html><table><tr><td>1</td></tr></table></html>",
    "web page behind a mark": b"\xef\xbb\xbf\n <!DOCTYPE html><table></table>",
    "xml": b'<?xml version="1.0"?><Workbook/>',
}


@pytest.mark.parametrize("packed", NOT_TABLES.values(), ids=NOT_TABLES)
def test_a_web_page_named_xlsx_is_refused(packed: bytes) -> None:
    assert refusal(packed) == (
        "“plan.xlsx” is a web page, whatever its name says. "
        "Open it in a spreadsheet program, save it as .xlsx and try again."
    )


def test_an_old_or_locked_workbook_is_refused() -> None:
    assert refusal(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600).startswith(
        "“plan.xlsx” is an old Excel file (.xls) or "
    )


@pytest.mark.parametrize(
    "packed", [b"%PDF-1.7\n\0\0", b"\x89PNG\r\n\x1a\n\0\0", b"a,b\n1,\0\n", b"\xff\xff\xff\x80,\n"]
)
def test_what_is_neither_workbook_nor_text_is_refused(packed: bytes) -> None:
    assert refusal(packed, "x.csv") == (
        "“x.csv” is neither a workbook (.xlsx) nor a text table (CSV). Save it as .xlsx or CSV and try again."
    )


@pytest.mark.parametrize("packed", [b"", b"\n\n", b" ", b",,,\n", workbook()])
def test_an_empty_file_holds_no_table(packed: bytes) -> None:
    assert refusal(packed).startswith("“plan.xlsx” holds no table.")


def test_a_workbook_with_macros_is_refused() -> None:
    packed = repacked(SMALL, lambda name, part: part, {"xl/vbaProject.bin": b"x"})
    assert refusal(packed) == "“plan.xlsx” holds macros. Save it as .xlsx, without macros, and try again."


def test_another_archive_is_refused() -> None:
    packed = repacked(SMALL, lambda name, part: None, {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})
    assert refusal(packed) == "“plan.xlsx” is not a workbook of the kind .xlsx. Save it as .xlsx or CSV and try again."


@pytest.mark.parametrize("cut", [10, 200, 1000, -30])
def test_a_damaged_workbook_is_refused(cut: int) -> None:
    assert "it may be damaged" in refusal(SMALL[:cut])


def test_a_workbook_whose_parts_are_damaged_is_refused() -> None:
    packed = repacked(SMALL, lambda name, part: b"<oops" if name.startswith("xl/work") else part)
    assert "it may be damaged" in refusal(packed)


def test_a_file_above_the_limit_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "csv_rows", None)
    says = "“big.csv” is larger than 10 MB. Split it and bring the parts one by one."
    assert refusal(b"a" * 10_000_001, "big.csv") == says
    big = tmp_path / "big.csv"
    big.write_bytes(b"a" * 10_000_001)
    with pytest.raises(SheetRefused, match="larger than 10 MB"):
        read_table(big, "big.csv")


def test_an_archive_that_unpacks_to_far_more_is_refused_before_it_is_unpacked() -> None:
    packed = repacked(SMALL, lambda name, part: part, {"xl/media/bomb.bin": b"\0" * 30_000_000})
    assert len(packed) < 100_000
    assert refusal(packed).startswith("“plan.xlsx” would unpack to far more than can be read.")


def test_an_archive_of_a_thousand_parts_is_refused() -> None:
    packed = repacked(SMALL, lambda name, part: part, {f"x/{part}": b"" for part in range(1000)})
    assert refusal(packed).startswith("“plan.xlsx” would unpack to far more than can be read.")


def test_an_archive_that_lies_about_its_size_is_not_unpacked_any_further() -> None:
    packed = repacked(SMALL, lambda name, part: b" " * 100_000_000 if name == "xl/sharedStrings.xml" else part)
    lying = packed.replace((100_000_000).to_bytes(4, "little"), (4000).to_bytes(4, "little"))
    assert lying != packed
    assert "it may be damaged" in refusal(lying)


def test_a_cell_at_the_far_end_does_not_exhaust_the_machine() -> None:
    def far_end(name: str, part: bytes) -> bytes:
        return part.replace(b'r="C2"', b'r="XFD1048576"').replace(b'<row r="2"', b'<row r="1048576"')

    packed = repacked(SMALL, far_end)
    assert packed != SMALL
    assert refusal(packed) == (
        "“plan.xlsx” takes too much time or memory to read. Save only the table you need and try again."
    )


def test_entities_that_multiply_are_not_expanded() -> None:
    entities = (
        b'<!DOCTYPE x [<!ENTITY a "'
        + b"ha" * 1000
        + b'">'
        + b"".join(
            b'<!ENTITY %s "%s">' % (bytes([98 + level]), b"&%s;" % bytes([97 + level]) * 20) for level in range(8)
        )
        + b"]>"
    )

    def laughs(name: str, part: bytes) -> bytes:
        return part.replace(b"<sst", entities + b"<sst").replace(b"Arts", b"&i;") if "sharedStrings" in name else part

    try:
        cells = read_table(repacked(SMALL, laughs), "plan.xlsx").rows
    except SheetRefused:
        return
    assert max(len(str(cell)) for row in cells for cell in row) < 100


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_workbook, "COMMAND", [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(sheet_workbook, "MAX_SECONDS", 0.2)
    assert refusal(SMALL).startswith("“plan.xlsx” takes too much time or memory to read.")


def test_the_child_knows_neither_django_nor_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "shown to nobody")
    ask = (
        "import os, runpy, sys; "
        f"runpy.run_path({sheet_child.__file__!r}); "
        "sys.exit('django' in sys.modules or 'sop_portal' in sys.modules or 'SECRET_KEY' in os.environ)"
    )
    command = [*sheet_workbook.COMMAND[:2], "-c", ask]
    assert subprocess.run(command, env=sheet_workbook.ENVIRONMENT, check=False).returncode == 0
    assert "python_calamine" not in Path(sheets.__file__).read_text() + Path(sheet_workbook.__file__).read_text()


def test_the_child_gives_up_memory_time_and_disk() -> None:
    ask = (
        "import runpy, resource as r; "
        f"runpy.run_path({sheet_child.__file__!r})['limit_this_process'](); "
        "print([r.getrlimit(x)[1] for x in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)])"
    )
    answer = subprocess.run([sys.executable, "-I", "-c", ask], capture_output=True, check=True, text=True)
    assert answer.stdout.strip() == "[900000000, 20, 200000000, 0]"


def test_one_row_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    assert len(read_table(b"a,b\n" + b"1,2\n" * 3, "t.csv").rows) == 3
    assert refusal(b"a,b\n" + b"1,2\n" * 4, "t.csv").startswith("“t.csv” has more than 3 rows.")


def test_a_row_far_below_is_one_too_many() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        table = book.add_worksheet()
        table.write_row(0, 0, ["a", "b"])
        table.write_row(200_000, 0, ["1", "2"])
    assert refusal(stream.getvalue()) == (
        "“plan.xlsx” has more than 100,000 rows. Split it and bring the parts one by one."
    )


@pytest.mark.parametrize("packed", [b",".join([b"x"] * 61), workbook(["x"] * 61)], ids=["csv", "xlsx"])
def test_one_column_too_many_is_refused(packed: bytes) -> None:
    says = "“plan.xlsx” has more than 60 columns. Delete those you do not need and try again."
    assert refusal(packed) == says


def test_the_name_in_the_sentence_is_short_and_plain() -> None:
    says = refusal(b"", "../../etc/\u202e\0" + "x" * 200 + ".csv")
    assert says.startswith("“" + "x" * 80 + "” holds no table.")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400).filter(lambda packed: not packed.startswith(b"PK")))
def test_no_bytes_break_the_reader(packed: bytes) -> None:
    try:
        sentence = ", ".join(read_table(packed, "t.csv").header) + "."
    except SheetRefused as refused:
        sentence = str(refused)
    assert sentence.endswith(".")


RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "'=1", "''=1", "http://x.org", "0012", "mailto:a@b.c"]


def test_text_stays_text_in_a_workbook() -> None:
    stream = BytesIO()
    write_xlsx(stream, "Plan", ["=evil()", "n"], ([text, Decimal(1)] for text in RISKY))
    with zipfile.ZipFile(BytesIO(stream.getvalue())) as parts:
        assert all(b"<f>" not in parts.read(name) and b"hyperlink" not in parts.read(name) for name in parts.namelist())
    sheet = read_table(stream.getvalue(), "plan.xlsx")
    assert [sheet.header[0], *(row[0] for row in sheet.rows)] == ["=evil()", *RISKY]


def test_text_in_a_csv_is_never_run_and_comes_back_as_it_was() -> None:
    stream = BytesIO()
    write_csv(stream, ["name", "n"], ([text, Decimal("-1.50")] for text in RISKY))
    lines = stream.getvalue().decode("utf-8-sig")
    assert "'=1+1,-1.50" in lines
    assert "'-1,-1.50" in lines
    assert "http://x.org,-1.50" in lines
    assert [row[0] for row in read_table(stream.getvalue(), "t.csv").rows] == RISKY


def test_every_kind_of_cell_is_written(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from django.utils.translation import gettext_lazy

    row = [
        "艺术",
        gettext_lazy("Draft"),
        Decimal("1234.50"),
        7,
        date(2027, 3, 31),
        None,
        True,
        Decimal("12345678901234567"),
    ]
    moment = datetime(2027, 3, 31, 10, 30, tzinfo=UTC)
    header = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
    as_csv, as_xlsx = BytesIO(), BytesIO()
    write_csv(as_csv, header, [[*row, moment]])
    write_xlsx(as_xlsx, "[Plan]: 2027/28 " + "x" * 40, header, [[*row, moment]])
    assert as_csv.getvalue().decode("utf-8-sig").splitlines()[1] == (
        "艺术,Draft,1234.50,7,2027-03-31,,True,12345678901234567,2027-03-31 10:30"
    )
    assert read_table(as_xlsx.getvalue(), "x.xlsx").rows == [
        [
            "艺术",
            "Draft",
            Decimal("1234.5"),
            Decimal(7),
            date(2027, 3, 31),
            None,
            "True",
            "12345678901234567",
            date(2027, 3, 31),
        ]
    ]


@pytest.mark.parametrize("title", ["", "History", "'x'", "/:*?", "预算 2027", "a" * 50, "\ud800"])
def test_any_title_makes_a_workbook(title: str) -> None:
    stream = BytesIO()
    write_xlsx(stream, title, ["a", "b"], [["\ufffe\x01", "x" * 40_000]])
    assert len(str(read_table(stream.getvalue(), "x.xlsx").rows[0][1])) == 32_767

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_portal.foundation.kit.sheets import SheetRefused, child, read_table, reading
from sop_portal.foundation.kit.sheets import workbook as reading_workbook
from sop_portal.foundation.kit.tests.workbooks import SMALL, refusal, repacked, workbook

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
    "packed", [b"%PDF-1.7\n\0\0", b"\x89PNG\r\n\x1a\n\0\0", b"a,b\n1,\0\n", bytes(range(128, 256)) + b",\n"]
)
def test_what_is_neither_workbook_nor_text_is_refused(packed: bytes) -> None:
    assert refusal(packed, "x.csv") == (
        "“x.csv” is neither a workbook (.xlsx) nor a text table (CSV) in an encoding that can be told. "
        "Save it as .xlsx or as CSV UTF-8 and try again."
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
    monkeypatch.setattr(reading, "rows_from_child", None)
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
    monkeypatch.setattr(reading_workbook, "COMMAND", [sys.executable, "-c", "import time; time.sleep(60)"])
    monkeypatch.setattr(reading_workbook, "MAX_SECONDS", 0.2)
    assert refusal(SMALL).startswith("“plan.xlsx” takes too much time or memory to read.")


def test_the_child_knows_no_django() -> None:
    ask = (
        f"import runpy, sys; runpy.run_path({child.__file__!r}); "
        "sys.exit('django' in sys.modules or 'sop_portal' in sys.modules)"
    )
    command = [*reading_workbook.COMMAND[:2], "-c", ask]
    assert subprocess.run(command, check=False).returncode == 0
    assert "python_calamine" not in Path(reading.__file__).read_text() + Path(reading_workbook.__file__).read_text()


def test_the_child_is_told_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "shown to nobody")
    ask = """import json, os; print(json.dumps({"said": os.environ.get("SECRET_KEY", "not told")}))"""
    monkeypatch.setattr(reading_workbook, "COMMAND", [sys.executable, "-I", "-c", ask])
    assert reading_workbook.rows_from_child(SMALL, {})[0] == {"said": "not told"}


def test_the_child_gives_up_memory_time_and_disk() -> None:
    ask = (
        "import runpy, resource as r; "
        f"runpy.run_path({child.__file__!r})['limit_this_process'](); "
        "print([r.getrlimit(x)[1] for x in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE)])"
    )
    answer = subprocess.run([sys.executable, "-I", "-c", ask], capture_output=True, check=True, text=True)
    assert answer.stdout.strip() == "[900000000, 20, 200000000, 0]"


def test_one_row_too_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 3)
    assert len(read_table(b"a,b\n" + b"1,2\n" * 3, "t.csv").rows) == 3
    assert refusal(b"a,b\n" + b"1,2\n" * 4, "t.csv").startswith("“t.csv” has more than 3 rows.")


def test_a_million_empty_rows_are_not_read() -> None:
    assert read_table(b"a,b\n1,2\n" + b",\n" * 100_098, "t.csv").rows == [["1", "2"]]
    assert refusal(b"a,b\n1,2\n" + b",\n" * 100_099, "t.csv").startswith("“t.csv” has more than 100,000 rows.")


def test_a_row_far_below_is_one_too_many() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        table = book.add_worksheet()
        table.write_row(0, 0, ["a", "b"])
        table.write_row(200_000, 0, ["1", "2"])
    says = "“plan.xlsx” has more than 100,000 rows. Split it and bring the parts one by one."
    assert refusal(stream.getvalue()) == says
    with pytest.raises(reading_workbook.WorkbookRefused) as refused:
        reading_workbook.rows_from_child(stream.getvalue(), {})
    assert refused.value.refusal == child.WorkbookProblem.TOO_MANY_ROWS


@pytest.mark.parametrize("packed", [b",".join([b"x"] * 61), workbook(["x"] * 61)], ids=["csv", "xlsx"])
def test_one_column_too_many_is_refused(packed: bytes) -> None:
    says = "“plan.xlsx” has more than 60 columns. Delete those you do not need and try again."
    assert refusal(packed) == says


def test_the_name_in_the_sentence_is_short_and_plain() -> None:
    says = refusal(b"", "../../etc/\u202e\0" + "x" * 200 + ".csv")
    assert says.startswith("“" + "x" * 80 + "” holds no table.")


@settings(max_examples=60)
@given(st.binary(max_size=400).filter(lambda packed: not packed.startswith(b"PK")))
def test_no_bytes_break_the_reader(packed: bytes) -> None:
    try:
        sentence = ", ".join(read_table(packed, "t.csv").header) + "."
    except SheetRefused as refused:
        sentence = str(refused)
    assert sentence.endswith(".")

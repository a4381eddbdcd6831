import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext

from sop_portal.foundation.kit.sheets import csv_lines, read_table, write_csv, write_xlsx
from sop_portal.foundation.kit.sheets.writing import LINES_AT_ONCE

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


def test_a_table_that_streams_keeps_the_language_and_the_zone_of_whoever_asked_for_it() -> None:
    """The answer is written when its request has ended, in pieces, and nothing of it leaks into what runs between."""
    moment = datetime(2027, 3, 1, 2, tzinfo=UTC)
    rows = ((gettext("Yes") + f" {timezone.localtime(moment):%d %H}",) for _number in range(LINES_AT_ONCE + 1))
    with translation.override("zh-hans"), timezone.override(ZoneInfo("Asia/Shanghai")):
        pieces = csv_lines(["A"], rows)
    with translation.override("en"), timezone.override(ZoneInfo("America/New_York")):
        found = [(piece.decode(), translation.get_language()) for piece in pieces]
    assert {language for _text, language in found} == {"en"}
    assert len(found) == 2
    assert {line for text, _language in found for line in text.splitlines()[-1:]} == {"是 01 10"}

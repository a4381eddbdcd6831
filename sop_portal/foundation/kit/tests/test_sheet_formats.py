"""What a number format shows beside the digits, and how many times smaller than they are."""

import pytest

from sop_portal.foundation.kit.sheets.child_formats import NumberFormat, Shown
from sop_portal.foundation.kit.sheets.child_marks import Styles, marks_in


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        *(("General", ("", "", 1)), ("#,##0.00", ("", "", 1)), ("[Red]#,##0_);(#,##0)", ("", "", 1))),
        *(("#,##0,", ("", "", 1000)), ("0,.0", ("", "", 1000)), ('0.0,,"M"', ("", "M", 1_000_000))),
        *(('0"k"', ("", "k", 1)), ("0.0k", ("", "k", 1)), ('General"k"', ("", "k", 1))),
        *(("[$£-809]#,##0", ("£", "", 1)), ("£#,##0", ("£", "", 1)), ("[$US$-409]0", ("US$", "", 1))),
        *(("[$USD] 0", ("USD", "", 1)), ("#,##0\\ [$kr-41D]", ("", "kr", 1)), ("[$-409]0", ("", "", 1))),
        *(('0!.0,"万"', ("", "万", 10_000)), ('0"."0000"万"', ("", "万", 10_000)), ("#\\.##0", ("", "", 1))),
        *(("yyyy-mm-dd", ("", "", 1)), ('yyyy"年"', ("", "", 1)), ("0.0E+00", ("", "", 1)), ("# ??/??", ("", "", 1))),
        ('_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-', ("", "€", 1)),
    ],
)
def test_the_words_and_the_divisor_of_a_format(code: str, shown: tuple[str, str, int]) -> None:
    assert NumberFormat(code).shown(12.0) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(2e6, ("", "M", 1_000_000)), (2e3, ("", "K", 1000)), (2.0, ("", "", 1)), (-2.0, ("", "", 1))]
)
def test_a_condition_says_which_part_shows_a_value(value: float, shown: tuple[str, str, int]) -> None:
    assert NumberFormat('[>=1000000]0.0,,"M";[>=1000]0.0,"K";0').shown(value) == shown


@pytest.mark.parametrize(("value", "behind"), [(2.0, "a"), (-2.0, "b"), (0.0, "c")])
def test_a_sign_says_which_part_shows_a_value_otherwise(value: float, behind: str) -> None:
    assert NumberFormat('0"a";0"b";0"c"').shown(value).behind == behind


@pytest.mark.parametrize("remark", [b"", b"<!-- -->"], ids=["found", "parsed"])
def test_a_column_is_told_in_runs_with_its_first_value_however_it_is_read(remark: bytes) -> None:
    cells = [
        b'r="C2" s="1"',
        b'r="C3" t="n" s="1"',
        b'r="C4" s="2"',
        b'r="C5" s="1"',
        b'r="AA6" s="1" t="s"',
        b'r="A7"',
    ]
    rows = b"".join(b'<row r="%d"><c ' % at + cell + b"><v>1%d</v></c></row>" % at for at, cell in enumerate(cells, 2))
    styles = Styles({"2"}, {"1": NumberFormat('0"k"')})
    marks = marks_in(b"<worksheet><sheetData>" + remark + rows + b"</sheetData></worksheet>", styles)
    assert marks.shown == {(2, Shown("", "k", 1)): ("12", [[1, 2], [4, 4]])}
    assert marks.cells == {(3, 2): {"percent": "14"}}

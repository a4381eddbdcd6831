"""Text tables as people have them: written in any encoding, parted by any sign, with titles above."""

import pytest

from sop_portal.foundation.kit.sheets import SheetRefused, Table, read_table
from sop_portal.foundation.kit.sheets.text_encodings import encodings_of
from sop_portal.foundation.kit.sheets.text_table import delimiter_of

CHINESE = "部门,项目,年度,金额\n艺术部,图书馆推广活动与儿童阅读计划,2001,100\n体育部,青少年足球训练营,2002,200\n"
TRADITIONAL = "部門,項目,年度,金額\n藝術部,圖書館推廣活動與兒童閱讀計畫,2001,100\n體育部,青少年足球訓練營,2002,200\n"
WESTERN = (
    "Abteilung;Projekt;Jahr;Geld\nFührung;Café Größe für Kinder;2001;100\nThéâtre;L'été à la bibliothèque;2002;5\n"
)


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        (CHINESE, "utf-8", ["utf-8"]),
        (CHINESE, "utf-8-sig", ["utf-8-sig"]),
        (CHINESE, "utf-16", ["utf-16"]),
        ("Arts,2001,100\n" * 5, "utf-16-le", ["utf-16-le"]),
        ("Arts,2001,100\n" * 5, "utf-16-be", ["utf-16-be"]),
        ("Arts,2001,100\n", "ascii", ["utf-8"]),
        (CHINESE, "gb18030", ["gb18030"]),
        (TRADITIONAL, "big5", ["big5"]),
        (WESTERN, "cp1252", ["cp1252"]),
        ("Department,Money\nCafé,100\n", "cp1252", ["cp1252"]),
        ("Department,Money (€)\nArts – North,100\n", "cp1252", ["cp1252"]),
    ],
)
def test_an_encoding_is_told_by_what_reads_like_text(text: str, encoding: str, found: list[str]) -> None:
    assert encodings_of(text.encode(encoding)) == found


def test_only_a_guess_is_shown_with_a_sample() -> None:
    assert read_table(CHINESE.encode(), "t.csv").context.samples == {}
    around = read_table(WESTERN.encode("cp1252"), "t.csv").context
    assert (around.encoding, around.samples) == (
        *("cp1252",),
        {"cp1252": "Führung … Café … Größe … für … Théâtre … L'été … à … bibliothèque"[:60]},
    )


def test_an_answer_chooses_among_the_encodings_that_fit() -> None:
    packed = TRADITIONAL.encode("big5")
    assert read_table(packed, "t.csv", answers={"encoding": "utf-8"}).header == ["部門", "項目", "年度", "金額"]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", ";"),
        ("Title, of all units\n\na;b;c\n1,000;2;3\n4;5;6\n", ";"),
        ("a,b\n1;2,3\n", ","),
        ("a\tb\n1,2\t3\n", "\t"),
        ("a|b\n1|2\n", "|"),
        ("one\ntwo\n", ","),
        ('a,b,c\n"x;y;z",2,3\n"x;y;z",2,3\n', ","),
    ],
)
def test_the_delimiter_is_judged_over_the_first_rows(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_a_line_that_names_its_delimiter_is_no_row_of_the_table() -> None:
    assert read_table(b"sep=;\na;b\n1;2\n", "t.csv") == Table(["a", "b"], [["1", "2"]], 3)


def test_the_header_is_the_row_in_which_most_names_are_known() -> None:
    def recognise(names: object) -> int:
        return sum(name in ("department", "year", "money") for name in names)  # type: ignore[attr-defined]

    text = b"Report,2001\nPrinted,today\ndepartment,year,money\nArts,2001,5\n"
    sheet = read_table(text, "t.csv", recognise=recognise)
    assert (sheet.header, sheet.first_row) == (["department", "year", "money"], 4)
    assert sheet.context.above == ((1, "Report 2001"), (2, "Printed today"))
    double = b"department,year,Results,\n,,participants,money\nArts,2001,5,6\n"
    assert read_table(double, "t.csv", recognise=recognise).header == ["department", "year", "participants", "money"]


def test_signs_that_the_child_needs_for_itself_do_not_part_a_row() -> None:
    sheet = read_table(b'a,b\n"x\x1fy","p\x1eq\nr"\n', "t.csv")
    assert sheet.rows == [["x\ufffdy", "p\ufffdq\nr"]]


def test_a_text_table_is_read_by_the_child_and_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    from sop_portal.foundation.kit.sheets import workbook

    monkeypatch.setattr(workbook, "COMMAND", ["/bin/false"])
    with pytest.raises(SheetRefused):
        read_table(b"a,b\n1,2\n", "t.csv")

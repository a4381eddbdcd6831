"""Files of the shapes that people really have, each with its right result: read, asked about, or refused."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from planning.models import Actual
from planning.tests.importing import CASES, bring, cells, check
from sop_portal.foundation.organisation.models import Department
from sop_portal.people.actions import add_department, change_department
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def avon(cast: SimpleNamespace) -> SimpleNamespace:
    """The department most of the files are about."""
    return SimpleNamespace(avon=Department.objects.create(name="Avon", slug="avon"))


def figures(metric: str, *answers: str, name: str) -> list[tuple[int, str, Decimal | None]]:
    """What a file brings of one measure, once its questions are answered."""
    options = [part for answer in answers for part in ("--answer", answer)]
    code, said = bring(CASES / name, *options)
    assert (code, said["problems"], said["questions"]) == (0, [], [])
    return list(Actual.objects.order_by("year", "name").values_list("year", "name", metric))


@pytest.mark.parametrize(
    ("name", "metric", "brings"),
    [
        (
            "f03_cp1252.csv",
            "money",
            [(2001, "Café Größe", 300), (2001, "Führung für Kinder", 100), (2001, "Théâtre d'été", 200)],
        ),
        ("f04_big5.csv", "money", [(2001, "兒童閱讀計畫", 200), (2001, "圖書館推廣活動", 100)]),
        ("f04b_big5_enheader.csv", "money", [(2001, "兒童閱讀計畫", 200), (2001, "圖書館推廣活動", 100)]),
        ("f09_title_semicolon.csv", "money", [(2001, "Title case", 1000), (2002, "Title case", Decimal("1100.50"))]),
        (
            "f09b_title_semicolon_comma.csv",
            "money",
            [(2001, "Title case", 1000), (2002, "Title case", Decimal("1100.50"))],
        ),
        (
            "f14_gbk_fullwidth.csv",
            "money",
            [(2001, "全角数字", Decimal("12345.50")), (2002, "全角数字", Decimal("12345.50"))],
        ),
        ("f14_gbk_fullwidth.csv", "participants", [(2001, "全角数字", 120), (2002, "全角数字", 130)]),
        ("f16_merged.xlsx", "participants", [(2001, "Merge case", 10), (2002, "Merge case", 11)]),
        ("f16_merged.xlsx", "money", [(2001, "Merge case", 100), (2002, "Merge case", 110)]),
        ("f22_repeated_header.csv", "money", [(2001, "Page case", 100), (2002, "Page case", 100)]),
        ("f23_footnotes.csv", "money", [(2001, "Foot case", 100)]),
        (
            "f24_de_decimal.csv",
            "money",
            [(2001, "DE case", Decimal("1234.50")), (2002, "DE case", Decimal("12.50")), (2003, "DE case", 1234567)],
        ),
        (
            "f21_apostrophe.csv",
            "money",
            [
                *((2001, "=SUM(A1:A2)", 100), (2002, "=cmd|' /C calc'!A0", 100)),
                *((2003, "-Night programme", 100), (2004, "007 club", 100)),
            ],
        ),
    ],
)
def test_what_has_one_reading_is_read(avon: SimpleNamespace, name: str, metric: str, brings: list[Any]) -> None:
    assert sorted(figures(metric, name=name)) == brings


@pytest.mark.parametrize(
    ("name", "key", "kind", "cell", "answers"),
    [
        ("f01_dot_thousands.csv", "number", "number", "D2", ["point", "comma"]),
        ("f02_comma_three_places.csv", "number", "number", "D2", ["point", "comma"]),
        ("f06_sheet_per_year.xlsx", "sheet", "sheet", "", ["2001", "2002", "2003"]),
        ("f15_hidden_rows.xlsx", "hidden-rows", "hidden-rows", "A3", ["take", "leave"]),
        ("f18_unit_header.csv", "unit:D", "unit", "D2", ["1000", "1"]),
        ("f19_text_numbers.xlsx", "number", "number", "D2", ["point", "comma"]),
        ("f28_wages_staff.csv", "unit:D", "unit", "D2", ["leave", "1"]),
        ("f28b_staff_fte.csv", "unit:D", "unit", "D2", ["1600", "1720", "1800", "2080", "1", "leave"]),
        ("f31b_unit_line_thousands.xlsx", "unit:title", "unit", "A2", ["1000", "1"]),
    ],
)
def test_what_has_two_readings_is_asked_and_not_taken(
    avon: SimpleNamespace, name: str, key: str, kind: str, cell: str, answers: list[str]
) -> None:
    code, said = bring(CASES / name)
    assert (code, said["problems"], said["imported"], Actual.objects.count()) == (1, [], 0, 0)
    (question,) = said["questions"]
    assert (question["key"], question["kind"], question["cell"]) == (key, kind, cell)
    assert [answer["value"] for answer in question["answers"]] == answers


@pytest.mark.parametrize(
    ("name", "metric", "answer", "brings"),
    [
        ("f01_dot_thousands.csv", "money", "number=comma", [3500, 5250, 1750, 12500]),
        ("f01_dot_thousands.csv", "participants", "number=point", [2, 2, 3, 3]),
        ("f02_comma_three_places.csv", "people", "number=point", [1500, 7250, 6125]),
        ("f06_sheet_per_year.xlsx", "money", "sheet=2002", [1001]),
        ("f15_hidden_rows.xlsx", "money", "hidden-rows=take", [100, 101, 102, 103]),
        ("f15_hidden_rows.xlsx", "money", "hidden-rows=leave", [100, 102, 103]),
        ("f18_unit_header.csv", "money", "unit:D=1000", [12500, 13000]),
        ("f18_unit_header.csv", "money", "unit:D=1", [Decimal("12.5"), 13]),
        ("f28_wages_staff.csv", "people", "unit:D=leave", [None]),
        ("f28b_staff_fte.csv", "people", "unit:D=1720", [6020]),
        ("f31b_unit_line_thousands.xlsx", "money", "unit:title=1000", [12500, 13250]),
        ("f31b_unit_line_thousands.xlsx", "participants", "unit:title=1000", [120, 130]),
    ],
)
def test_an_answer_decides(avon: SimpleNamespace, name: str, metric: str, answer: str, brings: list[Any]) -> None:
    assert [figure for _year, _name, figure in figures(metric, answer, name=name)] == brings


def test_three_decimals_of_hours_are_refused_once_the_comma_parts_them(avon: SimpleNamespace) -> None:
    code, said = check("f02_comma_three_places.csv", "number=comma")
    assert (code, cells(said["problems"])) == (1, [("too-fine", "D4")])


@pytest.mark.parametrize(
    ("name", "problems"),
    [
        ("f10_accounting.csv", [("negative", "D2"), *(("not-a-number", f"D{row}") for row in (4, 5, 6))]),
        ("f11_percent.xlsx", [("percent", "D2"), ("percent", "E2")]),
        ("f12_dates.xlsx", [("year", "C2"), ("date", "D3")]),
        ("f13_lookalike.csv", [("repeated", "A3")]),
        ("f20_versions.tsv", [("repeated", "A3")]),
        ("f33_formulas_not_computed.xlsx", [("formula", "E2"), ("formula", "E3"), ("formula", "F3")]),
        ("f34_errors.xlsx", [("error", "E3"), ("error", "D4")]),
        ("f29_future_years.csv", [("year-not-ended", f"A{row}") for row in (2, 3, 4)]),
    ],
)
def test_what_has_no_reading_is_refused_with_its_cell(
    avon: SimpleNamespace, name: str, problems: list[tuple[str, str]]
) -> None:
    code, said = bring(CASES / name, now="2026-11-29T08:00+00:00")
    assert (code, cells(said["problems"]), said["questions"], Actual.objects.count()) == (1, problems, [], 0)


def test_a_row_that_is_the_sum_of_others_makes_no_department(cast: SimpleNamespace) -> None:
    code, said = check("f05b_totals_zh.csv", create=True)
    assert (code, said["problems"], cells(said["questions"]), said["rows"]) == (1, [], [("total", "A4")], 2)
    code, said = bring(CASES / "f05b_totals_zh.csv", "--create-departments", "--answer", "total=leave")
    assert (code, said["imported"]) == (0, 2)
    assert set(Department.objects.filter(name__regex="[^ -~]").values_list("name", flat=True)) == {
        *("东区分部", "西区分部")
    }


def test_years_of_other_kinds_are_asked_with_the_months_of_the_portal(avon: SimpleNamespace) -> None:
    code, said = check("f17_years.csv")
    assert (code, said["problems"], cells(said["questions"])) == (1, [], [("fiscal-year", "C3"), ("short-year", "C6")])
    assert "1\N{NO-BREAK SPACE}January 2002 to 31\N{NO-BREAK SPACE}December 2002" in said["questions"][0]["sentence"]
    code, said = check("f17_years.csv", "fiscal-year=last", "short-year=digits")
    assert (code, said["rows"]) == (1, 5)
    assert cells(said["problems"]) == [("repeated", "A5")]
    code, said = bring(CASES / "f17_years.csv", "--answer", "fiscal-year=last", "--answer", "short-year=minguo")
    assert (code, cells(said["problems"])) == (1, [("repeated", "A5"), ("repeated", "A6")])


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("f06_sheet_per_year.xlsx", ["Sheet “2002” is not read.", "Sheet “2003” is not read."]),
        ("f09_title_semicolon.csv", ["Row 1, above the column names, is not read: “Budget report 2001”."]),
        ("f20_versions.tsv", ["Column D, “Version”, is not read."]),
        ("f22_repeated_header.csv", ["Not read, because the column names are repeated: row 3."]),
        (
            "f23_footnotes.csv",
            [
                "Not read, because there is neither a year nor a figure: row 4, 5, "
                "“Source: annual statistics; figures round…”."
            ],
        ),
        (
            "f04_big5.csv",
            [
                "The text was read as Big5, which is a guess: "
                "“部門 … 項目 … 年度 … 金額 … 圖書館推廣活動 … 兒童閱讀計畫”. "
                "If that is wrong, save the file as CSV UTF-8 and bring it again."
            ],
        ),
        (
            "f13_lookalike.csv",
            [
                "Row 3: “Avon\u200b” is written with signs that only look alike; it is read as “Avon”.",
                "Row 4: “Ａvon” is written with signs that only look alike; it is read as “Avon”.",
            ],
        ),
        (
            "f16_merged.xlsx",
            [
                "Cells A4:A5 are merged: “Avon” counts for each of these rows.",
                "Cells B4:B5 are merged: “Merge case” counts for each of these rows.",
                "Row 1, above the column names, is not read: “Programme figures”.",
            ],
        ),
    ],
)
def test_what_was_not_read_or_guessed_is_named(avon: SimpleNamespace, name: str, named: list[str]) -> None:
    assert [warning["sentence"] for warning in check(name)[1]["warnings"]] == named


def test_former_names_and_mergers_say_where_the_figures_go(cast: SimpleNamespace, noon: datetime) -> None:
    made = {name: add_department(name=name, by=cast.ada, at=noon) for name in ("Ashford Babcock", "Avon", "Bristol")}
    change_department(made["Bristol"], name="Bristol City Library", by=cast.ada, at=noon)
    Department.objects.filter(pk=made["Ashford Babcock"].pk).update(merged_into=made["Avon"], is_active=False)
    for name, kind in (("f25_merged_renamed.csv", "merged"), ("f26_old_name.csv", "renamed")):
        code, said = check(name, create=True)
        assert (code, cells(said["warnings"])[:1]) == (0, [(kind, "A2")])


def test_a_file_that_cannot_be_read_is_exit_two(avon: SimpleNamespace, tmp_path: Any) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04" + b"\xff" * 400)
    code, said = check(broken)
    assert (code, said["counts"], cells(said["problems"])) == (
        *(2, {"problems": 1, "questions": 0, "warnings": 0}),
        [("unreadable", "")],
    )


def test_a_thousand_of_each_are_listed_and_then_counted(avon: SimpleNamespace, tmp_path: Any) -> None:
    many = tmp_path / "many.csv"
    many.write_text("Department,Year,Money\n" + "".join(f"Avon,2001,x{row}\n" for row in range(1500)))
    code, said = check(many)
    assert (code, len(said["problems"]), said["counts"]["problems"]) == (1, 1000, 1500)


def test_an_answer_to_nothing_is_said(avon: SimpleNamespace) -> None:
    code, said = check("f22_repeated_header.csv", "nothing=1")
    assert (code, [problem["sentence"] for problem in said["problems"]]) == (
        1,
        ["Nothing is asked about “nothing” in this file."],
    )


def test_an_answer_that_is_none_leaves_the_question_open(avon: SimpleNamespace) -> None:
    code, said = check("f18_unit_header.csv", "unit:D=7")
    assert (code, cells(said["questions"])) == (1, [("unit", "D2")])

"""Other files of the same kinds: each kind is mended, not the file."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import xlsxwriter

from planning.models import Actual, HistoryImport
from planning.projects.actions import undo_import
from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.numbers import typed_number
from planning.projects.imports.questions import FileQuestions
from planning.projects.imports.rows import CheckedRows, check_rows
from planning.projects.imports.totals import is_named_sum
from planning.projects.imports.years import YearTyped, typed_year
from planning.projects.queries import PlanYears
from planning.tests.importing import bring, cells, check
from planning.tests.requesting import DURING, Browser, open_year, post
from planning.tests.test_history_import_pages import bring as upload
from sop_portal.foundation.kit.sheets import Table
from sop_portal.foundation.organisation.models import Department


def asked(*rows: list[Any], answers: dict[str, str] | None = None) -> tuple[CheckedRows, FileQuestions]:
    header, *body = rows
    questions = FileQuestions(answers)
    padded = [row + [None] * (len(header) - len(row)) for row in body]
    return check_rows(Table(header, padded), suggest_mapping(header), questions, PlanYears()), questions


def one_column(*typed: str, measure: str = "Money") -> tuple[list[Decimal | None], list[str], list[str]]:
    """The figures of one column, the kinds of its problems and of its questions."""
    rows = [["Arts", str(2000 + place), text] for place, text in enumerate(typed)]
    checked, questions = asked(["Department", "Year", measure], *rows)
    figures = [figure for row in checked.rows for figure in row.figures]
    return figures, [problem.kind for problem in checked.problems], [question.kind for question in questions.open]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 234,50", Decimal("1234.50")),
        ("1\N{NARROW NO-BREAK SPACE}234,50", Decimal("1234.50")),
        ("1.234,50", Decimal("1234.50")),
        ("1,234.50", Decimal("1234.50")),
        ("1'234.50", Decimal("1234.50")),
        ("1.234.567", Decimal(1234567)),
        ("1,234,567", Decimal(1234567)),
        ("12,34,567.50", Decimal("1234567.50")),
        ("0.500", Decimal("0.500")),
        ("1234.567", Decimal("1234.567")),
        ("12,5", Decimal("12.5")),
        ("(1,234.50)", Decimal("-1234.50")),
        ("1234.5-", Decimal("-1234.5")),
        ("-$5", Decimal(-5)),
        ("$-5", Decimal(-5)),
        ("12.5万", Decimal(125000)),
        ("12.5万元", Decimal(125000)),
        ("3亿", Decimal(300000000)),
        ("120人次", Decimal(120)),
        ("590 h", Decimal(590)),
        ("€ 12,50", Decimal("12.50")),
        ("12.50 EUR", Decimal("12.50")),
        ("１２，３４５．５０", Decimal("12345.50")),
        ("￥100", Decimal(100)),
    ],
)
def test_a_number_with_one_reading_is_read(typed: str, value: Decimal) -> None:
    number = typed_number(typed)
    assert number is not None
    assert number.read("") == value


@pytest.mark.parametrize("typed", ["२,५००", "2.000", "1,500", "12.500", "$2.000", "2.000 €", "1.500万"])
def test_a_number_with_two_readings_waits(typed: str) -> None:
    number = typed_number(typed)
    assert number is not None
    assert (number.read(""), number.small != number.large) == (None, True)


@pytest.mark.parametrize(
    "typed",
    [
        "-",
        "–",
        "n/a",
        "about 60",
        "85%",
        "1,234.50 CR",
        "1..5",
        "1,23",
        "12/31/2001",
        "31.12.2001",
        "(5",
        "--5",
        "",
        "x",
    ],
)
def test_what_is_no_number_has_no_reading_or_is_a_decimal(typed: str) -> None:
    number = typed_number(typed)
    assert number is None or typed == "1,23"


def test_other_cells_of_the_column_or_the_file_tell_which() -> None:
    assert one_column("2.000", "5.219", "12", "875") == ([2000, 5219, 12, 875], [], [])
    assert one_column("2.000", "5.219", "12", measure="Participants") == ([2000, 5219, 12], [], [])
    assert one_column("2.000", "1.234,50") == ([2000, Decimal("1234.5")], [], [])
    assert one_column("2.000", "12.5") == ([2, Decimal("12.5")], [], [])
    assert one_column("1,500", "1,234.50") == ([1500, Decimal("1234.5")], [], [])
    header = ["Department", "Year", "Participants", "Money"]
    checked, questions = asked(header, ["Arts", "2001", "2.000", "1.234,50"], ["Arts", "2002", "3.000", "7"])
    assert ([row.metrics["participants"] for row in checked.rows], questions.open) == ([2000, 3000], [])
    assert [warning.kind for warning in checked.warnings] == ["number-judged"]


def test_nothing_or_two_things_that_tell_are_asked() -> None:
    assert one_column("2.000", "3.500") == ([], [], ["number"])
    assert one_column("2.000", "7") == ([7], [], ["number"])
    assert one_column("2.000", "1.234,50", "1,234.50") == ([Decimal("1234.5"), Decimal("1234.5")], [], ["number"])


def test_the_question_shows_five_of_its_cells() -> None:
    rows = [["Arts", str(2000 + place), f"{place}.500"] for place in range(1, 9)]
    _checked, questions = asked(["Department", "Year", "Hours"], *rows)
    (question,) = questions.open
    assert [(cell.cell, cell.readings) for cell in question.cells] == [
        (f"C{place + 1}", (f"{place}.5", f"{place},500")) for place in range(1, 6)
    ]
    assert question.params["count"] == 8


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        *(("(5)", "negative"), ("5-", "negative"), ("85%", "percent"), ("８５％", "percent"), ("31.12.2001", "date")),
        *(
            ("2001-12-31", "date"),
            ("12/31/2001", "date"),
            ("2001年3月1日", "date"),
            ("#N/A", "error"),
            ("#DIV/0!", "error"),
        ),
        *(("٨٥٪", "percent"), ("٢٠٢٤-١٢-٣١", "date"), ("1٢٣", "not-a-number"), ("五", "not-a-number")),
        *(("-", "not-a-number"), ("n/a", "not-a-number"), ("=D2*10", "not-a-number"), ("TRUE", "not-a-number")),
    ],
)
def test_text_in_a_figure_is_refused_for_what_it_is(typed: str, kind: str) -> None:
    assert one_column(typed) == ([], [kind], [])


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        ("2001", YearTyped(2001)),
        ("2001.0", YearTyped(2001)),
        ("２００１", YearTyped(2001)),
        ("٢٠٠١", YearTyped(2001)),
        ("२००१", YearTyped(2001)),
        ("2003年", YearTyped(2003)),
        ("2003年度", YearTyped(2003)),
        ("民國90年度", YearTyped(2001)),
        ("FY2002", YearTyped(asks="fiscal-year", first=2002, last=2002)),
        ("FY 02", YearTyped(asks="fiscal-year", first=2002, last=2002)),
        ("2002/03", YearTyped(asks="fiscal-year", first=2002, last=2003)),
        ("2002-2003", YearTyped(asks="fiscal-year", first=2002, last=2003)),
        ("FY2002/03", YearTyped(asks="fiscal-year", first=2002, last=2003)),
        ("2002–03学年", YearTyped(asks="fiscal-year", first=2002, last=2003)),
        ("90年度", YearTyped(asks="short-year", first=2001, last=1990)),
        ("2002/04", None),
        ("2001-12-31", None),
        ("36892.5", None),
        ("soon", None),
    ],
)
def test_a_year_is_read_asked_or_refused(typed: str, year: YearTyped | None) -> None:
    assert typed_year(typed) == year


@pytest.mark.parametrize(
    ("header", "answers"),
    [
        ("Money (USD thousand)", ["1000", "1"]),
        ("Money, USD '000", ["1000", "1"]),
        ("Cost in thousands", ["1000", "1"]),
        ("金额（万元）", ["10000", "1"]),
        ("金额（千元）", ["1000", "1"]),
        ("支出(亿元)", ["100000000", "1"]),
        ("Ausgaben (Tsd. Euro)", ["1000", "1"]),
        ("Dépenses (milliers €)", ["1000", "1"]),
        ("Participants ('000)", ["1000", "1"]),
        ("Money ($m)", ["1000000", "1"]),
        ("Staff days", ["8", "7.5", "7", "1", "leave"]),
        ("FTE", ["1600", "1720", "1800", "2080", "1", "leave"]),
        ("人员", ["1600", "1720", "1800", "2080", "1", "leave"]),
        ("Salaries", ["leave", "1"]),
        ("人员费用", ["leave", "1"]),
        ("Participants (%)", ["leave", "1"]),
    ],
)
def test_a_unit_in_the_header_is_asked_about(header: str, answers: list[str]) -> None:
    _checked, questions = asked(["Department", "Year", header], ["Arts", "2001", "3.5"])
    assert [[answer.value for answer in question.answers] for question in questions.open] == [answers]


@pytest.mark.parametrize(
    "header", ["Money", "People (hours)", "Hours", "人力（小时）", "工时", "Money (元)", "Staff hours"]
)
def test_the_portals_own_units_are_not_asked_about(header: str) -> None:
    assert asked(["Department", "Year", header], ["Arts", "2001", "3.5"])[1].open == []


def test_a_unit_beside_the_figure_is_converted_row_by_row_after_asking() -> None:
    rows = [
        ["Department", "Year", "Money", "Currency unit"],
        ["Arts", "2001", "12.5", "万元"],
        ["Arts", "2002", "7", "元"],
    ]
    assert [question.key for question in asked(*rows)[1].open] == ["unit:D"]
    checked, questions = asked(*rows, answers={"unit:D": "multiply"})
    assert ([row.metrics["money"] for row in checked.rows], questions.open) == ([125000, 7], [])


def test_another_money_than_the_portals_is_asked_about() -> None:
    header, row = ["Department", "Year", "Money (EUR)"], ["Arts", "2001", "5"]
    for currency, keys in (("USD", ["currency:C"]), ("EUR", []), ("", [])):
        questions = FileQuestions()
        check_rows(Table(header, [list(row)]), suggest_mapping(header), questions, PlanYears(currency=currency))
        assert [question.key for question in questions.open] == keys


@pytest.mark.parametrize(
    "name",
    [
        *("Total", "TOTAL:", "Grand Total", "Subtotal Arts", "Sub-total", "Sum", "All departments", "Arts total"),
        *("合计", "总 计", "小计", "合計", "Summe", "Gesamtsumme", "Insgesamt", "Zwischensumme", "Total général"),
        *("Ensemble", "Sous-total", "Suma", "Total general", "Subtotales"),
    ],
)
def test_a_sum_is_known_by_its_name_in_five_languages(name: str) -> None:
    assert is_named_sum(name)


@pytest.mark.parametrize("name", ["Avon", "Summer school", "Totalitarian history", "Gesamtschule", "统计", "Ensembles"])
def test_other_names_are_no_sums(name: str) -> None:
    assert not is_named_sum(name)


def sums(*rows: list[Any], answers: dict[str, str] | None = None) -> list[tuple[str, tuple[str, ...]]]:
    header = ["Department", "Project", "Year", "Participants", "Money"]
    _checked, questions = asked(header, *rows, answers=answers)
    return [(question.key, tuple(cell.cell for cell in question.cells)) for question in questions.open]


def test_sums_by_arithmetic_are_pointed_out_in_every_shape() -> None:
    east, west = ["East", "A", "2001", "10", "100"], ["West", "B", "2001", "21", "203"]
    assert sums(east, west, ["Library", "", "2001", "31", "303"]) == [("total", ("A4",))]
    assert sums(["Library", "", "2001", "31", "303"], east, west) == [("total", ("A2",))]
    assert sums(east, west, ["Library", "", "2001", "31", "304"]) == []
    assert sums(east, west, ["Library", "", "2002", "31", "303"]) == []
    more = ["North", "C", "2001", "5", "7"], ["North", "D", "2001", "6", "9"], ["North", "E", "2001", "11", "16"]
    assert sums(east, west, ["Both", "", "2001", "31", "303"], *more, ["Everybody", "", "2001", "42", "319"]) == [
        ("total", ("A4", "A7", "A8"))
    ]


def test_a_departments_own_row_beside_its_projects_counts_once() -> None:
    rows = ["Arts", "A", "2001", "10", "100"], ["Arts", "B", "2001", "20", "200"], ["Arts", "", "2001", "35", "300"]
    assert sums(*rows) == [("own-row", ("A4",))]
    header = ["Department", "Project", "Year", "Participants", "Money"]
    for answer, count in (("leave", 2), ("keep", 3)):
        checked, _asking = asked(header, *map(list, rows), answers={"own-row": answer})
        assert len(checked.rows) == count


def test_a_sum_whose_year_is_blank_is_a_sum_all_the_same() -> None:
    header = ["Department", "Year", "Money"]
    rows = ["Arts", "2001", "1"], ["Sports", "2001", "2"], ["Total", None, "3"]
    checked, questions = asked(header, *map(list, rows))
    assert ([question.key for question in questions.open], checked.problems) == (["total"], [])
    checked, _asking = asked(header, *map(list, rows), answers={"total": "keep"})
    assert [problem.kind for problem in checked.problems] == ["year"]


def test_the_months_of_a_year_are_those_of_its_plan_or_of_the_last_one() -> None:
    years = PlanYears({2027: (date(2027, 7, 1), date(2028, 6, 30))})
    assert years.span(2026) == (date(2026, 7, 1), date(2027, 6, 30))
    assert years.not_ended([2026, 2027, 2028], date(2027, 1, 1)) == {2027, 2028}
    assert years.unfinished([2025, 2026, 2027], date(2027, 1, 1)) == {2026}
    assert PlanYears().span(2026) == (date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    return open_year(cast, pools=False)


def written(tmp_path: Path, *rows: list[Any], name: str = "file.csv") -> Path:
    path = tmp_path / name
    path.write_text("\n".join(",".join(row) for row in rows))
    return path


def test_a_department_is_found_by_its_short_name_and_never_by_a_lookalike(
    year: SimpleNamespace, tmp_path: Path
) -> None:
    Department.objects.create(name="Deep River", slug="deep-river")
    rows = [["Department", "Year", "Money"], ["deep-river", "2001", "1"]]
    code, said = check(written(tmp_path, *rows))
    assert (code, cells(said["warnings"])) == (0, [("code", "A2")])
    code, said = check(written(tmp_path, rows[0], ["D\N{CYRILLIC SMALL LETTER IE}ep River", "2001", "1"]), create=True)
    assert (code, cells(said["problems"])) == (1, [("lookalike", "A2")])
    code, said = check(written(tmp_path, rows[0], ["DeepRiver", "2001", "1"]), create=True)
    assert (code, cells(said["problems"])) == (1, [("alike", "A2")])


def test_every_value_is_new_changed_or_the_same(year: SimpleNamespace, tmp_path: Path) -> None:
    rows = [["Department", "Year", "Participants", "Money"], ["Arts", "2001", "1", "10"], ["Arts", "2002", "2", "20"]]
    path = written(tmp_path, *rows)
    assert check(path)[1]["values"] == {"new": 4, "changed": 0, "same": 0}
    assert bring(path)[0] == 0
    later = written(tmp_path, *rows[:2], ["Arts", "2002", "2", "25"], ["Arts", "2003", "3", "30"])
    code, said = bring(later, "--check", "--replace")
    assert (code, said["values"]) == (0, {"new": 2, "changed": 1, "same": 3})


def test_a_question_is_asked_on_the_page_and_its_answer_kept_with_the_file(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    client = as_person(cast.ada)
    fields = {"department": "0", "year": "1", "participants": "2", "money": "3"}
    text = "Department;Year;Participants;Money\nArts;2001;2.000;3.500\n"
    url = upload(client, text)["Location"]
    page = " ".join(client.get(url, fields).content.decode().split())
    assert "Is “2.000” 2 or 2,000?" in page
    assert "1 question is open: nothing can be taken in yet." in page
    assert "Take in" not in page
    assert (post(client, f"{url}take/", **fields).status_code, HistoryImport.objects.count()) == (422, 0)
    answered = post(client, f"{url}answer/", question="number", answer="comma", **fields)
    assert (answered.status_code, answered["Location"].startswith(f"{url}?department=0")) == (302, True)
    page = " ".join(client.get(answered["Location"]).content.decode().split())
    assert "Answered for this file" in page
    assert '<td class="r" translate="no">2.000</td> <td class="r">2,000</td>' in page
    assert "Take in 1 row" in page
    again = post(client, f"{url}answer/", question="number", answer="", **fields)
    assert "1 question is open" in " ".join(client.get(again["Location"]).content.decode().split())
    post(client, f"{url}answer/", question="number", answer="comma", **fields)
    assert post(client, f"{url}take/", **fields).status_code == 302
    assert Actual.objects.values_list("participants", "money").get() == (2000, 3500)


def test_another_sheet_is_read_when_it_is_chosen_on_the_page(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for past in (2001, 2002):
            table = book.add_worksheet(str(past))
            table.write_row(0, 0, ["Department", "Year", "Money"])
            table.write_row(1, 0, ["Arts", past, past * 2])
    client, fields = as_person(cast.ada), {"department": "0", "year": "1", "money": "2"}
    url = upload(client, stream.getvalue(), "years.xlsx")["Location"]
    assert "Which sheet is read?" in client.get(url, fields).content.decode()
    assert post(client, f"{url}answer/", question="sheet", answer="2002", **fields)["Location"] == f"{url}?"
    assert post(client, f"{url}take/", **fields).status_code == 302
    assert Actual.objects.values_list("year", "money").get() == (2002, 4004)


def test_a_file_brought_again_changes_only_what_changed_and_undoing_is_exact(
    year: SimpleNamespace, tmp_path: Path, cast: SimpleNamespace
) -> None:
    rows = [["Department", "Year", "Participants", "Money"], ["Arts", "2001", "1", "10"], ["Arts", "2002", "2", "20"]]
    bring(written(tmp_path, *rows))
    before = list(Actual.objects.order_by("year").values("pk", "name", "participants", "money", "taken_from"))
    bring(written(tmp_path, *rows[:2], ["Arts", "2002", "2", "25"]), "--replace")
    first, second = HistoryImport.objects.order_by("pk")
    assert list(Actual.objects.order_by("year").values_list("year", "money", "taken_from")) == [
        *((2001, 10, first.pk), (2002, 25, second.pk)),
    ]
    undo_import(second, by=cast.ada, at=DURING)
    assert list(Actual.objects.order_by("year").values("pk", "name", "participants", "money", "taken_from")) == before


def test_a_file_with_good_rows_and_an_open_question_is_not_taken(
    year: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    client, fields = as_person(cast.ada), {"department": "0", "year": "1", "money": "2"}
    url = upload(client, "Department,Year,Money (thousand)\nArts,2001,5\n")["Location"]
    assert (post(client, f"{url}take/", **fields).status_code, Actual.objects.count()) == (422, 0)
    post(client, f"{url}answer/", question="unit:C", answer="1000", **fields)
    assert post(client, f"{url}take/", **fields).status_code == 302
    assert Actual.objects.values_list("money", flat=True).get() == 5000

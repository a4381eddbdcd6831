"""Scales, sums and moneys as files of other countries name them: asked about, never taken as they stand."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.numbers import typed_number
from planning.projects.imports.questions import FileQuestions
from planning.projects.imports.rows import check_rows
from planning.projects.imports.totals import is_named_sum
from planning.projects.imports.units.words import moneys_in, scale_in
from planning.projects.queries import PlanYears
from planning.tests.importing import check
from planning.tests.requesting import open_year
from sop_portal.foundation.kit.sheets import Table
from sop_portal.foundation.kit.sheets.reading import TableContext
from sop_portal.foundation.organisation.models import Department
from sop_portal.people.actions import OrganisationTerms, set_organisation


@pytest.mark.parametrize(
    ("name", "factor"),
    [
        ("Expenditure (₹ in lakh)", 10**5),
        ("Money (Rs. crore)", 10**7),
        ("Gasto (millones de €)", 10**6),
        ("Ausgaben (Mrd. EUR)", 10**9),
        ("Money (M€)", 10**6),
        ("Money in 1,000 USD", 1000),
        ("Spesa (migliaia di euro)", 1000),
        ("Money (천원)", 1000),
        ("Money (억원)", 10**8),
    ],
)
def test_a_scale_in_other_languages_is_asked_about(name: str, factor: int) -> None:
    assert scale_in(name) == factor


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("Participants (hundreds)", ["100", "1"]),
        ("参与人数(百人)", ["100", "1"]),
        ("参与人数（百）", ["100", "1"]),
        ("支出(百万元)", ["1000000", "1"]),
        ("百姓活动参与人数", []),
        ("Hours (days)", ["8", "7.5", "7", "1", "leave"]),
        ("工时(人日)", ["8", "7.5", "7", "1", "leave"]),
        ("Hours (FTE)", ["1600", "1720", "1800", "2080", "1", "leave"]),
        ("Staff hours", []),
        ("Money (per month)", ["12", "1", "leave"]),
        ("金额(每月)", ["12", "1", "leave"]),
        ("Hours per week", ["52", "1", "leave"]),
        ("Money (thousand, per quarter)", ["4000", "1", "leave"]),
        ("Money (planned)", ["1", "leave"]),
        ("Participants (estimate)", ["1", "leave"]),
        ("Money (forecast)", ["1", "leave"]),
        ("金额(计划)", ["1", "leave"]),
        ("参与人数(预计)", ["1", "leave"]),
        ("Programme money", []),
    ],
)
def test_what_the_name_of_a_column_says_of_its_figures_is_asked(name: str, answers: list[str]) -> None:
    questions = FileQuestions()
    check_rows(Table(["Department", "Year", name], [["Arts", "2001", "12"]]), places_of(name), questions)
    assert [[answer.value for answer in question.answers] for question in questions.open] == [answers] * bool(answers)


def places_of(name: str) -> dict[str, int]:
    """The third column is what it is called, or money where somebody chose it."""
    found = suggest_mapping(["Department", "Year", name])
    return found if 2 in found.values() else found | {"money": 2}


def read(header: list[str], row: list[str], **answers: str) -> tuple[list[str], list[list[Decimal | None]]]:
    """The open questions about one row, and its figures."""
    questions = FileQuestions({key.replace("_", ":"): answer for key, answer in answers.items()})
    table = Table(header, [[*row]])
    rows = check_rows(table, suggest_mapping(header), questions, PlanYears(currency="USD")).rows
    return [question.key for question in questions.open], [list(one.metrics.values()) for one in rows]


def test_figures_of_a_month_are_those_of_a_year_and_what_was_planned_is_left_out() -> None:
    header, row = ["Department", "Year", "Money (per month)", "Participants (planned)"], ["Arts", "2001", "5", "7"]
    assert read(header, row)[0] == ["unit:C", "planned:D"]
    assert read(header, row, unit_C="12", planned_D="1") == ([], [[Decimal(7), Decimal(60)]])
    assert read(header, row, unit_C="1", planned_D="leave") == ([], [[Decimal(5)]])


@pytest.mark.parametrize("name", ["Currency", "Curr.", "币种"])
@pytest.mark.parametrize(("typed", "keys"), [("EUR", ["currency:C"]), ("euro", ["currency:C"]), ("usd", []), ("", [])])
def test_a_column_that_names_the_money_of_its_rows_is_heeded(name: str, typed: str, keys: list[str]) -> None:
    assert read(["Department", "Year", "Money", name], ["Arts", "2001", "5", typed])[0] == keys


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("١٢٣٤٫٥٠", "1234.50"),
        ("١٬٢٣٤٫٥", "1234.5"),
        ("١٫٢٣٤", "1.234"),
        ("१२,३४,५६७.५०", "1234567.50"),
        ("๑๒๓", "123"),
        ("۱۲۳", "123"),
        ("\N{RIGHT-TO-LEFT MARK}١٢٣", "123"),
    ],
)
def test_digits_of_other_scripts_are_read_where_they_have_one_reading(typed: str, value: str) -> None:
    number = typed_number(typed)
    assert number is not None
    assert number.read("") == Decimal(value)


@pytest.mark.parametrize("typed", ["1٢٣", "٣१", "三千", "5²", "Ⅻ", "½"])
def test_what_only_looks_like_digits_or_mixes_them_is_no_number(typed: str) -> None:
    assert typed_number(typed) is None


@pytest.mark.parametrize("name", ["総計", "합계", "कुल", "Итого", "Totale", "المجموع"])
def test_a_sum_in_other_languages_is_one(name: str) -> None:
    assert is_named_sum(name)


@pytest.mark.django_db
def test_figures_in_another_money_are_asked_about_where_cells_say_so(cast: SimpleNamespace, tmp_path: Path) -> None:
    file = tmp_path / "mixed.csv"
    open_year(cast)
    file.write_text("Department,Project,Year,Money\nArts,Play,2024,€12\nArts,Choir,2024,$12\nArts,Hall,2024,£5\n")
    code, said = check(file)
    assert (code, [question["kind"] for question in said["questions"]]) == (1, ["currency", "currency"])
    assert ["“€12”" in said["questions"][0]["sentence"], "“£5”" in said["questions"][1]["sentence"]] == [True, True]
    file.write_text("Department,Project,Year,Money\nArts,Play,2024,$11\nArts,Choir,2024,$12\n")
    assert check(file)[0] == 0


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("₹ 8,75,000", {"INR"}),
        ("Money (SEK)", {"SEK"}),
        ("12 kr", {"SEK", "NOK", "DKK", "ISK"}),
        ("12.50 CAD", {"CAD"}),
        ("R$ 12", {"BRL"}),
        ("A$12", {"AUD"}),
        ("120 zł", {"PLN"}),
        ("₩1,000", {"KRW"}),
        ("12,50 €", {"EUR"}),
        ("Amount", None),
        ("ALL UNITS", None),
    ],
)
def test_a_sign_of_money_says_which_it_can_be(text: str, meant: set[str] | None) -> None:
    assert moneys_in(text) == meant


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["₹ 12", "12 kr", "12.50 CAD", "R$ 12", "120 zł", "12 AUD", "₩12", "12 SEK"])
def test_a_figure_in_another_money_is_never_taken_as_the_portals(
    cast: SimpleNamespace, tmp_path: Path, typed: str
) -> None:
    file = tmp_path / "money.csv"
    open_year(cast)
    file.write_text(f'Department,Project,Year,Money\nArts,Play,2024,"{typed}"\nArts,Choir,2024,$12\n')
    assert [question["key"] for question in check(file)[1]["questions"]] == ["currency:D"]


@pytest.mark.django_db
def test_a_table_without_a_column_of_figures_is_refused(db: None, tmp_path: Path) -> None:
    Department.objects.create(name="Arts", slug="arts")
    file = tmp_path / "measureless.csv"
    file.write_text("Department,Project,Year,Budget,Actual,Rest,Note\nArts,Play,2024,1,2,3,4\n")
    code, said = check(file)
    assert (code, said["problems"][0]["sentence"]) == (
        1,
        "No column holds figures. Choose at least one column with figures.",
    )


@pytest.mark.django_db
def test_before_the_first_year_another_money_than_the_organisations_is_asked_about(
    cast: SimpleNamespace, noon: datetime, tmp_path: Path
) -> None:
    file = tmp_path / "euros.csv"
    file.write_text("Department,Year,Money (EUR)\nArts,2024,12\n")
    assert [question["key"] for question in check(file)[1]["questions"]] == ["currency:C"]
    set_organisation(OrganisationTerms("Sunrise", "en", "UTC", "EUR", 1, 7), by=cast.ada, at=noon)
    assert check(file)[0] == 0


@pytest.mark.parametrize(
    "header",
    [
        ["Department", "Program", "Fiscal Year", "# of Events", "People served", "Volunteer Hrs", "Supplies", "Costs"],
        ["Branch", "Programme", "Year", "Sessions", "Beneficiaries", "Hrs", "Materials", "Program spending"],
        ["Abteilung", "Projekt", "Jahr", "Veranstaltungen", "Teilnehmer", "Ehrenamtsstunden", "Sachkosten", "Ausgaben"],
        ["部门", "项目名称", "年份", "活动场次", "参加人次", "志愿服务时长(小时)", "物资费用", "项目支出"],
    ],
)
def test_columns_are_known_by_the_names_that_nonprofits_give_them(header: list[str]) -> None:
    columns = ["department", "project", "year", "activities", "participants", "people", "materials", "money"]
    assert suggest_mapping(header) == {column: place for place, column in enumerate(columns)}


@pytest.mark.parametrize(
    ("names", "answer"),
    [
        (["Supplies", "Costs"], "Leave the columns “Supplies”, “Costs” out."),
        (["Costs"], "Leave the column out."),
    ],
)
def test_whoever_leaves_another_money_out_reads_which_columns_go(names: list[str], answer: str) -> None:
    questions = FileQuestions({})
    table = Table(["Department", "Year", *names], [["Arts", "2001", *["5"] * len(names)]])
    table = replace(table, context=TableContext(above=((1, "Amounts in €"),)))
    check_rows(table, suggest_mapping(table.header), questions, PlanYears(currency="USD"))
    question, *_more = questions.open
    assert [str(one) for one in question.answers] == ["Yes, as they stand: they are in USD.", answer]

"""Financial years in a column: one question for all of them, wherever a year can be read in two ways."""

from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planning.projects.imports.columns import suggest_mapping
from planning.projects.imports.questions import FileQuestions
from planning.projects.imports.rows import CheckedRows, check_rows
from planning.projects.queries import PlanYears, plan_years
from planning.tests.importing import bring
from sop_portal.foundation.kit.sheets import Table
from sop_portal.people.actions import OrganisationTerms, set_organisation

JULY = PlanYears({2027: (date(2026, 7, 1), date(2027, 6, 30))})
CALENDAR = PlanYears({2027: (date(2027, 1, 1), date(2027, 12, 31))}, months=(1,))


def read(
    header: str, *years: str, known: PlanYears = JULY, **answers: str
) -> tuple[CheckedRows, list[tuple[str, list[str]]]]:
    """The rows with these years, and what is asked, with its answers."""
    names = ["Department", header, "Money"]
    questions = FileQuestions({key.replace("_", "-"): value for key, value in answers.items()})
    table = Table(names, [["Arts", year, str(at)] for at, year in enumerate(years, 1)])
    checked = check_rows(table, suggest_mapping(names), questions, known)
    return checked, [(one.key, [answer.value for answer in one.answers]) for one in questions.open]


def years_read(*given: Any, **more: Any) -> list[int]:
    """The years of the rows, once nothing is asked."""
    checked, asked = read(*given, **more)
    assert (asked, checked.problems) == ([], [])
    return [row.year for row in checked.rows]


@pytest.mark.parametrize("header", ["FY", "Fiscal Year", "财年", "财政年度", "会计年度", "Year"])
def test_one_answer_counts_for_plain_years_beside_financial_ones(header: str) -> None:
    assert read(header, "2021", "FY2022")[1] == [("fiscal-year", ["named", "before"])]
    assert years_read(header, "2021", "FY2022", fiscal_year="before") == [2020, 2021]
    assert years_read(header, "2021", "FY2022", fiscal_year="named") == [2021, 2022]


def test_one_answer_counts_for_plain_years_where_the_portal_counts_by_calendar_too() -> None:
    assert years_read("FY", "2019", "FY2022", known=CALENDAR, fiscal_year="before") == [2018, 2021]


@pytest.mark.parametrize("header", ["FY", "Fiscal Year", "财年"])
def test_plain_years_of_a_financial_column_are_asked_about_where_years_do_not_begin_in_january(header: str) -> None:
    assert read(header, "2023", "2024")[1] == [("fiscal-year", ["named", "before"])]
    assert read(header, "2024", known=PlanYears(months=(7,)))[1] == [("fiscal-year", ["named", "before"])]
    assert years_read(header, "2023", "2024", fiscal_year="before") == [2022, 2023]


@pytest.mark.parametrize(("header", "known"), [("Fiscal Year", CALENDAR), ("Year", JULY)])
def test_a_plain_year_with_one_reading_is_not_asked_about(header: str, known: PlanYears) -> None:
    assert years_read(header, "2024", known=known) == [2024]


def test_the_question_shows_plain_years_as_each_answer_reads_them() -> None:
    names = ["Department", "FY", "Money"]
    questions = FileQuestions()
    typed = ["2019", *(f"FY{year}" for year in range(2020, 2027))]
    check_rows(Table(names, [["Arts", year, "1"] for year in typed]), suggest_mapping(names), questions, JULY)
    [question] = questions.open
    assert [(cell.cell, cell.read) for cell in question.cells] == [
        *((f"B{row}", f"{row + 2017} / {row + 2016}") for row in range(3, 7)),
        ("B2", "2019 / 2018"),
    ]
    assert [str(answer) for answer in question.answers] == [
        "The year it is named after: “FY2020” is 2020.",
        "The year before: “FY2020” is 2019.",
    ]


def test_years_named_after_two_and_after_one_are_asked_about_together() -> None:
    given = ("FY", "2021/22", "FY2023", "2024")
    assert read(*given)[1] == [("fiscal-year", ["first", "before", "last"])]
    assert years_read(*given, fiscal_year="first") == [2021, 2023, 2024]
    assert years_read(*given, fiscal_year="before") == [2021, 2022, 2023]
    assert years_read(*given, fiscal_year="last") == [2022, 2023, 2024]


def test_an_answer_about_years_of_the_other_kind_decides_nothing() -> None:
    assert read("FY", "FY2022", fiscal_year="last")[1] == [("fiscal-year:B", ["named", "before"])]
    answers = {"fiscal-year": "last", "fiscal-year:B": "before"}
    assert years_read("FY", "FY2022", **answers) == [2021]


def test_the_organisations_financial_year_decides_whether_it_is_asked(
    cast: SimpleNamespace, tmp_path: Path, noon: datetime
) -> None:
    path = tmp_path / "years.csv"
    path.write_text("Department,FY,Money\nArts,2024,5\n")
    assert plan_years().are_calendar is False
    code, said = bring(path, "--check", "--create-departments")
    assert (code, [one["key"] for one in said["questions"]], said["warnings"]) == (1, ["fiscal-year"], [])
    set_organisation(OrganisationTerms("Sunrise", "en", "UTC", "USD", 1, 1), by=cast.ada, at=noon)
    code, said = bring(path, "--check", "--create-departments")
    assert (code, said["questions"], [one["kind"] for one in said["warnings"]]) == (0, [], ["fiscal-year"])


def test_years_beside_each_other_are_refused_with_the_way_out() -> None:
    header = ["Department", "FY22", "FY23"]
    checked = check_rows(Table(header, [["Arts", "5", "6"]]), suggest_mapping(header), FileQuestions())
    assert [(one.kind, one.letters) for one in checked.problems] == [("years-across", "B")]

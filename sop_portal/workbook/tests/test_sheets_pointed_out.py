"""A sheet that the portal does not recognise is pointed out by whoever brings it; more tables are recognised."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from sop_portal.foundation.organisation.models import Department
from sop_portal.workbook.file_reading import FileReading
from sop_portal.workbook.tests.books import DEPARTMENTS, Rows, book, said_by_command, text, understood
from sop_portal.workbook.tests.test_pages import Browser, post, uploaded

pytestmark = pytest.mark.django_db
TEAMS: Rows = [["Team", "Handle", "Realm"], ["Arts", "arts", "Culture"], ["Sports", "sports", "Culture"]]


def keys(found: FileReading) -> list[str]:
    return [sheet.sheet.key for sheet in found.sheets]


def test_a_sheet_that_is_not_recognised_is_pointed_out_on_the_page(
    empty_portal: SimpleNamespace, as_person: Browser
) -> None:
    browser = as_person(empty_portal.ada)
    url = uploaded(browser, {"Teams": TEAMS})
    page = browser.get(url).content.decode()
    assert ("Which sheet of the template is “Teams”?" in page, '<option value="departments">' in page) == (True, True)
    post(browser, f"{url}answer/", question="is:Teams", answer="departments")
    assert "Which column of the sheet “Teams” is “Department”?" in browser.get(url).content.decode()
    columns = {"departments-name": "A", "departments-code": "B", "departments-division": "C"}
    post(browser, f"{url}departments/columns/", **columns)
    assert post(browser, f"{url}take/").status_code == 302
    assert list(Department.objects.values_list("name", "slug", "division")) == [
        ("Arts", "arts", "Culture"),
        ("Sports", "sports", "Culture"),
    ]


def test_what_was_said_of_a_sheet_can_be_taken_back(empty_portal: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(empty_portal.ada)
    url = uploaded(browser, {"Departments": DEPARTMENTS, "Teams": TEAMS})
    assert "Bring in" in browser.get(url).content.decode()
    post(browser, f"{url}answer/", question="is:Teams", answer="people")
    assert "Ask again: Which sheet of the template is “Teams”?" in browser.get(url).content.decode()
    post(browser, f"{url}answer/", question="is:Teams")
    page = browser.get(url).content.decode()
    assert ("Ask again" in page, "its columns are none of those the portal knows" in page) == (False, True)


def test_nobody_says_of_a_sheet_what_others_bring(
    empty_portal: SimpleNamespace, cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.amina)
    shown = page.get(uploaded(page, {"Teams": TEAMS})).content.decode()
    assert ('value="figures"' in shown, 'value="departments"' in shown) == (True, False)


def test_a_text_table_is_pointed_out_to_the_command_too(empty_portal: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_bytes(text(TEAMS))
    given = ["--answer", "is:=departments", "--answer", "departments.column:name=A"]
    code, said = said_by_command(tmp_path / "teams.csv", "--check", *given, "--now", empty_portal.at.isoformat())
    assert (code, [one["key"] for one in said["sheets"]], said["problems"]) == (0, ["departments"], [])


@pytest.mark.parametrize(
    "header",
    [
        ["部门", "项目", "财年", "金额（元）"],
        ["部门", "项目", "财年", "人员工时", "物资支出", "其他支出"],
        ["Department", "Project", "Year ending June", "People reached"],
    ],
)
def test_a_table_of_results_is_one_of_past_figures(empty_portal: SimpleNamespace, header: list[str]) -> None:
    rows = [header, ["Arts", "Chess", "2024", *["5"] * (len(header) - 3)]]
    found = understood(text(rows), empty_portal.ada, empty_portal.at)
    assert (keys(found), found.not_read, len(found.sheets[0].mapping)) == (["figures"], [], len(header))


@pytest.mark.parametrize("years", [["2022年", "2023年"], ["FY22", "FY23"], ["2022", "2023"], ["2021/22", "2022/23"]])
def test_years_beside_each_other_are_past_figures_with_a_way_out(
    empty_portal: SimpleNamespace, years: list[str]
) -> None:
    found = understood(text([["部门", "项目", *years], ["Arts", "Chess", 5, 6]]), empty_portal.ada, empty_portal.at)
    assert (keys(found), [(one["kind"], one["cell"]) for one in found.problems_as_json()], found.questions) == (
        *(["figures"], [("years-across", "C1")], []),
    )


def test_divisions_and_last_days_are_known_by_other_names(empty_portal: SimpleNamespace) -> None:
    w = empty_portal
    sheets = {
        "Departments": [["部门", "所属板块"], ["Arts", "Culture"]],
        "Funds": [["Funding source", "截止日期"], ["A", ""]],
    }
    found = understood(book(sheets), w.ada, w.at)
    assert [sorted(sheet.mapping) for sheet in found.sheets] == [["division", "name"], ["name", "until"]]

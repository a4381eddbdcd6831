"""The list of progress reports, and what a report costs the database: who is late, what adds up, what is exported."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets.spending import actions as spending
from evaluations.reports import actions
from evaluations.tests.reporting_year import line_of, started_project, submitted_report
from planning.models import Cycle, Project
from sop_portal.foundation.kit.sheets import read_table
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.workflow.actions import comment

Browser = Callable[[User], Client]
URL = "/2027/progress/arts/story-hours/2027-10/"


def test_the_list_says_who_is_late(
    story_hours: Project, summer_league: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    submitted_report(story_hours, 9, cast.ben, november)
    submitted_report(story_hours, 10, cast.ben, november)
    browser = as_person(cast.emil)

    def shown(**asked: str) -> list[int]:
        page = browser.get("/2027/progress/", asked).content.decode()
        return [page.count(word) for word in ("/story-hours/", "/summer-league/", "days late")]

    assert shown() == [5, 5, 6]
    assert shown(state="late") == [2, 3, 5]
    assert shown(state="submitted") == [2, 0, 1]
    assert shown(department="sports") == [0, 5, 3]
    assert shown(month="2027-10") == [1, 1, 0]
    assert shown(project="story-hours", state="draft") == [3, 0, 2]


@pytest.mark.parametrize("url", ["/2027/progress/", "/2027/issues/"])
def test_a_list_of_three_asks_the_database_no_more_than_a_list_of_one(
    url: str, running: Cycle, arts: Department, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    browser = as_person(cast.emil)

    def one_more(name: str) -> None:
        project = started_project(running, arts, cast.ben, cast.amina, name)
        actions.raise_issue(project, title=name, text="Cold hall", by=cast.ben, at=november)

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(url).status_code == 200
        return len(found)

    one_more("One")
    queries()
    before = queries()
    one_more("Two")
    one_more("Three")
    assert queries() == before


def test_a_report_with_many_expenses_and_notes_costs_no_more_queries(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    browser = as_person(cast.ben)

    def one_more(number: int) -> None:
        hall = spending.Payment(Decimal(10), date(2027, 10, number), "Hall")
        spending.post(line_of(story_hours), hall, by=cast.ben, at=november)
        comment("project", story_hours, f"Note {number}", by=cast.ben, at=november - timedelta(days=10 + number))

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(URL).status_code == 200
        return len(found)

    one_more(1)
    queries()
    before = queries()
    for number in (2, 3, 4):
        one_more(number)
    assert queries() == before


def test_an_export_holds_every_report_of_the_list(
    story_hours: Project, cast: SimpleNamespace, november: datetime, as_person: Browser
) -> None:
    submitted_report(story_hours, 10, cast.ben, november, 12, 240)
    sheet = read_table(as_person(cast.emil).get("/2027/progress/export/xlsx/?state=submitted").content, "p.xlsx")
    assert sheet.rows == [
        [
            "Arts",
            "Story hours",
            date(2027, 10, 1),
            date(2027, 10, 31),
            date(2027, 11, 10),
            "Submitted",
            None,
            Decimal(12),
            Decimal(240),
            Decimal(12),
            Decimal(240),
            Decimal(0),
            Decimal(0),
            Decimal(0),
            "USD",
        ]
    ]

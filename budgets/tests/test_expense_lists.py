"""The lists of spending: narrowed, adding up, exported, at a constant cost."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from budgets.models import Appropriation, Expense
from budgets.spending import actions
from budgets.spending.actions import Payment
from budgets.tests.running_year import active_project, approved_line_of
from planning.models import Cycle
from sop_portal.foundation.kit.sheets import read_table
from sop_portal.foundation.organisation.models import Department, User

Browser = Callable[[User], Client]
NEW = "/2027/expenses/new/"


def posted(line: Appropriation, by: User, at: datetime, amount: str = "240.00", what: str = "Chairs") -> Expense:
    return actions.post(line, Payment(Decimal(amount), date(2027, 10, 5), what), by=by, at=at)


def test_the_list_is_narrowed_by_project_line_and_month_and_adds_up(
    approved_line: Appropriation, twin_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    posted(approved_line, cast.ben, october, "100.10", "Chairs")
    posted(approved_line, cast.ben, october, "20.20", "Tables")
    posted(twin_line, cast.dora, october, "7.00", "Goals")
    browser = as_person(cast.dora)

    def shown(**asked: str) -> list[str]:
        page = browser.get("/2027/expenses/", asked).content.decode()
        return [word for word in ("Chairs", "Tables", "Goals", "120.30") if word in page]

    assert shown() == ["Chairs", "Tables", "Goals"]
    assert shown(project="story-hours") == ["Chairs", "Tables", "120.30"]
    assert shown(project=str(approved_line.project_id)) == []
    assert shown(line="2027-119") == ["Goals"]
    assert shown(department="sports") == ["Goals"]
    assert browser.get("/2027/expenses/", {"department": str(twin_line.department_id)}).status_code == 422
    assert browser.get("/2027/expenses/", {"line": "2026-119"}).status_code == 422
    assert browser.get("/2027/expenses/export/xlsx/", {"line": "2026-119"}).status_code == 422
    assert shown(month="2027-09") == []
    assert shown(month="2027-10") == ["Chairs", "Tables", "Goals"]


def test_exports_say_what_the_lists_say(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    posted(approved_line, cast.ben, october, "100.10", "=1+1")
    browser = as_person(cast.ben)
    sheet = read_table(browser.get("/2027/expenses/export/xlsx/").content, "expenses.xlsx")
    assert sheet.rows[0][1:9] == [
        date(2027, 10, 5),
        "Arts",
        "Story hours",
        "2027-118",
        "=1+1",
        Decimal("100.10"),
        "USD",
        None,
    ]
    sheet = read_table(browser.get("/2027/lines/export/xlsx/").content, "lines.xlsx")
    assert sheet.rows == [
        [
            "2027-118",
            "Arts",
            "Story hours",
            "Services and rooms",
            "Own funds",
            Decimal(1200),
            Decimal("100.10"),
            Decimal("1099.90"),
            "USD",
            # Nothing was spent until the end of September, so the pace is nothing.
            Decimal("100.10"),
            "Heads under its plan",
        ]
    ]
    text = b"".join(browser.get("/2027/expenses/export/csv/").streaming_content).decode()
    assert "100.10" in text
    assert browser.get("/2027/expenses/export/pdf/").status_code == 404


@pytest.mark.parametrize("url", ["/2027/lines/", "/2027/expenses/", "/2027/exceptions/", NEW])
def test_a_list_of_three_asks_the_database_no_more_than_a_list_of_one(
    url: str, running: Cycle, arts: Department, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    browser = as_person(cast.dora)

    def one_more(name: str) -> None:
        line = approved_line_of(active_project(running, arts, cast.ben, name))
        posted(line, cast.ben, october)
        nets = Payment(Decimal(5), date(2027, 6, 1), "Nets")
        actions.ask_exception(line, nets, why="Early", by=cast.ben, at=october)

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


def test_a_line_shows_what_is_left_and_where_the_pace_leads(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    actions.post(approved_line, Payment(Decimal(600), date(2027, 9, 1), "Hall"), by=cast.ben, at=october)
    page = as_person(cast.amina).get("/2027/lines/").content.decode()
    # 300 planned by the end of September, 600 spent: the remaining 900 at twice the pace.
    assert "2,400" in page
    assert "Services and rooms: 150\xa0% of plan at 33\xa0% of the time." in page
    assert "Post expense" not in page


def test_what_is_approved_spent_and_left_of_a_line_adds_up_to_the_cent(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    posted(approved_line, cast.ben, october, "550.75")
    page = as_person(cast.dora).get("/2027/lines/?project=story-hours").content.decode()
    assert [page.count(amount) for amount in ("1,200.00", "550.75", "649.25")] == [2, 2, 2]


def test_the_chain_of_an_expense_leads_back_to_the_budget_line(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    expense = posted(approved_line, cast.ben, october)
    page = as_person(cast.omar).get(f"/2027/expenses/{expense.pk}/").content.decode()
    assert "/2027/budget/1/line/118/" in page
    assert "granted 1,200" in page

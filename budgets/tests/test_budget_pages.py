"""The pages of the budget: who sees what, how it is narrowed, and that nothing grows with the number of lines."""

import re
import uuid
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from budgets.drafting import actions, sheet
from budgets.models import Budget, BudgetLine, Contest
from budgets.tests.budget_year import (
    answer_of,
    approved,
    compiled,
    confirm_all,
    granted,
    line_of,
    planned_project,
    proposed,
    set_amount,
    shared,
)
from planning.models import Actual, Cycle, ResourceRequest
from sop_portal.organisation.models import Department, User

LogIn = Callable[[User], Client]


def post(client: Client, url: str, **values: Any) -> Any:
    """Send a form of a page."""
    return client.post(url, {"key": str(uuid.uuid4()), **values})


def text_of(response: Any) -> str:
    """The page without its markup, blanks made single."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_finance_sees_every_line_by_category_with_totals(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    Actual.objects.create(
        department_id=line_of(shared(allocated, cast), 2).department_id,
        slug="story-hours",
        name="Story hours",
        year=2026,
        money=Decimal(3500),
        materials=Decimal(900),
    )
    page = text_of(as_person(cast.dora).get("/2027/budget/1/"))
    assert "4 lines" in page
    assert "Total, 4 lines 4,400.00 7,000.01 1,750.01 1,750.00 1,750.00 1,750.00 7,000.01 0 of 4 confirmed" in page
    assert "Story hours Arts 900.00 1,000.00 250.00 250.00 250.00 250.00 1,000.00 Awaiting" in page
    assert "Waits for the departments, then propose the budget" in page


def test_the_newest_version_is_where_the_menu_leads(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    assert as_person(cast.dora).get("/2027/budget/").status_code == 200
    shared(allocated, cast)
    assert as_person(cast.dora).get("/2027/budget/")["Location"] == "/2027/budget/1/"


def test_a_head_sees_the_own_lines_and_their_total_only(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    budget = shared(allocated, cast)
    set_amount(line_of(budget, 4), 1999, cast.dora)
    page = text_of(as_person(cast.amina).get("/2027/budget/1/"))
    assert "Total, 3 lines" in page
    assert "5,000.01" in page
    assert "Summer league" not in page
    assert "1999" not in page
    assert "Sports" not in page


URLS = [
    "/2027/budget/1/line/4/",
    "/2027/budget/1/?line=4",
    "/2027/budget/1/departments/sports/",
    "/2027/budget/1/departments/sports/contest/",
    "/2027/budget/1/departments/sports/confirm/",
    "/2027/budget/1/departments/sports/settle/",
    "/2027/budget/1/departments/sports/overrule/",
]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("name", ["amina", "ben", "farid"])
def test_the_twins_lines_are_not_there(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, url: str, name: str
) -> None:
    shared(allocated, cast)
    assert as_person(getattr(cast, name)).get(url).status_code in ([404] if name != "farid" else [403, 404])
    assert as_person(cast.dora).get(url, follow=True).status_code in (200, 403, 409, 422)


@pytest.mark.parametrize("url", URLS)
def test_the_twins_lines_take_no_post(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, url: str
) -> None:
    shared(allocated, cast)
    if "/line/4/" in url or url.count("/") > 6:
        assert post(as_person(cast.amina), url, seen="1", comment="x").status_code == 404
    for last in ("leave-out", "change"):
        assert post(as_person(cast.amina), f"/2027/budget/1/line/4/{last}/", seen="1", why="x").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_spreadsheet_holds_what_its_reader_sees(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, kind: str
) -> None:
    shared(allocated, cast)
    url = f"/2027/budget/1/export/?kind={kind}"
    whole, own = (b"".join(as_person(p).get(url)) for p in (cast.dora, cast.amina))
    if kind == "csv":
        rows = own.decode("utf-8-sig").splitlines()
        assert [row.split(",")[:3] for row in rows[1:]] == [
            ["2027-1", "Arts", "Makerspace"],
            ["2027-2", "Arts", "Story hours"],
            ["2027-3", "Arts", "Story hours"],
        ]
        assert rows[2].split(",")[5:11] == ["3600.01", "900.01", "900.00", "900.00", "900.00", "3600.01"]
        assert b"Summer league" in whole
    assert whole[:2] == (b"PK" if kind == "xlsx" else b"\xef\xbb")
    assert as_person(cast.dora).get("/2027/budget/1/export/?kind=pdf").status_code == 404


def test_a_draft_is_not_there_for_departments(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    compiled(allocated, cast)
    for name in ("amina", "ben", "bao"):
        client = as_person(getattr(cast, name))
        assert client.get("/2027/budget/1/").status_code == 404
        assert client.get("/2027/budget/1/export/").status_code == 404
        assert client.get("/2027/budget/1/line/1/").status_code == 404
        assert "No budget to see yet" in text_of(client.get("/2027/budget/"))


def test_the_drawer_tells_where_an_amount_comes_from(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    wanted = {line_of(budget, 3).pk: (Decimal(1290), "Both boxes")}
    actions.contest(answer_of(budget, arts), contested=wanted, by=cast.amina, at=may, seen=1)
    page = text_of(as_person(cast.dora).get("/2027/budget/1/?line=3"))
    assert "Settle 1 contested line, then propose the budget" in page
    assert "The department wants 1,290 : Both boxes" in page
    assert "Where the 1,000 comes from" in page
    assert "Request line Story hours materials: asked 1,000 on 12" in page
    assert "Budget line 2027-3 budgeted 1,000, General fund Spending from 1" in page
    assert "Change to 1,290" in page
    assert "Change to 1,290" not in text_of(as_person(cast.amina).get("/2027/budget/1/?line=3"))


def test_one_press_gives_a_line_what_its_department_wants(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    wanted = {line_of(budget, 3).pk: (Decimal(1290), "Both boxes")}
    actions.contest(answer_of(budget, arts), contested=wanted, by=cast.amina, at=may, seen=1)
    assert post(as_person(cast.emil), "/2027/budget/1/line/3/change/", seen="1").status_code == 403
    assert post(as_person(cast.dora), "/2027/budget/1/line/3/change/", seen="1").status_code == 302
    assert (line_of(budget, 3).amount, Contest.objects.get().settled) == (Decimal(1290), "changed")
    assert post(as_person(cast.dora), "/2027/budget/1/line/3/change/", seen="2").status_code == 409


BAD = ["-5", "1e9", "NaN", "1.234", "many", "9" * 20]


@pytest.mark.parametrize("typed", BAD)
def test_a_bad_amount_is_refused_with_what_was_typed(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, typed: str
) -> None:
    budget = compiled(allocated, cast)
    fund = line_of(budget, 1).fund_id
    values = {"seen": "1", "q1": typed, "q2": "0", "q3": "0", "q4": "0", "category": "travel", "fund": str(fund)}
    response = post(as_person(cast.dora), "/2027/budget/1/line/1/", **values)
    assert response.status_code == 422
    assert f'value="{typed}"' in response.content.decode()
    assert line_of(budget, 1).amount == Decimal(400)


def test_a_line_is_saved_by_quarters(allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime) -> None:
    budget = compiled(allocated, cast)
    fund = line_of(budget, 1).fund_id
    values = {"seen": "1", "q1": "1,000.50", "q2": "0", "q3": "0", "q4": "1", "category": "travel", "fund": str(fund)}
    assert as_person(cast.dora).get("/2027/budget/1/line/1/").status_code == 200
    assert post(as_person(cast.dora), "/2027/budget/1/line/1/", **values).status_code == 302
    assert line_of(budget, 1).quarters == [Decimal("1000.50"), Decimal(0), Decimal(0), Decimal(1)]
    stale = post(as_person(cast.dev), "/2027/budget/1/line/1/", **values | {"q1": "7"})
    assert stale.status_code == 409
    left = post(as_person(cast.dora), "/2027/budget/1/line/1/leave-out/", seen="2", why="")
    assert left.status_code == 422
    assert post(as_person(cast.dora), "/2027/budget/1/line/1/leave-out/", seen="2", why="No").status_code == 302
    assert line_of(budget, 1).is_refused


def test_who_may_not_edit_a_line_is_led_to_it(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    budget = shared(allocated, cast)
    assert as_person(cast.amina).get("/2027/budget/1/line/1/")["Location"] == "/2027/budget/1/?line=1"
    values = {"seen": "1", "q1": "1", "q2": "0", "q3": "0", "q4": "0", "category": "travel", "fund": "1"}
    values["fund"] = str(line_of(budget, 1).fund_id)
    assert post(as_person(cast.amina), "/2027/budget/1/line/1/", **values).status_code == 403


def test_a_head_contests_on_the_own_page_and_finance_settles(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    pk = line_of(budget, 1).pk
    url = "/2027/budget/1/departments/arts/"
    head, finance = as_person(cast.amina), as_person(cast.dora)
    assert "Confirm lines" in text_of(head.get(url))
    assert head.get(f"{url}contest/").status_code == 200
    assert finance.get(f"{url}contest/").status_code == 403
    for values in ({}, {f"wanted_{pk}": "500"}, {f"reason_{pk}": "x"}, {f"wanted_{pk}": "400", f"reason_{pk}": "x"}):
        assert post(head, f"{url}contest/", seen="1", **values).status_code == 422
    sent = {f"wanted_{pk}": "500", f"reason_{pk}": "<b>The printer</b>"}
    assert post(head, f"{url}contest/", seen="1", **sent).url == f"{url}?done=contest"
    shown = finance.get(url).content.decode()
    assert "&lt;b&gt;The printer&lt;/b&gt;" in shown
    assert 'value="500.00"' in finance.get(f"{url}settle/").content.decode()
    assert post(finance, f"{url}settle/", seen="1", **{f"amount_{pk}": "400"}).status_code == 422
    assert post(finance, f"{url}settle/", seen="1", **{f"amount_{pk}": "480", "comment": "Almost"}).status_code == 302
    assert (line_of(budget, 1).amount, answer_of(budget, arts).state) == (Decimal(480), "awaiting")
    assert post(head, f"{url}confirm/", seen="1").status_code == 409
    assert post(head, f"{url}confirm/", seen="2").status_code == 302


def test_a_budget_goes_its_way_by_its_pages(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    finance, management = as_person(cast.dora), as_person(cast.emil)
    assert finance.get("/2027/budget/compile/").status_code == 200
    assert as_person(cast.amina).get("/2027/budget/compile/").status_code == 403
    assert post(finance, "/2027/budget/compile/").url == "/2027/budget/1/"
    assert post(finance, "/2027/budget/1/share/", seen="1").status_code == 302
    assert post(finance, "/2027/budget/1/propose/", seen="1").status_code == 422
    confirm_all(Budget.objects.get(), cast)
    assert post(finance, "/2027/budget/1/propose/", seen="1").status_code == 302
    assert post(finance, "/2027/budget/1/approve/", seen="1").status_code == 403
    assert "Approve budget" in text_of(management.get("/2027/budget/1/"))
    assert post(management, "/2027/budget/1/send-back/", seen="1").status_code == 422
    assert post(management, "/2027/budget/1/approve/", seen="1").status_code == 302
    assert post(management, "/2027/budget/1/supersede/", seen="1").status_code == 404
    page = text_of(finance.get("/2027/budget/1/"))
    assert "In force" in page
    assert "Amend the budget" in page


def test_an_amendment_is_begun_compared_and_given_up_by_its_pages(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    approved(allocated, cast)
    finance = as_person(cast.dora)
    assert finance.get("/2027/budget/1/amend/").status_code == 200
    assert as_person(cast.emil).get("/2027/budget/1/amend/").status_code == 403
    assert post(finance, "/2027/budget/1/amend/", reason="").status_code == 422
    assert post(finance, "/2027/budget/1/amend/", reason="More paper").url == "/2027/budget/2/"
    budget = Budget.objects.get(number=2)
    set_amount(line_of(budget, 1), 450, cast.dora)
    page = text_of(finance.get("/2027/budget/2/compare/1/"))
    assert "1 line differs" in page
    assert "Makerspace , services and rooms Arts 400.00 450.00 +50.00" in page
    assert "Total of all lines 7,000.01 7,050.01 +50.00" in page
    assert "Supplement or cut" in text_of(finance.get("/2027/budget/2/"))
    assert as_person(cast.amina).get("/2027/budget/2/compare/1/").status_code == 404
    assert finance.get("/2027/budget/2/drop/").status_code == 200
    assert post(finance, "/2027/budget/2/drop/").url == "/2027/budget/1/"


def test_the_sheet_is_narrowed_by_department_and_state(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    wanted = {line_of(budget, 3).pk: (Decimal(1290), "Both boxes")}
    actions.contest(answer_of(budget, arts), contested=wanted, by=cast.amina, at=may, seen=1)
    client = as_person(cast.dora)
    totals = {
        "department=sports": "Total, 1 line ",
        "state=contested": "Total, 1 line ",
        "state=confirmed": "Total, 2 lines",
        "state=awaiting": "Total, 1 line ",
        "state=overruled": "No line fits",
        "department=nowhere": "Total, 4 lines",
    }
    assert {
        query: text in text_of(client.get(f"/2027/budget/1/?{query}")) for query, text in totals.items()
    } == dict.fromkeys(totals, True)
    assert "Sports" not in text_of(as_person(cast.amina).get("/2027/budget/1/?department=sports"))


def test_the_sheet_turns_by_key_and_its_totals_stay_whole(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "ROWS", 2)
    shared(allocated, cast)
    client = as_person(cast.dora)
    first = client.get("/2027/budget/1/").context["sheet"]
    last = client.get(f"/2027/budget/1/{first.next_url}").context["sheet"]
    seen = [row.line.number for page in (first, last) for group in page.groups for row in group.rows]
    assert seen == [3, 1, 2, 4]
    for page in (first, last):
        assert (page.count, page.sums["amount"]) == (4, Decimal("7000.01"))
    assert (first.previous_url, last.next_url) == ("", "")
    back = client.get(f"/2027/budget/1/{last.previous_url}").context["sheet"]
    assert [row.line.number for group in back.groups for row in group.rows] == [3, 1]
    assert (back.previous_url, back.next_url) == ("", "?after=services-1")


@pytest.mark.parametrize(
    "query", ["after=x", "after=services-", "before=money-1", "line=x", "line=999999999999", "line=77"]
)
def test_a_strange_address_is_no_error(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, query: str
) -> None:
    shared(allocated, cast)
    expected = 404 if query.startswith("line") else 200
    assert as_person(cast.dora).get(f"/2027/budget/1/?{query}").status_code == expected


PAGES = [
    "/2027/budget/1/",
    "/2027/budget/1/?line=3",
    "/2027/budget/1/departments/arts/",
    "/2027/budget/1/departments/arts/contest/",
    "/2027/budget/funds/",
]


@pytest.mark.parametrize("url", PAGES)
def test_more_lines_cost_no_more_queries(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, url: str
) -> None:
    person = cast.amina if "departments" in url else cast.dora
    request = ResourceRequest.objects.get(department__slug="arts")
    budget = shared(allocated, cast)
    client = as_person(person)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        assert client.get(url).status_code == 200
    first = line_of(budget, 1)
    for number in range(5, 9):
        project = planned_project(allocated, request.department, f"Project {number}")
        BudgetLine.objects.create(
            budget=budget, number=number, department=request.department, project=project, category="travel",
            fund=first.fund, allocation=granted(request, project, "10"), q1=10,
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few)


def test_funds_are_kept_by_finance(cast: SimpleNamespace, allocated: Cycle, as_person: LogIn, may: datetime) -> None:
    finance = as_person(cast.dora)
    assert post(finance, "/2027/budget/funds/", name="Grant", is_restricted="on").status_code == 422
    assert post(finance, "/2027/budget/funds/", name="Grant", is_restricted="on", purpose="Reading").status_code == 302
    assert "Grant restricted Reading" in text_of(as_person(cast.amina).get("/2027/budget/funds/"))
    assert post(as_person(cast.amina), "/2027/budget/funds/", name="Mine").status_code == 403


def test_new_allocations_are_taken_in_by_their_page(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    budget = compiled(allocated, cast)
    request = ResourceRequest.objects.get(department__slug="sports")
    finance = as_person(cast.dora)
    assert "Nothing new" in text_of(finance.get("/2027/budget/1/take-in/"))
    granted(request, planned_project(allocated, request.department, "Chess"), "75.50")
    assert "1 allocation is not in the budget yet." in text_of(finance.get("/2027/budget/1/take-in/"))
    assert post(finance, "/2027/budget/1/take-in/", seen="1").status_code == 302
    assert line_of(budget, 5).amount == Decimal("75.50")


def test_a_double_click_proposes_once(allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime) -> None:
    proposed(allocated, cast)
    key, management = str(uuid.uuid4()), as_person(cast.emil)
    url = reverse("budget-step", args=[2027, 1, "approve"])
    first, again = (management.post(url, {"key": key, "seen": "1"}) for _ in range(2))
    assert (first.status_code, first["Location"]) == (302, "/2027/budget/1/?done=approve")
    assert (again.status_code, again["Location"]) == (302, first["Location"])

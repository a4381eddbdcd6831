"""The pages of the budget: who sees what, how it is narrowed, and that nothing grows with the number of lines."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from budgets.drafting import actions
from budgets.drafting.pages.sheet import lines as sheet_lines
from budgets.models import Budget, BudgetLine
from budgets.tests.browsing import LogIn, post
from budgets.tests.budget_year import (
    answer_of,
    compiled,
    granted,
    line_of,
    planned_project,
    propose,
    set_amount,
    shared,
)
from planning.models import Actual, Cycle, ResourceRequest
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.page_text import words_of


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
    page = words_of(as_person(cast.dora).get("/2027/budget/1/"))
    assert "4 lines" in page
    assert "Total, 4 lines 4,400.00 7,000.01 1,750.01 1,750.00 1,750.00 1,750.00 7,000.01 0 of 4 confirmed" in page
    assert "Story hours Arts 900.00 1,000.00 250.00 250.00 250.00 250.00 1,000.00 Awaiting" in page
    assert "Waits for the departments, then propose the budget" in page


def test_two_lines_of_one_project_and_category_are_told_apart_by_what_they_are_for(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    budget = shared(allocated, cast)
    first, other, single = line_of(budget, 2), line_of(budget, 3), line_of(budget, 1)
    assert first.project_id == other.project_id != single.project_id
    BudgetLine.objects.filter(pk=first.pk).update(category=other.category)
    head, address = as_person(cast.amina), f"/2027/budget/{budget.number}/"
    for page in (words_of(head.get(url)) for url in (address, f"{address}departments/arts/")):
        assert [page.count(line.allocation.called) for line in (first, other, single)] == [1, 1, 0]


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
    page = words_of(as_person(cast.amina).get("/2027/budget/1/"))
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
    # A line that is chosen in the address is not understood, whether it is another's or nobody's.
    not_there = 422 if "?" in url else 404
    assert as_person(getattr(cast, name)).get(url).status_code in ([not_there] if name != "farid" else [403, 404])
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
    assert as_person(cast.dora).get("/2027/budget/1/export/?kind=pdf").status_code == 422


def test_a_draft_is_not_there_for_departments(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    compiled(allocated, cast)
    for name in ("amina", "ben", "bao"):
        client = as_person(getattr(cast, name))
        assert client.get("/2027/budget/1/").status_code == 404
        assert client.get("/2027/budget/1/export/").status_code == 404
        assert client.get("/2027/budget/1/line/1/").status_code == 404
        assert "No budget to see yet" in words_of(client.get("/2027/budget/"))


def test_the_drawer_tells_where_an_amount_comes_from(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    wanted = {line_of(budget, 3).pk: (Decimal(1290), "Both boxes")}
    actions.contest(answer_of(budget, arts), contested=wanted, by=cast.amina, at=may, seen=1)
    page = words_of(as_person(cast.dora).get("/2027/budget/1/?line=3"))
    assert "Settle 1 contested line, then propose the budget" in page
    assert "The department wants 1,290: Both boxes" in page
    assert "Where the 1,000 comes from" in page
    assert "Request line Story hours materials: asked 1,000 on 12" in page
    assert "Budget line 2027-3 budgeted 1,000, General fund Spending from 1" in page
    assert "Change to 1,290" in page
    assert "Change to 1,290" not in words_of(as_person(cast.amina).get("/2027/budget/1/?line=3"))


def test_a_line_is_changed_by_finance_until_it_is_approved_and_by_the_head_who_began_until_it_is_shared(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    def offered(budget: Budget) -> dict[str, bool]:
        page = f"{budget.get_absolute_url()}?line=3"
        return {name: "Change line" in words_of(as_person(getattr(cast, name)).get(page)) for name in ("dora", "amina")}

    budget = compiled(allocated, cast)
    drafted = offered(budget)
    actions.share(budget, by=cast.dora, at=may, seen=budget.version)
    propose(budget, cast)
    actions.approve(budget, by=cast.emil, at=may, seen=budget.version)
    approved = offered(budget)
    amendment = actions.amend(budget, reason="More paper", by=cast.amina, at=may)
    amended = offered(amendment)
    set_amount(line_of(amendment, 3), 1100, cast.amina)
    amendment.refresh_from_db()
    shared_again = offered(actions.share(amendment, by=cast.dora, at=may, seen=amendment.version))
    assert (drafted, approved, amended, shared_again) == (
        {"dora": True, "amina": False},
        {"dora": False, "amina": False},
        {"dora": True, "amina": True},
        {"dora": True, "amina": False},
    )


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
    }
    assert {
        query: text in words_of(client.get(f"/2027/budget/1/?{query}")) for query, text in totals.items()
    } == dict.fromkeys(totals, True)
    assert client.get("/2027/budget/1/?department=nowhere").status_code == 422
    assert as_person(cast.amina).get("/2027/budget/1/?department=sports").status_code == 422


def test_the_sheet_turns_by_key_and_its_totals_stay_whole(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_lines, "ROWS", 2)
    shared(allocated, cast)
    client = as_person(cast.dora)
    first = client.get("/2027/budget/1/").context["sheet"]
    last = client.get(f"/2027/budget/1/{first.next_url}").context["sheet"]
    seen = [row.line.number for page in (first, last) for group in page.groups for row in group.rows]
    assert seen == [3, 1, 2, 4]
    for page in (first, last):
        assert (page.count, page.sums.amount) == (4, Decimal("7000.01"))
    assert (first.previous_url, last.next_url) == ("", "")
    back = client.get(f"/2027/budget/1/{last.previous_url}").context["sheet"]
    assert [row.line.number for group in back.groups for row in group.rows] == [3, 1]
    assert (back.previous_url, back.next_url) == ("", first.next_url)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("after=x", 422),
        ("after=services-", 422),
        ("before=money-1", 422),
        ("after=77", 200),
        ("line=x", 422),
        ("line=999999999999", 422),
        ("line=77", 422),
    ],
)
def test_a_strange_address_is_no_error(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, query: str, expected: int
) -> None:
    shared(allocated, cast)
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
            budget=budget,
            number=number,
            department=request.department,
            project=project,
            category="travel",
            fund=first.fund,
            allocation=granted(request, project, "10"),
            allocated=10,
            q1=10,
        )
    with CaptureQueriesContext(connection) as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few)


def test_a_long_sheet_asks_for_last_years_total_behind_the_page(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = shared(allocated, cast)
    line = budget.lines.select_related("project").get(number=1)
    Actual.objects.create(
        department_id=line.department_id, slug=line.project.slug, name="Choir", year=2026, money=Decimal("120.5")
    )
    client = as_person(cast.dora)
    whole = client.get("/2027/budget/1/").context["sheet"]
    monkeypatch.setattr(sheet_lines, "ADDED_UP", 3)
    first = client.get("/2027/budget/1/?state=").context["sheet"]
    added = client.get(f"/2027/budget/1/{first.added_url}").context["sheet"]
    assert (first.added_url, first.actual) == ("?state=&added=last-year", None)
    assert (added.actual, whole.actual, whole.added_url) == (Decimal("120.5"), Decimal("120.5"), "")

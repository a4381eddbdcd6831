"""The forms of the budget: what is typed, what is refused, and a budget that goes its whole way by its pages."""

import uuid
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.urls import reverse

from budgets.drafting import actions
from budgets.models import Budget, Contest, Fund
from budgets.tests.browsing import LogIn, post
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
from planning.models import Cycle, ResourceRequest
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.page_text import words_of


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
    refused = post(as_person(cast.dora), "/2027/budget/1/line/1/", **values)
    assert (refused.status_code, "is more than the 400 allocated. Say why" in words_of(refused)) == (422, True)
    values["more_reason"] = "A second workbench"
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
    assert "Confirm lines" in words_of(head.get(url))
    assert head.get(f"{url}contest/").status_code == 200
    assert finance.get(f"{url}contest/").status_code == 403
    for values in ({}, {f"wanted_{pk}": "500"}, {f"reason_{pk}": "x"}, {f"wanted_{pk}": "400", f"reason_{pk}": "x"}):
        assert post(head, f"{url}contest/", seen="1", **values).status_code == 422
    sent = {f"wanted_{pk}": "500", f"reason_{pk}": "<b>The printer</b>"}
    assert post(head, f"{url}contest/", seen="1", **sent).url == f"{url}?done=contest"
    shown = finance.get(url).content.decode()
    assert "&lt;b&gt;The printer&lt;/b&gt;" in shown
    assert "1 line is contested: finance changes it, or management overrules with a reason." in shown
    settling = finance.get(f"{url}settle/")
    assert ("500.00" in words_of(settling), 'value="500.00"' in settling.content.decode()) == (True, False)
    assert post(finance, f"{url}settle/", seen="1", **{f"amount_{pk}": "400"}).status_code == 422
    assert post(finance, f"{url}settle/", seen="1", **{f"amount_{pk}": "480", "comment": "Almost"}).status_code == 302
    assert (line_of(budget, 1).amount, answer_of(budget, arts).state) == (Decimal(480), "awaiting")
    assert post(head, f"{url}confirm/", seen="1").status_code == 409
    assert post(head, f"{url}confirm/", seen="2").status_code == 302


def test_the_departments_page_shows_which_line_is_not_as_granted_and_leads_to_the_comparison(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    budget = shared(allocated, cast)
    set_amount(line_of(budget, 2), 900, cast.dora)
    head = as_person(cast.amina)
    page = words_of(head.get("/2027/budget/1/departments/arts/"))
    assert page.count("compared with the allocation") == 1
    assert "900.00 −2,700.01 compared with the allocation" in page
    assert "Compare with version" not in page


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
    assert "Approve budget" in words_of(management.get("/2027/budget/1/"))
    assert post(management, "/2027/budget/1/send-back/", seen="1").status_code == 422
    assert post(management, "/2027/budget/1/approve/", seen="1").status_code == 302
    assert post(management, "/2027/budget/1/supersede/", seen="1").status_code == 404
    page = words_of(finance.get("/2027/budget/1/"))
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
    page = words_of(finance.get("/2027/budget/2/compare/1/"))
    assert "1 line differs" in page
    assert "Makerspace, services and rooms Arts 400.00 450.00 +50.00" in page
    assert "Total of all lines 7,000.01 7,050.01 +50.00" in page
    assert "Supplement or cut" in words_of(finance.get("/2027/budget/2/"))
    assert as_person(cast.amina).get("/2027/budget/2/compare/1/").status_code == 404
    assert finance.get("/2027/budget/2/drop/").status_code == 200
    assert post(finance, "/2027/budget/2/drop/", seen=Budget.objects.get(number=2).version).url == "/2027/budget/1/"


def test_funds_are_kept_by_finance(cast: SimpleNamespace, allocated: Cycle, as_person: LogIn, may: datetime) -> None:
    finance = as_person(cast.dora)
    assert post(finance, "/2027/budget/funds/", name="Grant", is_restricted="on").status_code == 422
    grant = {"name": "Grant", "is_restricted": "on", "purpose": "Reading"}
    assert post(finance, "/2027/budget/funds/", **grant).status_code == 422
    period = {"starts_on": "2027-07-01", "ends_on": "2028-06-30"}
    assert post(finance, "/2027/budget/funds/", **grant, **period, amount="9000").status_code == 302
    seen = words_of(as_person(cast.amina).get("/2027/budget/funds/"))
    assert "Grant restricted Reading 9,000.00 0.00" in seen
    assert "Only finance may compile, share and propose the budget. Dev Patel or Dora Weiss can." in seen
    page = f"/2027/budget/funds/{Fund.objects.get(name='Grant').pk}/"
    assert (finance.get(page).status_code, as_person(cast.amina).get(page).status_code) == (200, 403)
    assert post(finance, page, **grant, **period, amount="8000", seen="1").status_code == 302
    assert post(finance, page, **grant, **period, amount="7000", seen="1").status_code == 409
    assert Fund.objects.get(name="Grant").amount == 8000
    assert post(as_person(cast.amina), "/2027/budget/funds/", name="Mine").status_code == 403


def test_new_allocations_are_taken_in_by_their_page(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    budget = compiled(allocated, cast)
    request = ResourceRequest.objects.get(department__slug="sports")
    finance = as_person(cast.dora)
    assert "Nothing new" in words_of(finance.get("/2027/budget/1/take-in/"))
    granted(request, planned_project(allocated, request.department, "Chess"), "75.50")
    assert "1 allocation is not in the budget yet." in words_of(finance.get("/2027/budget/1/take-in/"))
    assert post(finance, "/2027/budget/1/take-in/", seen="1").status_code == 302
    assert line_of(budget, 5).amount == Decimal("75.50")


def test_a_double_click_proposes_once(allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime) -> None:
    proposed(allocated, cast)
    key, management = str(uuid.uuid4()), as_person(cast.emil)
    url = reverse("budget-step", args=[2027, 1, "approve"])
    first, again = (management.post(url, {"key": key, "seen": "1"}) for _ in range(2))
    assert (first.status_code, first["Location"]) == (302, "/2027/budget/1/?done=approve")
    assert (again.status_code, again["Location"]) == (302, first["Location"])

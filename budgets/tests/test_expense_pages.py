"""The pages of spending: check, post, list, export; who sees what."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from budgets.models import Appropriation, Expense
from budgets.spending import actions
from budgets.spending.actions import Payment
from budgets.tests.running_year import active_project, approved_line_of
from planning.models import Cycle, Project
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.tests.page_text import words_of

Browser = Callable[[User], Client]
NEW = "/2027/expenses/new/"
NAUGHTY = json.loads((Path(settings.BASE_DIR) / "sop_portal/tests/data/naughty_strings.json").read_text())


def typed(**values: str) -> dict[str, str]:
    given = {"line": "118", "amount": "240.00", "spent_on": "2027-10-05", "what": "Chairs", "receipt": "R 7"}
    return {**given, "key": str(uuid4()), **values}


def asked(**values: str) -> dict[str, str]:
    """What the form sends to be checked; it carries no key."""
    return {name: value for name, value in typed(**values).items() if name != "key"}


def posted(line: Appropriation, by: User, at: datetime, amount: str = "240.00", what: str = "Chairs") -> Expense:
    return actions.post(line, Payment(Decimal(amount), date(2027, 10, 5), what), by=by, at=at)


def test_a_line_to_choose_names_its_department(
    approved_line: Appropriation, cast: SimpleNamespace, as_person: Browser
) -> None:
    named = f"2027-118 · {approved_line.project.name} · {approved_line.department.name} · "
    assert named in as_person(cast.dora).get(NEW).content.decode()


def test_where_no_line_is_open_the_page_says_so_instead_of_an_empty_choice(
    approved_line: Appropriation, cast: SimpleNamespace, as_person: Browser
) -> None:
    Project.objects.filter(pk=approved_line.project_id).update(state="approved")
    answer = as_person(cast.dora).get(NEW)
    page = answer.content.decode()
    assert ("There is no line to choose" in page, "<select" in page) == (True, False)
    assert 'href="/2027/lines/"' in page


def test_the_lead_checks_and_then_posts(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    browser = as_person(cast.ben)
    checked = browser.get(NEW, asked())
    assert "This expense can be posted" in checked.content.decode()
    assert Expense.objects.count() == 0
    response = browser.post(NEW, typed())
    expense = Expense.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/2027/expenses/{expense.pk}/")
    assert (expense.amount, expense.what, expense.receipt, expense.posted_by) == (
        Decimal("240.00"),
        "Chairs",
        "R 7",
        cast.ben,
    )
    assert browser.get(response["Location"]).status_code == 200


def test_the_same_form_posted_again_posts_once(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    browser, form = as_person(cast.ben), typed()
    places = {browser.post(NEW, form)["Location"] for _ in range(3)}
    assert places == {f"/2027/expenses/{Expense.objects.get().pk}/"}


def test_a_form_without_a_key_posts_nothing(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    assert as_person(cast.ben).post(NEW, typed(key="")).status_code == 409
    assert Expense.objects.count() == 0


def test_more_than_is_left_is_said_before_and_refused_after(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    browser = as_person(cast.ben)
    for response in (browser.get(NEW, asked(amount="1200.01")), browser.post(NEW, typed(amount="1200.01"))):
        page = response.content.decode()
        assert "Line 2027-118 has 1,200.00 left." in page
        assert 'value="1200.01"' in page
    assert (response.status_code, Expense.objects.count()) == (422, 0)


def test_a_day_outside_the_year_offers_an_exception_prefilled(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    page = as_person(cast.ben).get(NEW, asked(spent_on="2027-06-30")).content.decode()
    assert "/2027/exceptions/new/?line=118&amp;amount=240.00&amp;spent_on=2027-06-30&amp;what=Chairs" in page


def test_a_restricted_fund_needs_the_confirmation(
    running: Cycle, arts: Department, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    approved_line_of(active_project(running, arts, cast.ben, "Book bus"), purpose="books for children")
    browser = as_person(cast.ben)
    sentence = "Restricted: only for books for children; confirm it serves this purpose."
    assert sentence in browser.get(NEW, asked()).content.decode()
    assert browser.post(NEW, typed()).status_code == 422
    assert browser.post(NEW, typed(serves_purpose="on")).status_code == 302
    assert Expense.objects.get().warning == sentence


@pytest.mark.parametrize(
    "amount", ["1e3", "1_000", "-0", "-5", "NaN", "Infinity", "0.005", "0", "9" * 5000, "", "１２e", "1 0", "٣"]
)
def test_a_bad_amount_is_named_and_nothing_is_posted(
    amount: str, approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    browser = as_person(cast.ben)
    assert browser.post(NEW, typed(amount=amount)).status_code == 422
    if len(amount) < 1000:
        assert browser.get(NEW, asked(amount=amount)).status_code == 422
    assert Expense.objects.count() == 0


def test_full_width_digits_are_read_as_plain_ones(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    assert as_person(cast.ben).post(NEW, typed(amount="１２３")).status_code == 302
    assert Expense.objects.get().amount == Decimal(123)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2027-02-30", "yesterday", "", "2027-13-01", "1" * 5000])
def test_a_bad_day_is_named_and_nothing_is_posted(
    day: str, approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    assert as_person(cast.ben).post(NEW, typed(spent_on=day)).status_code == 422
    assert Expense.objects.count() == 0


@pytest.mark.slow
def test_whatever_is_typed_is_kept_as_text_or_refused(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    Appropriation.objects.update(approved=Decimal(100_000))
    Project.objects.update(budgeted=Decimal(100_000))
    browser = as_person(cast.ben)
    answers = {
        browser.post(NEW, typed(amount="0.01", what=text, receipt=text[:60])).status_code for text in NAUGHTY
    } | {
        browser.get("/2027/expenses/", {"project": text, "line": text, "month": text}).status_code
        for text in NAUGHTY[::7]
    }
    assert answers == {200, 302, 422}
    page = browser.get("/2027/expenses/").content.decode()
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("name", "status"),
    [("amina", 403), ("bao", 403), ("chidi", 403), ("emil", 403), ("ada", 403), ("omar", 403), ("dora", 200)],
)
def test_the_form_is_for_those_who_post(
    name: str, status: int, approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    assert as_person(getattr(cast, name)).get(NEW, {"line": "118"}).status_code == status


@pytest.mark.parametrize(
    ("name", "status"), [("amina", 403), ("emil", 403), ("bao", 422), ("farid", 404), ("dora", 302)]
)
def test_posting_is_refused_or_not_there(
    name: str, status: int, approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    assert as_person(getattr(cast, name)).post(NEW, typed()).status_code == status
    assert Expense.objects.count() == (status == 302)


def test_the_lead_of_another_project_reads_who_can(
    approved_line: Appropriation, arts: Department, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    Membership.objects.create(person=cast.farid, role=Role.LEAD, department=arts, from_on=date(2020, 1, 1))
    response = as_person(cast.farid).get(NEW, {"line": "118"})
    assert response.status_code == 403
    assert "Ben Carter" in response.content.decode()


def test_only_own_lines_are_offered(
    approved_line: Appropriation, twin_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    page = as_person(cast.ben).get(NEW).content.decode()
    assert ("2027-118" in page, "2027-119" in page) == (True, False)
    page = as_person(cast.dora).get(NEW).content.decode()
    assert ("2027-118" in page, "2027-119" in page) == (True, True)


def test_the_twin_department_is_nowhere(
    approved_line: Appropriation, twin_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    expense = posted(twin_line, cast.dora, october, what="Goals")
    nets = Payment(Decimal(5), date(2027, 6, 1), "Nets")
    asked = actions.ask_exception(twin_line, nets, why="Early", by=cast.dora, at=october)
    browser = as_person(cast.ben)
    hidden = [
        f"/2027/expenses/{expense.pk}/",
        f"/2027/expenses/{expense.pk}/correct/",
        f"/2027/exceptions/{asked.pk}/",
        f"/2027/exceptions/{asked.pk}/grant/",
        "/2026/expenses/",
        "/2026/lines/",
    ]
    assert {url: browser.get(url).status_code for url in hidden} == dict.fromkeys(hidden, 404)
    for url in (NEW, "/2027/exceptions/new/"):
        # A line one may not see is answered as one that there is not: by a sentence, and the lines one may choose.
        unseen, unknown = (words_of(browser.get(f"{url}?line={line}")) for line in (119, 999))
        assert unseen == unknown.replace("2027-999", "2027-119").replace("line 999", "line 119")
        assert "The year 2027 has no approved line 999 that you may see. Choose one of these." in unknown
        refused = [browser.get(f"{url}?line=119"), browser.post(url, typed(line="119", why="Because"))]
        assert [answer.status_code for answer in refused] == [422, 422]
    assert browser.get(f"{NEW}?line=118&exception={asked.pk}").status_code == 422
    one = [f"/2027/expenses/{expense.pk}/correct/", f"/2027/exceptions/{asked.pk}/grant/"]
    assert {url: browser.post(url, typed(why="x", seen="1")).status_code for url in one} == dict.fromkeys(one, 404)
    for url in ("/2027/lines/", "/2027/expenses/", "/2027/exceptions/"):
        page = browser.get(url).content.decode()
        assert [word for word in ("Summer league", "Goals", "Nets", "2027-119", "Sports") if word in page] == []
    for url in ("/2027/lines/export/csv/", "/2027/expenses/export/csv/"):
        text = b"".join(browser.get(url).streaming_content).decode()
        assert [word for word in ("Summer league", "Goals", "119", "Sports") if word in text] == []


@pytest.mark.parametrize("url", ["/2027/lines/", "/2027/expenses/", "/2027/exceptions/", NEW])
def test_an_outsider_sees_nothing_and_a_stranger_is_asked_to_log_in(
    url: str, approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    assert as_person(cast.farid).get(url).status_code in (403, 404)
    assert Client().get(url).status_code == 302


def test_an_expense_is_corrected_on_its_page(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    expense = posted(approved_line, cast.ben, october)
    browser, url = as_person(cast.ben), f"/2027/expenses/{expense.pk}/"
    assert browser.get(f"{url}correct/").status_code == 200
    assert browser.post(f"{url}correct/", {"why": "", "key": str(uuid4())}).status_code == 422
    assert browser.post(f"{url}correct/", {"why": "Wrong line", "key": str(uuid4())}).status_code == 302
    page = browser.get(url).content.decode()
    assert "Wrong line" in page
    assert "Correct by a counter-entry" not in page
    assert as_person(cast.amina).post(f"{url}correct/", {"why": "x", "key": str(uuid4())}).status_code == 403


def test_what_can_no_longer_be_posted_disappears_while_typing(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    answer = as_person(cast.ben).get(NEW, asked(amount="1e3"), headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert (answer.status_code, 'id="verdict"' in page, "This expense can be posted" in page) == (200, True, False)

"""Exceptions: asked where the guard stopped a day, decided by finance, used once."""

import re
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction

from budgets.models import Appropriation, Expense, SpendingException
from budgets.spending import actions
from budgets.spending.actions import Payment
from budgets.tests.test_expense_pages import NEW, Browser, typed
from budgets.tests.test_expense_pages import asked as to_be_checked
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import delegate
from sop_portal.people.terms import Term
from sop_portal.tests.shared_fixtures import shared_fixture

EARLY = date(2027, 6, 30)


def ask(
    line: Appropriation,
    by: User,
    at: datetime,
    on: date = EARLY,
    amount: str = "240.00",
    why: str = "The hall wants it before July",
) -> SpendingException:
    return actions.ask_exception(line, Payment(Decimal(amount), on, "Deposit"), why=why, by=by, at=at)


@shared_fixture
def asked(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> SpendingException:
    """Ben asks to pay a deposit before the year begins."""
    return ask(approved_line, cast.ben, october)


def test_a_deputy_asks_in_somebody_s_place(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    term = Term(october.date(), october.date())
    delegate(giver=cast.ben, deputy=cast.farid, role="", term=term, by=cast.ben, at=october)
    asked = ask(approved_line, cast.farid, october)
    entry = Entry.objects.get(kind="exception", verb="create")
    page = as_person(cast.dora).get(asked.get_absolute_url()).content.decode()
    assert (entry.by_id, entry.behalf_id) == (cast.farid.pk, cast.ben.pk)
    assert page.count("Farid Karimi for Ben Carter") == 2


@shared_fixture
def granted(asked: SpendingException, cast: SimpleNamespace, october: datetime) -> SpendingException:
    """Dora grants it."""
    return actions.grant(asked, by=cast.dora, at=october, seen=1)


def pay(exception: SpendingException, by: User, at: datetime, amount: str = "240.00", on: date = EARLY) -> Expense:
    payment = Payment(Decimal(amount), on, "Deposit")
    return actions.post(exception.appropriation, payment, by=by, at=at, exception=exception)


def test_finance_is_told_of_an_exception_that_was_asked(asked: SpendingException) -> None:
    assert set(Notice.objects.values_list("person__name", flat=True)) == {"Dora Weiss", "Dev Patel"}
    assert Entry.objects.get().comment == "The hall wants it before July"


def test_a_granted_exception_lets_that_one_expense_through(
    granted: SpendingException, cast: SimpleNamespace, october: datetime
) -> None:
    expense = pay(granted, cast.ben, october)
    assert (expense.exception, expense.spent_on) == (granted, EARLY)
    with pytest.raises(NotNow):
        pay(granted, cast.ben, october)
    assert Expense.objects.count() == 1


@pytest.mark.parametrize("state", ["asked", "refused"])
def test_an_exception_that_is_not_granted_lets_nothing_through(
    state: str, asked: SpendingException, cast: SimpleNamespace, october: datetime
) -> None:
    if state == "refused":
        actions.refuse(asked, by=cast.dora, at=october, seen=1, comment="Wait for July")
    with pytest.raises(NotNow):
        pay(asked, cast.ben, october)


def test_an_exception_holds_for_its_line_day_and_amount(
    granted: SpendingException, twin_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    for change in ({"amount": "240.01"}, {"on": date(2027, 6, 29)}):
        with pytest.raises(NotReady):
            pay(granted, cast.ben, october, **change)  # type: ignore[arg-type]
    granted.appropriation = twin_line
    with pytest.raises(NotReady):
        pay(granted, cast.dora, october)


def test_an_exception_does_not_overspend_the_line(
    granted: SpendingException, cast: SimpleNamespace, october: datetime
) -> None:
    hall = Payment(Decimal(1000), date(2027, 10, 1), "Hall")
    actions.post(granted.appropriation, hall, by=cast.ben, at=october)
    with pytest.raises(NotReady) as refusal:
        pay(granted, cast.ben, october)
    assert refusal.value.sentence == "Line 2027-118 has 200.00 left."


@pytest.mark.parametrize("name", ["ben", "amina", "bao", "chidi", "emil", "ada", "omar", "farid"])
@pytest.mark.parametrize("verb", ["grant", "refuse"])
def test_only_finance_decides(
    verb: str, name: str, asked: SpendingException, cast: SimpleNamespace, october: datetime
) -> None:
    with pytest.raises(NotYours):
        getattr(actions, verb)(asked, by=getattr(cast, name), at=october, seen=1, comment="Because")


@pytest.mark.parametrize("verb", ["grant", "refuse"])
def test_finance_does_not_decide_on_what_it_asked_itself(
    verb: str, approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    asked = ask(approved_line, cast.dora, october)
    with pytest.raises(NotYours) as refusal:
        getattr(actions, verb)(asked, by=cast.dora, at=october, seen=1, comment="Because")
    assert refusal.value.way_out == "Dev Patel can."
    assert getattr(actions, verb)(asked, by=cast.dev, at=october, seen=1, comment="Because").decided_by == cast.dev


def test_the_database_refuses_a_decision_by_the_one_who_asked(
    asked: SpendingException, cast: SimpleNamespace, october: datetime
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        SpendingException.objects.update(state="granted", decided_by=cast.ben, decided_at=october)


def test_an_exception_is_refused_with_a_reason(
    asked: SpendingException, cast: SimpleNamespace, october: datetime
) -> None:
    with pytest.raises(NotReady):
        actions.refuse(asked, by=cast.dora, at=october, seen=1)
    actions.refuse(asked, by=cast.dora, at=october, seen=1, comment="Wait for July")
    assert Notice.objects.get(person=cast.ben).quote == "Wait for July"


@pytest.mark.parametrize("name", ["amina", "bao", "chidi", "emil", "ada", "omar", "farid"])
def test_only_those_who_post_ask(
    name: str, approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    with pytest.raises(NotYours):
        ask(approved_line, getattr(cast, name), october)


def test_an_exception_is_asked_only_where_the_day_stops_the_expense(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    with pytest.raises(NotReady) as free:
        ask(approved_line, cast.ben, october, on=date(2027, 10, 1))
    assert free.value.sentence == "Nothing stops this expense."
    with pytest.raises(NotReady) as over:
        ask(approved_line, cast.ben, october, amount="1200.01")
    assert over.value.sentence == "Line 2027-118 has 1,200.00 left."


def test_an_exception_says_why(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    with pytest.raises(NotReady) as refusal:
        ask(approved_line, cast.ben, october, why=" ")
    assert refusal.value.sentence == "Say why an exception should be made."


def test_from_the_stop_to_the_expense_in_the_browser(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    ben, dora = as_person(cast.ben), as_person(cast.dora)
    form = typed(spent_on="2027-06-30", why="")
    stopped = unescape(ben.get(NEW, to_be_checked(spent_on="2027-06-30")).content.decode())
    (link,) = re.findall(r'href="(/2027/exceptions/new/[^"]*)"', stopped)
    assert ben.get(link).status_code == 200
    assert ben.post("/2027/exceptions/new/", form).status_code == 422
    url = ben.post("/2027/exceptions/new/", typed(spent_on="2027-06-30", why="The hall wants it"))["Location"]
    assert "Waits for" in ben.get(url).content.decode()
    assert dora.get(f"{url}grant/").status_code == 200
    assert dora.post(f"{url}grant/", {"seen": "1", "comment": "", "key": str(uuid4())}).status_code == 302
    exception = SpendingException.objects.get()
    page = ben.get(url).content.decode()
    assert f"exception={exception.pk}" in page
    allowed = {"spent_on": "2027-06-30", "exception": str(exception.pk)}
    assert "This expense can be posted" in ben.get(NEW, to_be_checked(**allowed)).content.decode()
    assert ben.post(NEW, typed(**allowed)).status_code == 302
    assert Expense.objects.get().exception == exception
    assert "Post the expense" not in ben.get(url).content.decode()


def test_the_list_is_narrowed_by_state(granted: SpendingException, cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.dora)
    found = {
        s: "Deposit" in browser.get("/2027/exceptions/", {"state": s}).content.decode() for s in ("asked", "granted")
    }
    assert found == {"asked": False, "granted": True}

"""An expense that looks like one that is posted already is pointed out, and posted once somebody says it is another."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from budgets.models import Appropriation, Expense
from budgets.spending import actions
from budgets.spending.actions import Payment
from budgets.spending.queries import likely_duplicate
from budgets.tests.test_expense_pages import NEW, Browser, asked, typed
from sop_portal.foundation.organisation.actor import Actor

DAY = date(2027, 10, 5)
SAME_RECEIPT = "An expense with this receipt is posted already."
SAME_DAY = "An expense of this amount is posted already on this line for this day."


@pytest.fixture
def first(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> Expense:
    """Chairs for 240.00, on receipt R 7."""
    return actions.post(approved_line, Payment(Decimal(240), DAY, "Chairs", "R 7"), by=cast.ben, at=october)


@pytest.mark.parametrize(
    ("again", "said"),
    [
        ({"receipt": "r 7", "amount": "12.00"}, SAME_RECEIPT),
        ({"receipt": " R 7 ", "spent_on": "2027-10-04"}, SAME_RECEIPT),
        *(({"receipt": written, "amount": "12.00"}, SAME_RECEIPT) for written in ("R7", "r-7", "Ｒ７", "R. 7", "r/7")),
        ({"receipt": "", "what": "Seats"}, SAME_DAY),
    ],
)
def test_a_likely_double_is_pointed_out_with_the_way_to_the_first(
    first: Expense, cast: SimpleNamespace, as_person: Browser, again: dict[str, str], said: str
) -> None:
    browser = as_person(cast.ben)
    for answer in (browser.get(NEW, asked(**again)), browser.post(NEW, typed(**again))):
        page = answer.content.decode()
        assert (said in page, f'href="{first.get_absolute_url()}"' in page) == (True, True)
        assert f'value="{typed(**again)["what"]}"' in page
    assert Expense.objects.count() == 1
    assert browser.post(NEW, typed(**again, is_another="on")).status_code == 302
    assert Expense.objects.order_by("pk").last().warning == said


def test_it_is_pointed_out_in_chinese(first: Expense, cast: SimpleNamespace, as_person: Browser) -> None:
    cast.ben.language = "zh-hans"
    cast.ben.save()
    browser = as_person(cast.ben)
    page = browser.post(NEW, typed()).content.decode()
    with translation.override("zh-hans"):
        assert translation.gettext(SAME_RECEIPT) in page
    assert translation.gettext(SAME_RECEIPT) not in page


@pytest.mark.parametrize(
    "other", [{"amount": "239.99"}, {"spent_on": "2027-10-04"}], ids=["another amount", "another day"]
)
def test_what_differs_is_no_double(
    first: Expense, cast: SimpleNamespace, as_person: Browser, other: dict[str, str]
) -> None:
    assert as_person(cast.ben).post(NEW, typed(receipt="R 8", **other)).status_code == 302
    assert "already" not in Expense.objects.order_by("pk").last().warning


def test_a_receipt_of_punctuation_alone_is_none(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    actions.post(approved_line, Payment(Decimal(240), DAY, "Chairs", "–"), by=cast.ben, at=october)
    assert as_person(cast.ben).post(NEW, typed(receipt="–", amount="12.00")).status_code == 302


def test_what_was_undone_may_be_posted_anew(
    first: Expense, cast: SimpleNamespace, october: datetime, as_person: Browser
) -> None:
    actions.correct(first, why="Wrong amount", by=cast.ben, at=october)
    assert as_person(cast.ben).post(NEW, typed()).status_code == 302


def test_nobody_is_told_of_expenses_they_may_not_see(
    first: Expense, approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    payment = Payment(Decimal(240), DAY, "Chairs", "R 7")
    assert likely_duplicate(approved_line, payment, Actor.of(cast.ben, october)) == (first, SAME_RECEIPT)
    assert likely_duplicate(approved_line, payment, Actor.of(cast.bao, october)) is None

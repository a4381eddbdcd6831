"""Many people spend in the same moment: never a cent more than approved, and every loser reads a sentence."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connection

from budgets.models import Appropriation, Expense
from budgets.spending import actions
from budgets.spending.actions import Payment, expenses, hold
from sop_portal.foundation.kit.refusals import NotNow, NotReady

AT_ONCE, ROUNDS = 25, 8
DAY = date(2027, 10, 5)

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.mark.slow
def test_two_hundred_postings_at_once_never_overspend_by_a_cent(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    """1,200.00 hold 120 of 200 postings of 9.99 and not a 121st: 120 × 9.99 = 1,198.80."""
    together = Barrier(AT_ONCE)

    def spend(number: int) -> str:
        try:
            together.wait(60)
            chair = Payment(Decimal("9.99"), DAY, f"Chair {number}")
            actions.post(approved_line, chair, by=cast.ben, at=october)
        except NotReady as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "posted"

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(spend, range(AT_ONCE * ROUNDS)))
    refused = "Line 2027-118 has 1.20 left. Take 1.20, or ask for a transfer."
    assert {answer: answers.count(answer) for answer in set(answers)} == {"posted": 120, refused: 80}
    line = Appropriation.objects.select_related("project").get()
    assert (line.spent, line.project.spent, Expense.objects.count()) == (Decimal("1198.80"), Decimal("1198.80"), 120)


def test_one_correction_wins(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    expense = actions.post(approved_line, Payment(Decimal(100), DAY, "Chairs"), by=cast.ben, at=october)
    together = Barrier(8)

    def undo(number: int) -> str:
        try:
            together.wait(60)
            actions.correct(expense, why=f"Reason {number}", by=cast.ben, at=october)
        except NotNow:
            return "refused"
        finally:
            connection.close()
        return "corrected"

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(undo, range(8)))
    assert answers == ["corrected"] + ["refused"] * 7
    assert (Appropriation.objects.get().spent, Expense.objects.count()) == (0, 2)


def test_a_guarded_statement_holds_even_where_what_was_read_is_old(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody spends the rest between reading the line and taking the money: the condition in the statement holds."""
    judge = expenses.verdict_on

    def judge_and_lose(line: Appropriation, *args: object, **kwargs: object) -> object:
        verdict = judge(line, *args, **kwargs)  # type: ignore[arg-type]
        Appropriation.objects.filter(pk=line.pk).update(spent=Decimal(1000))
        return verdict

    monkeypatch.setattr(expenses, "verdict_on", judge_and_lose)
    with pytest.raises(NotReady) as refusal:
        actions.post(approved_line, Payment(Decimal(240), DAY, "Chairs"), by=cast.ben, at=october)
    assert refusal.value.sentence == "Line 2027-118 has 200.00 left."
    assert Expense.objects.count() == 0


def test_nothing_is_spent_on_a_project_that_is_held_in_between(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge = expenses.verdict_on

    def judge_while_held(line: Appropriation, *args: object, **kwargs: object) -> object:
        verdict = judge(line, *args, **kwargs)  # type: ignore[arg-type]
        hold(line.project, by=cast.amina, at=october, seen=line.project.version, comment="The hall is flooded.")
        return verdict

    monkeypatch.setattr(expenses, "verdict_on", judge_while_held)
    with pytest.raises(NotNow) as refusal:
        actions.post(approved_line, Payment(Decimal(240), DAY, "Chairs"), by=cast.ben, at=october)
    assert refusal.value.sentence == "The project was put on hold or closed meanwhile."
    assert (Appropriation.objects.get().spent, Expense.objects.count()) == (0, 0)

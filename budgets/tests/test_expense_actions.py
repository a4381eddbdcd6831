"""Posting and correcting expenses: what the guard promises, in the rows."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.utils.translation import override

from budgets.models import Appropriation, Expense
from budgets.spending import actions
from budgets.spending.actions import Payment
from planning.models import Project
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.models import Entry

DAY = date(2027, 10, 5)


def post(line: Appropriation, by: User, at: datetime, amount: str = "240.00", on: date = DAY) -> Expense:
    return actions.post(line, Payment(Decimal(amount), on, "Chairs"), by=by, at=at)


def spent(line: Appropriation) -> tuple[Decimal, Decimal, int]:
    """Of the line, of its project, and how many expenses there are."""
    stored = Appropriation.objects.select_related("project").get(pk=line.pk)
    return stored.spent, stored.project.spent, Expense.objects.count()


def test_the_lead_posts_an_expense_on_the_own_project(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    expense = post(approved_line, cast.ben, october)
    assert (expense.amount, expense.project, expense.department_id, expense.warning) == (
        Decimal("240.00"),
        approved_line.project,
        approved_line.department_id,
        "",
    )
    assert spent(approved_line) == (Decimal("240.00"), Decimal("240.00"), 1)


def test_finance_posts_too(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    post(approved_line, cast.dora, october)
    assert spent(approved_line)[0] == Decimal("240.00")


@pytest.mark.parametrize("name", ["amina", "bao", "chidi", "emil", "ada", "omar", "farid"])
def test_nobody_else_posts(name: str, approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    with pytest.raises(NotYours) as refusal:
        post(approved_line, getattr(cast, name), october)
    assert str(refusal.value) == "Only the project lead or finance may post expenses. Ben Carter and 2 others can."
    assert spent(approved_line) == (0, 0, 0)


def test_the_lead_of_another_project_does_not_post(
    approved_line: Appropriation, arts: Department, cast: SimpleNamespace, october: datetime
) -> None:
    Membership.objects.create(person=cast.farid, role=Role.LEAD, department=arts, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours):
        post(approved_line, cast.farid, october)


def test_a_deputy_posts_and_the_trail_shows_both(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    Delegation.objects.create(
        giver=cast.ben, deputy=cast.farid, role="", from_on=date(2027, 10, 1), until_on=date(2027, 10, 31)
    )
    expense = post(approved_line, cast.farid, october)
    entry = Entry.objects.get(kind="expense", record_id=expense.pk)
    assert (entry.by_id, entry.behalf_id) == (cast.farid.pk, cast.ben.pk)


def test_posting_leaves_one_trail_entry_with_the_amount(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    expense = post(approved_line, cast.ben, october)
    entry = Entry.objects.get()
    assert (entry.verb, entry.record_id, entry.department_id, entry.changes) == (
        "post",
        expense.pk,
        approved_line.department_id,
        [{"where": "2027-118", "field": "amount", "old": "", "new": "240.00"}],
    )
    assert verify() == []


def test_more_than_is_left_is_refused_and_nothing_is_written(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    post(approved_line, cast.ben, october, "960.00")
    with pytest.raises(NotReady) as refusal:
        post(approved_line, cast.ben, october, "240.01")
    assert str(refusal.value) == ("Line 2027-118 has 240.00 left. Take 240.00, or ask for a transfer.")
    assert spent(approved_line) == (Decimal("960.00"), Decimal("960.00"), 1)
    assert Entry.objects.count() == 1


def test_cents_add_up_to_the_last_one(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    for amount in ("0.10", "0.20", "0.70", "1198.99", "0.01"):
        post(approved_line, cast.ben, october, amount)
    assert spent(approved_line) == (Decimal("1200.00"), Decimal("1200.00"), 5)
    with pytest.raises(NotReady):
        post(approved_line, cast.ben, october, "0.01")


def test_a_line_of_three_tenths_takes_one_tenth_after_two(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    Appropriation.objects.update(approved=Decimal("0.30"))
    for amount in ("0.20", "0.10"):
        post(approved_line, cast.ben, october, amount)
    assert spent(approved_line)[0] == Decimal("0.30")


def test_the_largest_amounts_are_exact(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    Appropriation.objects.update(approved=Decimal("1999999999999.99"))
    Project.objects.update(budgeted=Decimal("1999999999999.99"))
    for amount in ("1000000000000", "999999999999.98", "0.01"):
        post(approved_line, cast.ben, october, amount)
    assert spent(approved_line)[0] == Decimal("1999999999999.99")


@pytest.mark.parametrize("amount", ["0", "-0", "-1", "NaN", "Infinity", "0.005", "1E+30", "1000000000000.01"])
def test_an_amount_that_is_none_is_refused(
    amount: str, approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    with pytest.raises(NotReady):
        post(approved_line, cast.ben, october, amount)
    assert spent(approved_line) == (0, 0, 0)


def test_an_expense_says_what_it_is_for(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    with pytest.raises(NotReady):
        actions.post(approved_line, Payment(Decimal(1), DAY, "  "), by=cast.ben, at=october)


@pytest.mark.parametrize("state", ["planned", "on_hold", "evaluated", "cancelled"])
def test_a_project_that_does_not_run_takes_no_expense(
    state: str, approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    Project.objects.update(state=state, completed_at=october, completed_by=cast.amina)
    with pytest.raises(NotReady):
        post(approved_line, cast.ben, october)


def test_a_day_outside_the_period_is_refused(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    with pytest.raises(NotReady) as refusal:
        post(approved_line, cast.ben, october, on=date(2027, 6, 30))
    assert refusal.value.way_out == "Choose a day inside, or ask for an exception."


def test_the_warning_of_the_time_stays_with_the_expense(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    expense = post(approved_line, cast.ben, october, "512.00")
    assert expense.warning == "Services and rooms: 128\xa0% of plan at 33\xa0% of the time."
    with override("zh-hans"):
        assert Entry.objects.get(kind="expense").comment == ""
        assert expense.warning == "服务与场地已达计划的 128%，而时间仅过 33%。"


def test_a_counter_entry_frees_the_whole_amount(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    expense = post(approved_line, cast.ben, october)
    entry = actions.correct(expense, why="Wrong project", by=cast.dora, at=october)
    assert (entry.amount, entry.corrects, entry.spent_on) == (Decimal("-240.00"), expense, DAY)
    assert spent(approved_line) == (0, 0, 2)
    assert Entry.objects.get(verb="correct").comment == "Wrong project"


def test_an_expense_is_corrected_once(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    expense = post(approved_line, cast.ben, october)
    entry = actions.correct(expense, why="Wrong project", by=cast.ben, at=october)
    for again in (expense, entry):
        with pytest.raises(NotNow):
            actions.correct(again, why="Once more", by=cast.ben, at=october)
    assert spent(approved_line) == (0, 0, 2)


def test_a_correction_says_why(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> None:
    expense = post(approved_line, cast.ben, october)
    with pytest.raises(NotReady):
        actions.correct(expense, why=" ", by=cast.ben, at=october)


@pytest.mark.parametrize("name", ["amina", "bao", "chidi", "emil", "ada", "omar", "farid"])
def test_nobody_else_corrects(
    name: str, approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    expense = post(approved_line, cast.ben, october)
    with pytest.raises(NotYours):
        actions.correct(expense, why="Mine", by=getattr(cast, name), at=october)


def test_what_is_evaluated_is_not_corrected(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    expense = post(approved_line, cast.ben, october)
    Project.objects.update(state="evaluated", completed_at=october, completed_by=cast.amina)
    with pytest.raises(NotNow):
        actions.correct(expense, why="Too late", by=cast.ben, at=october)


@pytest.mark.parametrize("change", [{"amount": Decimal(1)}, {"what": "Tables"}, {"spent_on": date(2027, 7, 1)}])
def test_the_database_refuses_to_edit_an_expense(
    change: dict[str, object], approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    post(approved_line, cast.ben, october)
    with pytest.raises(DatabaseError), transaction.atomic():
        Expense.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Expense.objects.all().delete()


def test_the_database_refuses_an_overspent_line(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Appropriation.objects.update(spent=Decimal("1200.01"))
    with pytest.raises(DatabaseError), transaction.atomic():
        Project.objects.update(spent=Decimal("1200.01"))

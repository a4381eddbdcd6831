"""Two hundred people along one chain in the same moment: fund, line and project are exact at every read."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from threading import Barrier, Event
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.db.models import Model, Sum

from budgets.drafting import actions as budgets
from budgets.drafting.actions.appropriation import change_funds
from budgets.models import Appropriation, Budget, Expense, Fund
from budgets.spending import actions
from budgets.spending.actions import Payment
from budgets.tests.budget_year import line_of, propose, update_stored_totals
from planning.models import Cycle, Project
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit.refusals import Refusal
from sop_portal.tests.without_constraints import as_if_by_an_act

pytestmark = [pytest.mark.slow, pytest.mark.race, pytest.mark.django_db(transaction=True)]
DAY, OCTOBER = date(2027, 10, 5), datetime.fromisoformat("2027-10-12T16:00:00+00:00")
PEOPLE, ROUNDS = 25, 8


@pytest.fixture(autouse=True)
def many_at_once(on_postgresql: bool) -> None:
    """SQLite lets one person write at a time, so that nobody could meet anybody here."""
    if not on_postgresql:
        pytest.skip("Races are run on PostgreSQL.")


def broken_at_this_moment() -> list[str]:
    """The chain as one read sees it: never more spent than approved, and fund and projects as their lines."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        spent = {total(Appropriation, "spent"), total(Project, "spent"), total(Expense, "amount")}
        approved = {total(Appropriation, "approved"), total(Project, "budgeted"), total(Fund, "in_force")}
    found = [f"spent {sorted(spent)}"] if len(spent) > 1 else []
    return found + ([f"approved {sorted(approved)}"] if len(approved) > 1 else [])


def total(model: type[Model], field: str) -> Decimal:
    return round(model._default_manager.aggregate(sum=Sum(field))["sum"] or Decimal(0), 2)


def run_at_once(acts: list[Callable[[], object]]) -> tuple[list[str], list[str]]:
    """What the acts ended with, all begun at once, and whatever did not fit while somebody kept reading."""
    together, over = Barrier(len(acts) + 1), Event()

    def run(act: Callable[[], object]) -> str:
        try:
            together.wait(60)
            act()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    def read() -> list[str]:
        found: list[str] = []
        try:
            together.wait(60)
            while not over.is_set():
                found += broken_at_this_moment()
        finally:
            connection.close()
        return found

    with ThreadPoolExecutor(len(acts) + 1) as pool:
        reader = pool.submit(read)
        try:
            answers = list(pool.map(run, acts))
        finally:
            over.set()
        return sorted(answers), reader.result()


@pytest.fixture
def running(in_force: Budget, cast: SimpleNamespace, may: datetime) -> Budget:
    """Every project runs, and an amendment that takes 3,000 from line 2 waits for management."""
    Project.objects.update(state="active", activated_at=may, activated_by=cast.amina)
    update_stored_totals()
    Fund.objects.update(amount=Decimal("7000.01"))
    as_if_by_an_act("fund")
    amendment = budgets.amend(in_force, reason="To the other line", by=cast.dora, at=may)
    zero = Decimal(0)
    amounts = budgets.LineAmounts(Decimal("600.01"), zero, zero, zero)
    budgets.set_line(line_of(amendment, 2), amounts, by=cast.dora, at=may, seen=amendment.version)
    amendment.refresh_from_db()
    more = budgets.LineAmounts(Decimal(3400), zero, zero, zero, more_reason="A second bench")
    budgets.set_line(line_of(amendment, 1), more, by=cast.dora, at=may, seen=amendment.version)
    amendment.refresh_from_db()
    budgets.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    return propose(amendment, cast)


def test_two_hundred_expenses_a_transfer_and_a_stop_along_one_chain(running: Budget, cast: SimpleNamespace) -> None:
    """People spend on lines 1 and 2 while money moves between them and one project is held and resumed."""

    def spend(number: int) -> object:
        line = Appropriation.objects.get(number=number)
        return actions.post(line, Payment(Decimal("20.01"), DAY, "Chairs"), by=cast.dora, at=OCTOBER)

    def approve() -> object:
        version = Budget.objects.get(pk=running.pk)
        return budgets.approve(version, by=cast.emil, at=OCTOBER, seen=version.version)

    def stop(name: str) -> object:
        project = Project.objects.get(slug="story-hours")
        act = getattr(actions, name)
        return act(project, by=cast.amina, at=OCTOBER, seen=project.version, comment="The hall is flooded")

    found: list[str] = []
    for turn in range(ROUNDS):
        acts: list[Callable[[], object]] = [partial(spend, 1 + n % 2) for n in range(PEOPLE - 2)]
        acts += [approve, partial(stop, "resume" if turn % 2 else "hold")]
        found += run_at_once(acts)[1]
    assert found == []
    assert broken_at_this_moment() == []
    assert Expense.objects.count() > 0
    assert [line for line in Appropriation.objects.all() if line.spent > line.approved] == []
    assert problems() == []


def test_lines_of_one_fund_never_take_more_than_it_holds(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    """Two hundred versions of other years that each want 7 of the 1,000 a fund holds."""
    fund = Fund.objects.create(name="Shared", amount=Decimal(1000))

    def take() -> None:
        with transaction.atomic():
            change_funds({}, {fund.pk: Decimal(7)})

    answers: list[str] = []
    for _ in range(ROUNDS):
        # The reader would miss the lines, which other years would have.
        answers += run_at_once([take] * PEOPLE)[0]
    fund.refresh_from_db()
    assert (answers.count("done"), fund.in_force, fund.left) == (142, 994, 6)


def test_many_shares_and_transfers_at_once_leave_the_lines_within_their_limits(
    in_force: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    """People put money on two lines of one fund at once: together never more than it holds."""
    update_stored_totals()
    amendment = budgets.amend(in_force, reason="To and fro", by=cast.dora, at=may)
    Fund.objects.update(amount=Decimal("7100"))
    as_if_by_an_act("fund")
    zero = Decimal(0)

    def move(turn: int) -> object:
        number, version = 1 + turn % 2, Budget.objects.get(pk=amendment.pk).version
        line = line_of(amendment, number)
        amount = line.amount + 30
        amounts = budgets.LineAmounts(amount, zero, zero, zero, more_reason="Paper")
        return budgets.set_line(line, amounts, by=cast.dora, at=may, seen=version)

    def share() -> object:
        version = Budget.objects.get(pk=amendment.pk)
        return budgets.share(version, by=cast.dev, at=may, seen=version.version)

    answers: list[str] = []
    for turn in range(ROUNDS):
        answers += run_at_once([*(partial(move, turn + n) for n in range(PEOPLE - 1)), share])[0]
        total = amendment.lines.aggregate(sum=Sum("amount"))["sum"]
        assert total <= Decimal(7100)
    assert "NotReady" in answers
    assert problems() == []

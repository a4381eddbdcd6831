"""Proposing and approving: four eyes, the second manager, and what follows from an approval."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from budgets.drafting import actions
from budgets.drafting.workflow import BUDGET
from budgets.models import Appropriation, Budget, BudgetLine
from budgets.tests.budget_year import approved, compiled, line_of, propose, proposed, set_amount, shared
from planning.models import Cycle, Project
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import Delegation, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.engine import step
from sop_portal.foundation.workflow.models import Contributor

OTHERS = ["amina", "ben", "bao", "chidi", "ada", "omar", "farid"]


def second(cast: SimpleNamespace) -> User:
    """Elif, whose name is a word of the language."""
    person: User = getattr(cast, "elif")
    return person


def test_an_approved_budget_is_what_may_be_spent(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = approved(allocated, cast)
    assert (budget.state, budget.approved_by, budget.approved_at) == ("approved", cast.emil, may)
    lines = Appropriation.objects.order_by("number").values_list("number", "department__slug", "approved", "spent")
    assert list(lines) == [
        (1, "arts", Decimal("400.00"), Decimal(0)),
        (2, "arts", Decimal("3600.01"), Decimal(0)),
        (3, "arts", Decimal("1000.00"), Decimal(0)),
        (4, "sports", Decimal("2000.00"), Decimal(0)),
    ]


def test_an_approval_keeps_the_projects_totals(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    approved(allocated, cast)
    budgeted = dict(Project.objects.values_list("name", "budgeted"))
    assert budgeted == {"Story hours": Decimal("4600.01"), "Makerspace": Decimal(400), "Summer league": Decimal(2000)}
    assert set(Project.objects.values_list("budget_approved_at", flat=True)) == {may}


def test_a_line_that_is_not_budgeted_may_not_be_spent(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = compiled(allocated, cast)
    actions.leave_out(line_of(budget, 1), why="Paid by a friend", by=cast.dora, at=may, seen=1)
    actions.share(budget, by=cast.dora, at=may, seen=2)
    actions.approve(propose(budget, cast), by=cast.emil, at=may, seen=2)
    assert set(Appropriation.objects.values_list("number", flat=True)) == {2, 3, 4}


@pytest.mark.parametrize("name", [*OTHERS, "emil"])
def test_only_finance_proposes(allocated: Cycle, cast: SimpleNamespace, name: str, may: datetime) -> None:
    budget = shared(allocated, cast)
    with pytest.raises(NotYours):
        actions.propose(budget, by=getattr(cast, name), at=may, seen=1)


@pytest.mark.parametrize("name", [*OTHERS, "dora", "dev"])
def test_only_management_approves_or_sends_back(
    allocated: Cycle, cast: SimpleNamespace, name: str, may: datetime
) -> None:
    budget, person = proposed(allocated, cast), getattr(cast, name)
    with pytest.raises(NotYours):
        actions.approve(budget, by=person, at=may, seen=1)
    with pytest.raises(NotYours):
        actions.send_back(budget, by=person, at=may, seen=1, comment="No")
    assert Budget.objects.get().state == "proposed"


@pytest.mark.parametrize("shaped", ["compiled", "edited", "shared", "proposed"])
def test_nobody_approves_what_they_shaped(allocated: Cycle, cast: SimpleNamespace, shaped: str, may: datetime) -> None:
    """Elif is in finance while she works on the budget, and in management when she would decide."""
    finance = Membership.objects.create(person=second(cast), role=Role.FINANCE, from_on=date(2020, 1, 1))
    by = {step: second(cast) if step == shaped else cast.dora for step in ("compiled", "edited", "shared", "proposed")}
    budget = actions.compile_budget(allocated, by=by["compiled"], at=may)
    set_amount(line_of(budget, 1), 401, by["edited"])
    actions.share(budget, by=by["shared"], at=may, seen=2)
    people = SimpleNamespace(**{**vars(cast), "dora": by["proposed"]})
    propose(budget, people)
    finance.delete()
    with pytest.raises(NotYours) as refusal:
        actions.approve(budget, by=second(cast), at=may, seen=2)
    assert refusal.value.way_out == "Emil Novak can."
    with pytest.raises(NotYours):
        actions.send_back(budget, by=second(cast), at=may, seen=2, comment="No")
    with pytest.raises(IntegrityError), transaction.atomic():
        Budget.objects.filter(pk=budget.pk).update(state="approved", approved_by=second(cast), approved_at=may)


def test_a_deputy_of_the_proposer_does_not_approve(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = proposed(allocated, cast)
    Delegation.objects.create(giver=cast.emil, deputy=cast.dora, role="", from_on=may.date(), until_on=may.date())
    with pytest.raises(NotYours):
        actions.approve(budget, by=cast.dora, at=may, seen=1)


def test_the_second_manager_to_approve_reads_who_was_faster(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget = approved(allocated, cast)
    with pytest.raises(NotNow) as refusal:
        actions.approve(budget, by=second(cast), at=may, seen=1)
    assert refusal.value.way_out.startswith("Emil Novak approved the budget on ")
    assert Entry.objects.filter(verb="approve").count() == 1


def test_a_budget_changed_since_it_was_seen_is_not_approved(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget = shared(allocated, cast)
    set_amount(line_of(budget, 4), 1, cast.dora)
    propose(budget, cast)
    with pytest.raises(Changed) as refusal:
        actions.approve(budget, by=cast.emil, at=may, seen=1)
    assert refusal.value.differences[0].label == "2027-4 Summer league: first quarter"
    assert (Budget.objects.get().state, Appropriation.objects.count()) == ("proposed", 0)


def test_above_the_limit_a_second_manager_approves(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    Cycle.objects.update(second_approval_above=Decimal(7000))
    allocated.refresh_from_db()
    budget = proposed(allocated, cast)
    with pytest.raises(NotReady) as refusal:
        actions.approve(budget, by=cast.emil, at=may, seen=1)
    assert [str(m) for m in refusal.value.missing] == [
        "The sum of 7,000.01 is above 7,000, so a first manager approves before you."
    ]
    actions.endorse(budget, by=cast.emil, at=may, seen=1)
    with pytest.raises(NotYours):
        actions.approve(budget, by=cast.emil, at=may, seen=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Budget.objects.update(state="approved", approved_by=cast.emil, approved_at=may)
    actions.approve(budget, by=second(cast), at=may, seen=1)
    assert (budget.state, budget.endorsed_by, budget.approved_by) == ("approved", cast.emil, second(cast))


def test_up_to_the_limit_one_manager_is_enough(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    Cycle.objects.update(second_approval_above=Decimal("7000.01"))
    allocated.refresh_from_db()
    budget = proposed(allocated, cast)
    with pytest.raises(NotReady):
        actions.endorse(budget, by=cast.emil, at=may, seen=1)
    actions.approve(budget, by=cast.emil, at=may, seen=1)


def test_a_send_back_undoes_the_first_approval(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    Cycle.objects.update(second_approval_above=Decimal(1))
    allocated.refresh_from_db()
    budget = proposed(allocated, cast)
    actions.endorse(budget, by=cast.emil, at=may, seen=1)
    with pytest.raises(NotReady):
        actions.send_back(budget, by=second(cast), at=may, seen=1)
    actions.send_back(budget, by=second(cast), at=may, seen=1, comment="Think again")
    assert (budget.state, budget.endorsed_by) == ("draft", None)
    actions.share(budget, by=cast.dora, at=may, seen=1)
    actions.propose(budget, by=cast.dora, at=may, seen=1)
    actions.endorse(budget, by=second(cast), at=may, seen=1)
    actions.approve(budget, by=cast.emil, at=may, seen=1)
    assert set(Contributor.objects.filter(kind="budget").values_list("person__name", flat=True)) == {
        "Dora Weiss",
        "Elif Aydin",
    }


def test_the_database_never_lets_an_approved_line_change(allocated: Cycle, cast: SimpleNamespace) -> None:
    budget = approved(allocated, cast)
    lines = BudgetLine.objects.filter(budget=budget)
    with pytest.raises(IntegrityError), transaction.atomic():
        lines.update(q1=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        lines.filter(number=4).delete()
    line = line_of(budget, 1)
    line.pk, line.number = None, 99
    with pytest.raises(IntegrityError), transaction.atomic():
        line.save()
    assert list(lines.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]


def test_an_approved_budget_is_not_edited(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = approved(allocated, cast)
    with pytest.raises(NotNow):
        set_amount(line_of(budget, 1), 5, cast.dora)
    with pytest.raises(NotNow):
        actions.leave_out(line_of(budget, 1), why="x", by=cast.dora, at=may, seen=1)


def test_nobody_takes_a_budget_out_of_force_by_hand(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = approved(allocated, cast)
    with pytest.raises(NotReady), step(BUDGET, budget, "supersede", by=second(cast), at=may, seen=1):
        pass

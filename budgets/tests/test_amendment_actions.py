"""Amendments: what they are, who decides on them, and that the version in force stays until then."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.drafting import actions, deadlines
from budgets.drafting.figures import AmendmentClass, Shift, classify
from budgets.drafting.queries.sums import totals_of
from budgets.drafting.queries.versions import class_of, moved_without_management
from budgets.drafting.workflow import BUDGET
from budgets.drafting.workflow.limits import overspent
from budgets.models import Appropriation, Budget, BudgetLine, BudgetSum, Confirmation
from budgets.tests.budget_year import answer_of, confirm_all, granted, line_of, propose, set_amount, shared
from planning.models import Cycle, Project
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.inbox import waiting_for

ARTS, SPORTS = 1, 2
OWN, GRANT = 1, 2
TAKEN, GIVEN = Shift(ARTS, OWN, Decimal(5), Decimal(4)), Shift(ARTS, OWN, Decimal(1), Decimal(2))
GIVEN_TO_SPORTS = Shift(SPORTS, OWN, Decimal(1), Decimal(2))
OUT_OF_OWN, INTO_GRANT = Shift(ARTS, OWN, Decimal(5), Decimal(0)), Shift(ARTS, GRANT, Decimal(0), Decimal(5))
RAISED = Shift(ARTS, OWN, Decimal(5), Decimal("5.01"))


@pytest.mark.parametrize(
    ("shifts", "limit", "before", "expected"),
    [
        ([], 0, 0, AmendmentClass.CORRECTION),
        ([Shift(ARTS, OWN, Decimal(5), Decimal(5))], 0, 0, AmendmentClass.CORRECTION),
        ([TAKEN, GIVEN], 1, 0, AmendmentClass.SMALL_TRANSFER),
        ([TAKEN, GIVEN], 0, 0, AmendmentClass.TRANSFER),
        ([TAKEN, GIVEN], 10, 9, AmendmentClass.SMALL_TRANSFER),
        ([TAKEN, GIVEN], 10, Decimal("9.01"), AmendmentClass.TRANSFER),
        ([TAKEN, GIVEN_TO_SPORTS], 100, 0, AmendmentClass.TRANSFER),
        ([OUT_OF_OWN, INTO_GRANT], 100, 0, AmendmentClass.TRANSFER),
        ([RAISED], 100, 0, AmendmentClass.SUPPLEMENT),
        ([TAKEN], 100, 0, AmendmentClass.SUPPLEMENT),
    ],
)
def test_an_amendment_is_classed_by_where_the_money_goes(
    shifts: list[Shift], limit: int, before: Decimal | int, expected: AmendmentClass
) -> None:
    assert classify(shifts, limit=Decimal(limit), moved_before=Decimal(before)) == expected


def transfer(budget: Budget, amount: str, by: User) -> None:
    """Move money from the story hours to the makerspace, inside Arts."""
    set_amount(line_of(budget, 1), line_of(budget, 1).amount + Decimal(amount), by)
    set_amount(line_of(budget, 2), line_of(budget, 2).amount - Decimal(amount), by)
    budget.refresh_from_db()


def test_an_amendment_copies_the_lines_and_leaves_the_version_in_force(in_force: Budget, amendment: Budget) -> None:
    numbered = list(in_force.lines.order_by("number").values_list("number", "q1", "allocation_id"))
    assert list(amendment.lines.order_by("number").values_list("number", "q1", "allocation_id")) == numbered
    in_force.refresh_from_db()
    assert (in_force.state, amendment.state, amendment.number, amendment.kind) == ("approved", "draft", 2, "amendment")
    assert (amendment.based_on, amendment.reason) == (in_force, "More paper")


def test_an_amendment_needs_a_reason_and_there_is_one_at_a_time(
    in_force: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    with pytest.raises(NotReady):
        actions.amend(in_force, reason="  ", by=cast.dora, at=may)
    first = actions.amend(in_force, reason="More paper", by=cast.dora, at=may)
    with pytest.raises(NotNow):
        actions.amend(in_force, reason="And ink", by=cast.dev, at=may)
    with pytest.raises(NotNow) as refusal:
        actions.amend(first, reason="An amendment of an amendment", by=cast.dev, at=may)
    assert refusal.value.sentence == "Only the version in force is amended."


@pytest.mark.parametrize("name", ["ben", "chidi", "emil", "ada", "omar", "farid"])
def test_only_finance_and_heads_amend(in_force: Budget, cast: SimpleNamespace, may: datetime, name: str) -> None:
    with pytest.raises(NotYours):
        actions.amend(in_force, reason="More", by=getattr(cast, name), at=may)


def test_a_head_amends_the_own_lines_only(in_force: Budget, cast: SimpleNamespace, may: datetime) -> None:
    amendment = actions.amend(in_force, reason="More paper", by=cast.amina, at=may)
    set_amount(line_of(amendment, 1), 300, cast.amina)
    with pytest.raises(NotYours):
        set_amount(line_of(amendment, 4), 300, cast.amina)
    with pytest.raises(NotYours):
        set_amount(line_of(amendment, 4), 300, cast.bao)
    with pytest.raises(NotYours):
        set_amount(line_of(amendment, 1), 300, cast.ben)
    assert Budget.objects.visible_to(Actor.of(cast.amina, may)).first() == amendment
    assert Budget.objects.visible_to(Actor.of(cast.bao, may)).first() == in_force
    visible = BudgetLine.objects.filter(budget=amendment).visible_to(Actor.of(cast.amina, may))
    assert set(visible.values_list("department__slug", flat=True)) == {"arts"}


def test_a_head_does_not_edit_what_finance_began(amendment: Budget, cast: SimpleNamespace) -> None:
    with pytest.raises(NotYours):
        set_amount(line_of(amendment, 1), 300, cast.amina)


def test_a_head_does_not_share_the_own_amendment(in_force: Budget, cast: SimpleNamespace, may: datetime) -> None:
    amendment = actions.amend(in_force, reason="More paper", by=cast.amina, at=may)
    set_amount(line_of(amendment, 1), 300, cast.amina)
    with pytest.raises(NotYours):
        actions.share(amendment, by=cast.amina, at=may, seen=2)
    actions.share(amendment, by=cast.dora, at=may, seen=2)
    with pytest.raises(NotYours):
        set_amount(line_of(amendment, 1), 200, cast.amina)


def test_an_amendment_that_changes_nothing_is_not_shared(
    amendment: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    with pytest.raises(NotReady) as refusal:
        actions.share(amendment, by=cast.dora, at=may, seen=1)
    assert [str(m) for m in refusal.value.missing] == ["Nothing is changed yet against the version in force."]


def test_only_departments_whose_lines_change_are_asked(amendment: Budget, cast: SimpleNamespace, may: datetime) -> None:
    transfer(amendment, "100", cast.dora)
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    asked = Confirmation.objects.filter(budget=amendment).values_list("department__slug", flat=True)
    assert list(asked) == ["arts"]
    confirm_all(amendment, cast)
    lines = BudgetLine.objects.filter(budget=amendment)
    for of_whom, settled in ((lines, 3), (lines.exclude(department__slug="arts"), 0)):
        sums = BudgetSum.objects.filter(budget=amendment, department__in=of_whom.values("department"))
        found = totals_of(amendment, of_whom, sums, "")
        assert (found.settled, found.asked, found.sums.count > settled) == (settled, settled, True)


def test_a_department_whose_line_changes_after_the_amendment_was_shared_is_asked_too(
    amendment: Budget, cast: SimpleNamespace, may: datetime, sports: Department
) -> None:
    set_amount(line_of(amendment, 1), 300, cast.dora)
    amendment.refresh_from_db()
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    assert not Confirmation.objects.filter(budget=amendment, department=sports).exists()
    set_amount(line_of(amendment, 4), 1900, cast.dora)
    assert answer_of(amendment, sports).state == Confirmation.State.AWAITING


def test_a_small_transfer_is_put_in_force_by_another_of_finance(
    in_force: Budget, amendment: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    transfer(amendment, "100", cast.dora)
    assert class_of(amendment) == AmendmentClass.SMALL_TRANSFER
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    with pytest.raises(NotReady):
        actions.put_in_force(amendment, by=cast.dev, at=may, seen=amendment.version)
    confirm_all(amendment, cast)
    with pytest.raises(NotYours):
        actions.put_in_force(amendment, by=cast.dora, at=may, seen=amendment.version)
    for name in ("amina", "emil", "ada", "chidi"):
        with pytest.raises(NotYours):
            actions.put_in_force(amendment, by=getattr(cast, name), at=may, seen=amendment.version)
    actions.put_in_force(amendment, by=cast.dev, at=may, seen=amendment.version)
    in_force.refresh_from_db()
    assert (in_force.state, amendment.state, amendment.approved_by) == ("superseded", "approved", cast.dev)
    assert Appropriation.objects.get(number=1).approved == Decimal(500)
    assert Entry.objects.filter(kind="budget", record_id=in_force.pk, verb="supersede").count() == 1


def test_a_small_transfer_waits_for_another_of_finance_and_not_for_whoever_shared_it(
    amendment: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    def wanted() -> dict[str, list[str]]:
        people = {name: waiting_for(Actor.of(getattr(cast, name), may), [BUDGET], may) for name in ("dora", "dev")}
        return {name: [task.step.name for task in tasks] for name, tasks in people.items()}

    transfer(amendment, "100", cast.dora)
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    confirm_all(amendment, cast)
    assert wanted() == {"dora": [], "dev": ["put-in-force"]}
    assert list(deadlines.owed_by_name(cast.dora, may)) == []
    Cycle.objects.update(small_transfer_limit=Decimal(1))
    assert wanted() == {"dora": ["propose"], "dev": ["propose"]}


def test_small_transfers_add_up_against_the_limit(amendment: Budget, cast: SimpleNamespace, may: datetime) -> None:
    transfer(amendment, "100", cast.dora)
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    confirm_all(amendment, cast)
    actions.put_in_force(amendment, by=cast.dev, at=may, seen=amendment.version)
    second = actions.amend(amendment, reason="And ink", by=cast.dora, at=may)
    transfer(second, "50", cast.dora)
    assert (moved_without_management(second), class_of(second)) == (Decimal(100), AmendmentClass.SMALL_TRANSFER)
    transfer(second, "0.01", cast.dora)
    assert class_of(second) == AmendmentClass.TRANSFER


@pytest.mark.parametrize("numbers", [(1, 4), (1, None)])
def test_more_than_a_small_transfer_goes_to_management(
    in_force: Budget, amendment: Budget, cast: SimpleNamespace, may: datetime, numbers: tuple[int, int | None]
) -> None:
    """Between departments, and a supplement."""
    more, less = numbers
    set_amount(line_of(amendment, more), 410, cast.dora)
    if less:
        set_amount(line_of(amendment, less), 1990, cast.dora)
    amendment.refresh_from_db()
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    confirm_all(amendment, cast)
    with pytest.raises(NotReady):
        actions.put_in_force(amendment, by=cast.dev, at=may, seen=amendment.version)
    propose(amendment, cast)
    in_force.refresh_from_db()
    assert (in_force.state, Appropriation.objects.get(number=1).approved) == ("approved", Decimal(400))
    actions.approve(amendment, by=cast.emil, at=may, seen=amendment.version)
    in_force.refresh_from_db()
    assert (in_force.state, Appropriation.objects.get(number=1).approved) == ("superseded", Decimal(410))
    assert Project.objects.get(name="Makerspace").budgeted == Decimal(410)


def test_the_budget_of_the_year_is_never_put_in_force_by_finance(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget = shared(allocated, cast)
    confirm_all(budget, cast)
    with pytest.raises(NotReady):
        actions.put_in_force(budget, by=cast.dev, at=may, seen=1)


def test_a_line_is_not_cut_below_what_was_spent(amendment: Budget, cast: SimpleNamespace, may: datetime) -> None:
    Appropriation.objects.filter(number=1).update(spent=Decimal("350.50"))
    with pytest.raises(NotReady) as refusal:
        set_amount(line_of(amendment, 1), 350, cast.dora)
    cut = "350.50 of line 2027-1 Makerspace is already spent; it cannot be cut to 350."
    assert [str(missing) for missing in refusal.value.missing] == [cut]
    Appropriation.objects.filter(number=1).update(spent=0)
    set_amount(line_of(amendment, 1), 350, cast.dora)
    amendment.refresh_from_db()
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    propose(amendment, cast)
    # What is spent while the amendment is on its way, nobody could know before.
    Project.objects.filter(name="Makerspace").update(spent=Decimal("350.50"))
    Appropriation.objects.filter(number=1).update(spent=Decimal("350.50"))
    with pytest.raises(NotReady) as refusal:
        actions.approve(amendment, by=cast.emil, at=may, seen=amendment.version)
    assert [str(missing) for missing in refusal.value.missing] == [cut]
    assert (Appropriation.objects.get(number=1).approved, Budget.objects.get(number=1).state) == (
        Decimal(400),
        "approved",
    )


def test_cents_that_floats_would_lose_are_still_there_to_spend(
    amendment: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    """0.7 + 0.1 is a little less than 0.8 in binary; the line holds 0.80."""
    line = line_of(amendment, 1)
    amounts = actions.LineAmounts(Decimal("0.7"), Decimal("0.1"), Decimal(0), Decimal(0))
    actions.set_line(line, amounts, by=cast.dora, at=may, seen=1)
    actions.share(amendment, by=cast.dora, at=may, seen=2)
    actions.approve(propose(amendment, cast), by=cast.emil, at=may, seen=2)
    assert Appropriation.objects.filter(number=1).update(spent=Decimal("0.80")) == 1
    assert Project.objects.filter(name="Makerspace").update(spent=Decimal("0.80")) == 1


def test_a_line_may_be_cut_to_the_very_cents_that_are_spent(
    amendment: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    Appropriation.objects.filter(number=1).update(spent=Decimal("0.80"))
    amounts = actions.LineAmounts(Decimal("0.7"), Decimal("0.1"), Decimal(0), Decimal(0))
    actions.set_line(line_of(amendment, 1), amounts, by=cast.dora, at=may, seen=1)
    actions.share(amendment, by=cast.dora, at=may, seen=2)
    assert (amendment.state, overspent(amendment)) == ("shared", [])


def test_what_is_allocated_later_comes_in_by_an_amendment(
    amendment: Budget, allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    project = Project.objects.get(name="Makerspace")
    granted(amendment.lines.get(number=1).allocation.request, project, "60")
    actions.take_in_new(amendment, by=cast.dora, at=may, seen=1)
    assert class_of(amendment) == AmendmentClass.SUPPLEMENT
    actions.share(amendment, by=cast.dora, at=may, seen=2)
    actions.approve(propose(amendment, cast), by=cast.emil, at=may, seen=2)
    assert (Appropriation.objects.get(number=5).approved, Project.objects.get(name="Makerspace").budgeted) == (
        Decimal(60),
        Decimal(460),
    )
    assert answer_of(amendment, arts).state == "confirmed"


def test_an_amendment_nobody_was_asked_about_can_be_given_up(
    in_force: Budget, amendment: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    for name in ("amina", "emil", "ada"):
        with pytest.raises(NotYours):
            actions.drop(amendment, by=getattr(cast, name), at=may, seen=amendment.version)
    seen = amendment.version
    transfer(amendment, "100", cast.dora)
    with pytest.raises(Changed) as refusal:
        actions.drop(amendment, by=cast.dev, at=may, seen=seen)
    assert len(refusal.value.differences) > 0
    amendment.refresh_from_db()
    actions.drop(amendment, by=cast.dev, at=may, seen=amendment.version)
    assert list(Budget.objects.all()) == [in_force]
    assert Entry.objects.filter(verb="drop", comment="More paper").count() == 1
    with pytest.raises(NotNow):
        actions.drop(in_force, by=cast.dev, at=may, seen=in_force.version)


def test_a_shared_amendment_is_not_given_up(amendment: Budget, cast: SimpleNamespace, may: datetime) -> None:
    transfer(amendment, "100", cast.dora)
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    with pytest.raises(NotNow):
        actions.drop(amendment, by=cast.dev, at=may, seen=amendment.version)

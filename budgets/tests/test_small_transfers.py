"""What finance moves without management adds up over the year, whatever becomes of the projects that had it."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.drafting import actions
from budgets.drafting.figures import AmendmentClass
from budgets.drafting.queries import versions
from budgets.drafting.queries.versions import class_of, moved_without_management
from budgets.models import Appropriation, Budget
from budgets.spending import actions as spending
from budgets.tests.budget_year import confirm_all, line_of, set_amount, update_stored_totals
from budgets.tests.running_year import OCTOBER
from planning.models import Pool, Project
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.tests.without_constraints import as_if_by_an_act

LATER = OCTOBER.replace(day=13)
MORE = "This amendment is more than a correction or a small transfer, so management approves it."


def transfer(budget: Budget, amount: str, people: SimpleNamespace, *, into: int, out_of: int) -> Budget:
    """Move money inside Arts and share it."""
    for number, more in ((into, Decimal(amount)), (out_of, -Decimal(amount))):
        line = line_of(budget, number)
        set_amount(line, line.amount + more, people.dora)
    budget.refresh_from_db()
    actions.share(budget, by=people.dora, at=OCTOBER, seen=budget.version)
    confirm_all(budget, people)
    budget.refresh_from_db()
    return budget


def put_in_force(budget: Budget, people: SimpleNamespace) -> Budget:
    return actions.put_in_force(budget, by=people.dev, at=OCTOBER, seen=budget.version)


def next_amendment(budget: Budget, people: SimpleNamespace) -> Budget:
    return actions.amend(Budget.objects.get(pk=budget.pk), reason="And ink", by=people.dora, at=OCTOBER)


def stop(slug: str, act: str, people: SimpleNamespace) -> None:
    """Hold, resume or cancel a project of Arts."""
    project = Project.objects.select_related("cycle", "department").get(slug=slug)
    comment = "" if act == "resume" else "The roof leaks"
    getattr(spending, act)(project, by=people.amina, at=LATER, seen=project.version, comment=comment)


@pytest.fixture
def running(in_force: Budget, cast: SimpleNamespace) -> Budget:
    """Version 1, its projects running."""
    Project.objects.update(state="active", activated_at=OCTOBER, activated_by=cast.amina)
    update_stored_totals()
    return in_force


def test_a_small_transfer_still_counts_when_its_project_is_cancelled(running: Budget, cast: SimpleNamespace) -> None:
    first = put_in_force(transfer(next_amendment(running, cast), "100", cast, into=1, out_of=2), cast)
    stop("makerspace", "cancel", cast)
    second = transfer(next_amendment(first, cast), "100", cast, into=3, out_of=2)
    assert moved_without_management(second) == Decimal(100)
    with pytest.raises(NotReady) as refusal:
        put_in_force(second, cast)
    assert [str(missing) for missing in refusal.value.missing] == [MORE]
    assert class_of(first) == AmendmentClass.SMALL_TRANSFER


def test_what_was_put_in_force_before_it_was_written_down_counts_too(
    running: Budget, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = put_in_force(transfer(next_amendment(running, cast), "100", cast, into=1, out_of=2), cast)
    monkeypatch.setattr(versions, "MOVED", "not written down")
    stop("makerspace", "cancel", cast)
    assert moved_without_management(next_amendment(first, cast)) == Decimal(100)


@pytest.mark.parametrize("amount", ["100", "149.99"])
def test_several_transfers_under_the_limit_are_over_it_together(
    running: Budget, cast: SimpleNamespace, amount: str
) -> None:
    first = put_in_force(transfer(next_amendment(running, cast), amount, cast, into=1, out_of=2), cast)
    second = transfer(next_amendment(first, cast), amount, cast, into=1, out_of=2)
    with pytest.raises(NotReady) as refusal:
        put_in_force(second, cast)
    assert [str(missing) for missing in refusal.value.missing] == [MORE]


def test_money_for_a_line_that_a_hold_had_closed_still_counts(running: Budget, cast: SimpleNamespace) -> None:
    stop("story-hours", "hold", cast)
    Pool.objects.filter(name="Materials").update(capacity=999)
    as_if_by_an_act("pool")
    stop("story-hours", "resume", cast)
    assert Appropriation.objects.get(number=3).approved == 0
    amendment = next_amendment(running, cast)
    first = put_in_force(transfer(amendment, "100", cast, into=3, out_of=2), cast)
    assert Appropriation.objects.get(number=3).approved == Decimal(100)
    assert moved_without_management(next_amendment(first, cast)) == Decimal(100)


def test_a_version_is_not_counted_with_what_came_after_it(running: Budget, cast: SimpleNamespace) -> None:
    first = put_in_force(transfer(next_amendment(running, cast), "100", cast, into=1, out_of=2), cast)
    second = put_in_force(transfer(next_amendment(first, cast), "50", cast, into=1, out_of=2), cast)
    assert (moved_without_management(first), class_of(first)) == (0, AmendmentClass.SMALL_TRANSFER)
    assert (moved_without_management(second), class_of(second)) == (Decimal(100), AmendmentClass.SMALL_TRANSFER)

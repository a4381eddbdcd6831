"""Changing lines of a budget that is not approved yet; whoever confirmed them is asked again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from budgets.drafting import sums
from budgets.drafting.figures import NOTHING
from budgets.drafting.models import Budget, BudgetLine, Confirmation, Contest, Fund
from budgets.drafting.workflow import BUDGET, CONFIRMATION
from sop_portal.foundation.kit.refusals import Changed, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor, Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.trail.actions import record as leave_trail
from sop_portal.foundation.workflow.checks import differences, who_instead
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import created, edit, step
from sop_portal.foundation.workflow.models import Contributor

DAYS_TO_ANSWER = timedelta(days=14)
S = Confirmation.State


def set_line(
    line: BudgetLine, *, q1: Decimal, q2: Decimal, q3: Decimal, q4: Decimal, by: User, at: datetime, seen: int,
    category: str | None = None, fund: Fund | None = None, computation: str | None = None,
) -> BudgetLine:  # fmt: skip
    """Give a line its amounts by quarter, and where wanted another category, fund or computation."""
    with line_edit(line, by=by, at=at, seen=seen) as (editing, locked):
        quarters = {"q1": q1, "q2": q2, "q3": q3, "q4": q4}
        if any(amount < 0 for amount in quarters.values()) or not any(quarters.values()):
            raise NotReady(_("Enter an amount of more than zero, or leave the line out with a reason."))
        given = {"category": category, "fund": fund, "computation": computation}
        change(editing, locked, **quarters, **{name: value for name, value in given.items() if value is not None})
        change(editing, locked, is_refused=False, refusal="")
    return locked


def leave_out(line: BudgetLine, *, why: str, by: User, at: datetime, seen: int) -> BudgetLine:
    """Say why an allocation is not budgeted; the line stays, with no money on it."""
    if not why.strip():
        raise NotReady(_("Say why the line is not budgeted."), [_("A reason is missing.")])
    with line_edit(line, by=by, at=at, seen=seen) as (editing, locked):
        change(editing, locked, q1=NOTHING, q2=NOTHING, q3=NOTHING, q4=NOTHING, is_refused=True, refusal=why.strip())
    return locked


def change(editing: Editing, line: BudgetLine, **values: Any) -> None:
    """Set fields of a line and note what changed; that it is not budgeted shows by its reason."""
    line.is_refused = values.pop("is_refused", line.is_refused)
    editing.set(line, where=line.where, **values)


@contextmanager
def line_edit(line: BudgetLine, *, by: User, at: datetime, seen: int) -> Iterator[tuple[Editing, BudgetLine]]:
    """An edit of one line: two people may work on different lines at once, never on the same one unseen."""
    can = Can.AMEND_BUDGET if line.budget.kind == Budget.Kind.AMENDMENT else Can.COMPILE_BUDGET
    with edit(BUDGET, line.budget, by=by, at=at, can=can, reach=line) as editing:
        _finance_or_own_amendment(editing.record, by, at)
        locked = locked_line(line.pk)
        _not_changed_since(seen, editing.record, locked)
        yield editing, locked
        if editing.changes:
            locked.save()
            locked.refresh_from_db(fields=["amount"])
            sums.keep(editing.record, [locked.department_id])
            line_changed(editing.record, locked, editing.changes, by=by, at=at, grant=editing.grant)


def locked_line(pk: int) -> BudgetLine:
    """The line as it is now, locked."""
    related = BudgetLine.objects.select_related("project", "fund", "department", "budget__cycle")
    line: BudgetLine = related.select_for_update(of=("self",)).get(pk=pk)
    return line


def _finance_or_own_amendment(budget: Budget, by: User, at: datetime) -> None:
    """A head works on the own lines of an amendment the head started, until finance shares it."""
    if Actor.of(by, at).may(Can.COMPILE_BUDGET):
        return
    began = Contributor.objects.filter(kind=BUDGET.kind, record_id=budget.pk, person_id=by.pk).exists()
    if not began or budget.state != Budget.State.DRAFT:
        raise NotYours(*who_instead(Can.COMPILE_BUDGET, None, at))


def _not_changed_since(seen: int, budget: Budget, line: BudgetLine) -> None:
    if budget.version == seen:
        return
    changed = differences(BUDGET, budget, seen)
    mine = [difference for difference in changed if difference.label.startswith(f"{line.where}:")]
    if mine:
        raise Changed(
            _("Somebody changed this line since you opened it, so nothing was saved."),
            mine,
            _("Look at the difference, then decide again."),
        )


def line_changed(
    budget: Budget, line: BudgetLine, changes: Sequence[Change], *, by: User, at: datetime, grant: Grant
) -> None:
    """Note on the department's confirmation that a line is another one; ask again if the budget is shared."""
    found = Confirmation.objects.select_for_update(of=("self",)).filter(budget=budget, department_id=line.department_id)
    confirmation = found.select_related("department", "budget__cycle").first()
    if confirmation is None:
        if budget.state == Budget.State.SHARED:
            ask(budget, line.department_id, by=by, at=at, grant=grant)
        return
    mark_settled([line], by=by, at=at)
    new_version(confirmation, changes, by=by, at=at)
    if budget.state == Budget.State.SHARED:
        ask_again(confirmation, by=by, at=at)


def mark_settled(lines: Sequence[BudgetLine], *, by: User, at: datetime) -> None:
    """Note on contested lines that finance changed them."""
    contests = Contest.objects.filter(line__in=[line.pk for line in lines], settled=Contest.Settled.OPEN)
    contests.update(settled=Contest.Settled.CHANGED, settled_at=at, settled_by=by)


def new_version(confirmation: Confirmation, changes: Sequence[Change], *, by: User, at: datetime) -> None:
    """Count another version of a department's lines, with what changed, so that nobody confirms unseen lines."""
    with transaction.atomic():
        confirmation.version += 1
        confirmation.save(update_fields=["version"])
        leave_trail(CONFIRMATION.kind, confirmation, "edit", by=by.pk, at=at, changes=changes)


def ask_again(confirmation: Confirmation, *, by: User, at: datetime) -> None:
    """Ask a department again that has answered; while some of its contests are open, they wait for their answer."""
    if confirmation.state in (S.CONFIRMED, S.OVERRULED):
        _step(confirmation, "ask", by, at)
    elif confirmation.state == S.CONTESTED and not confirmation.contests.filter(settled="open").exists():
        _step(confirmation, "settle", by, at)


def _step(confirmation: Confirmation, name: str, by: User, at: datetime) -> None:
    with step(CONFIRMATION, confirmation, name, by=by, at=at, seen=confirmation.version) as locked:
        locked.due = due_for(locked.budget, at)


def ask(budget: Budget, department_id: int, *, by: User, at: datetime, grant: Grant) -> Confirmation:
    """Ask a department to confirm its lines."""
    due = due_for(budget, at)
    confirmation = Confirmation.objects.create(budget=budget, department_id=department_id, due=due)
    created(CONFIRMATION, confirmation, by=by, at=at, grant=grant)
    return confirmation


def due_for(budget: Budget, at: datetime) -> date:
    """Two weeks, but not beyond the day the budget is to be approved, while that day is ahead."""
    today = budget.cycle.day(at)
    two_weeks = today + DAYS_TO_ANSWER
    approval = budget.due_on
    return min(two_weeks, approval) if approval and approval > today else two_weeks

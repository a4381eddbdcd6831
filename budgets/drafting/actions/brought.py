"""A plan that was approved elsewhere: brought in from a file, confirmed by a manager who did not bring it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from budgets.drafting.actions.appropriation import put_lines_in_force
from budgets.drafting.actions.brought_lines import PlanRow, delete_row, write_lines
from budgets.drafting.actions.budget import lock_cycle
from budgets.drafting.actions.funds import add_general_fund
from budgets.drafting.actions.sums import update_sums
from budgets.drafting.models import Budget, BudgetLine
from budgets.drafting.workflow import BROUGHT_ROW, BUDGET, LINE
from planning.cycles.actions import mark_plan_outside
from planning.cycles.calendar import days_of_approval
from planning.models import Cycle
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import refuse_unfit, save_new
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.actor import Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.contributors import add_contributor, forget
from sop_portal.foundation.workflow.engine import follow, lock, note, step
from sop_portal.foundation.workflow.notify import notify_of_new_records
from sop_portal.foundation.workflow.seals import release_rows, seal_rows
from sop_portal.foundation.workflow.years import open_year

UNCONFIRMED = (Budget.State.BROUGHT, Budget.State.RETURNED)
# What begins with a plan that is in force in a year under way: its projects run. stages.py, which knows every stage,
# fills it at start-up.
AFTER_CONFIRMING: list[Callable[..., Any]] = []


@dataclass(frozen=True, slots=True)
class OutsideApproval:
    """On which day and by whom a plan was approved, and in which file it came."""

    on: date
    by: str
    file_name: str


def bring_plan(
    cycle: Cycle,
    approval: OutsideApproval,
    rows: Sequence[PlanRow],
    *,
    by: User,
    at: datetime,
    can: Can = Can.COMPILE_BUDGET,
) -> list[BudgetLine]:
    """Take the lines of a plan in that was approved elsewhere; a manager who did not bring it confirms it.

    Lines of a plan that is not confirmed yet may come again. Whoever sets the year up may bring it, which `can` says.
    """
    with transaction.atomic():
        locked = _lock_year(cycle)
        grant = authority(can, None, by, at)
        _refuse_odd(approval, locked, locked.day(at))
        budget, is_new = _plan_of(locked, approval, by, at)
        changes: list[Change] = []
        if not is_new:
            changes += _say_approval(budget, approval)
        general = add_general_fund(by, at, grant)
        lines = write_lines(budget, approval.file_name, rows, general, changes)
        seal_rows(LINE, [line.pk for line in lines])
        seal_rows(BROUGHT_ROW, [line.brought_row_id for line in lines if line.brought_row_id])
        update_sums(budget)
        _leave_trail(budget, changes, is_new=is_new, by=by, at=at, grant=grant)
        if not locked.is_plan_outside:
            mark_plan_outside(locked, is_outside=True, by=by, at=at, can=can)
    return lines


def _lock_year(cycle: Cycle) -> Cycle:
    """The year, locked and open; one that is only being set up takes its plan too."""
    locked = Cycle.objects.select_for_update(no_key=True).get(pk=cycle.pk)
    open_year(BUDGET.kind, locked, "bring")
    return locked


def _refuse_odd(approval: OutsideApproval, cycle: Cycle, today: date) -> None:
    if approval.on > today:
        sentence = _("%(day)s has not come yet, so nothing was approved on it.") % {"day": day_of_year(approval.on)}
        raise NotReady(sentence, [], _("Write the day on which the plan was approved."))
    refuse_outside(_("Approved on"), approval.on, days_of_approval(cycle, today))
    if not approval.by.strip():
        raise NotReady(_("Say by whom the plan was approved."), [], _("Write for example “the board”."))


def _plan_of(cycle: Cycle, approval: OutsideApproval, by: User, at: datetime) -> tuple[Budget, bool]:
    """The plan of the year that waits to be confirmed, or a new one; whether it is new."""
    there = Budget.objects.select_for_update(of=("self",)).filter(cycle=cycle).order_by("-number").first()
    if there is None:
        plan = Budget(
            cycle=cycle,
            number=1,
            kind=Budget.Kind.BROUGHT,
            outside_on=approval.on,
            outside_by=approval.by.strip(),
            proposed_at=at,
            proposed_by=by,
        )
        return save_new(plan), True
    refuse_confirmed(there)
    return there, False


def refuse_confirmed(budget: Budget) -> None:
    """Refuse to bring lines into a year whose budget was made here, or is in force."""
    if budget.state in UNCONFIRMED:
        return
    words = {"year": budget.cycle.year}
    if budget.state in BUDGET.closed:
        way_out = _("Change it by an amendment.")
        raise NotNow(_("The plan of %(year)s is in force, so nothing is brought into it.") % words, way_out)
    sentence = _("The budget of %(year)s is made here, so no plan is brought in.") % words
    raise NotNow(sentence, _("Finance changes its lines, or gives the amendment up."))


def _say_approval(budget: Budget, approval: OutsideApproval) -> list[Change]:
    """The day and the name as the last file has them."""
    wanted = {"outside_on": approval.on, "outside_by": approval.by.strip()}
    changed = {name: value for name, value in wanted.items() if getattr(budget, name) != value}
    changes = [Change(name, str(getattr(budget, name)), str(value)) for name, value in changed.items()]
    for name, value in changed.items():
        setattr(budget, name, value)
    refuse_unfit(budget, changed)
    return changes


def _leave_trail(
    budget: Budget, changes: Sequence[Change], *, is_new: bool, by: User, at: datetime, grant: Grant
) -> None:
    """The entry of the act; whoever brought something does not confirm it."""
    if not changes:
        return
    add_contributor(BUDGET, budget, by, grant, at)
    if is_new:
        follow(BUDGET, budget, "bring", by=by, at=at, changes=changes)
        if not budget.cycle.is_draft:
            notify_of_new_records(BUDGET, [budget], by, at)
        return
    budget.version += 1
    budget.proposed_at, budget.proposed_by = at, by
    budget.save()
    note(BUDGET.kind, budget, "bring", by=by, at=at, behalf=grant.behalf, changes=changes)


def take_plan_back(line: BudgetLine, *, by: User, at: datetime, can: Can = Can.COMPILE_BUDGET) -> None:
    """Take a line of a plan out again that nobody has confirmed; with its last line the plan itself is given up."""
    with transaction.atomic():
        cycle = _lock_year(line.budget.cycle)
        grant = authority(can, None, by, at)
        budget = lock(line.budget)
        refuse_confirmed(budget)
        change = Change("line", f"{line.amount:f}", "", line.where)
        row, department = line.brought_row, line.department_id
        release_rows(LINE, [line.pk])
        line.delete()
        if row is not None:
            delete_row(row)
        update_sums(budget, [department])
        if budget.lines.exists():
            budget.version += 1
            budget.save()
            add_contributor(BUDGET, budget, by, grant, at)
            note(BUDGET.kind, budget, "take-out", by=by, at=at, behalf=grant.behalf, changes=[change])
            return
        note(BUDGET.kind, budget, "drop", by=by, at=at, behalf=grant.behalf, changes=[change])
        forget(BUDGET, budget)
        release_rows(BUDGET.kind, [budget.pk])
        budget.delete()
        if cycle.is_plan_outside:
            mark_plan_outside(cycle, is_outside=False, by=by, at=at, can=can)


@BUDGET.act("confirm-plan")
def confirm_plan(budget: Budget, *, by: User, at: datetime, seen: int, comment: str = "") -> Budget:
    """Put a plan in force that was approved elsewhere; where its year has begun, its projects run."""
    with transaction.atomic():
        lock_cycle(budget.cycle_id)
        with step(BUDGET, budget, "confirm-plan", by=by, at=at, seen=seen, comment=comment) as locked:
            put_lines_in_force(locked, by=by, at=at)
        for follow in AFTER_CONFIRMING:
            follow(budget, by=by, at=at)
    return budget


@BUDGET.act("return-plan")
def return_plan(budget: Budget, *, by: User, at: datetime, seen: int, comment: str = "") -> Budget:
    """Give a plan back that is not what was approved elsewhere, saying what."""
    with step(BUDGET, budget, "return-plan", by=by, at=at, seen=seen, comment=comment):
        pass
    return budget


@BUDGET.act("bring-again")
def bring_again(budget: Budget, *, by: User, at: datetime, seen: int, comment: str = "") -> Budget:
    """Hand a plan that was sent back to management again, corrected by another file."""
    with step(BUDGET, budget, "bring-again", by=by, at=at, seen=seen, comment=comment):
        pass
    return budget

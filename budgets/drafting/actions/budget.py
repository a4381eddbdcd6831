"""A budget on its way: shared with the departments, proposed, sent back, approved, put in force."""

from datetime import datetime

from django.db import transaction

from budgets.drafting.actions.appropriation import put_lines_in_force
from budgets.drafting.actions.confirmation import ask, ask_again
from budgets.drafting.figures import moved
from budgets.drafting.models import Budget, Confirmation
from budgets.drafting.queries.versions import MOVED, changed_departments, shifts_of
from budgets.drafting.workflow import BUDGET
from budgets.drafting.workflow.confirmation import changed_since_answered
from planning.models import Cycle
from sop_portal.foundation.organisation.actor import Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.contributors import forget
from sop_portal.foundation.workflow.engine import note, step
from sop_portal.foundation.workflow.years import open_year


def lock_cycle(cycle_id: int) -> Cycle:
    """The year, locked first and open: versions of its budget are made and put in force one at a time."""
    # Not against those who only write rows of the year: an expense would wait for the year, and the year for its line.
    locked = Cycle.objects.select_for_update(no_key=True).get(pk=cycle_id)
    open_year(BUDGET.kind, locked, "create")
    return locked


@BUDGET.act("share")
def share(budget: Budget, *, by: User, at: datetime, seen: int, comment: str = "") -> Budget:
    """Show the departments their lines and ask them; after a send back only those whose lines changed."""
    with step(BUDGET, budget, "share", by=by, at=at, seen=seen, comment=comment) as locked:
        # The confirmations look at the state of their budget, so it is written before they are asked.
        locked.save()
        _ask_departments(locked, by, at, authority(BUDGET["share"].by, locked, by, at))
    return budget


def _ask_departments(budget: Budget, by: User, at: datetime, grant: Grant) -> None:
    rows = Confirmation.objects.select_for_update(of=("self",)).filter(budget=budget).order_by("pk")
    asked = {row.department_id: row for row in rows.select_related("department", "budget__cycle")}
    for confirmation in asked.values():
        if changed_since_answered(confirmation):
            ask_again(confirmation, by=by, at=at)
    ask(budget, changed_departments(budget) - set(asked), by=by, at=at, grant=grant)


@BUDGET.act("propose")
def propose(budget: Budget, *, by: User, at: datetime, seen: int, comment: str = "") -> Budget:
    """Hand the budget to management, every department having answered."""
    with step(BUDGET, budget, "propose", by=by, at=at, seen=seen, comment=comment):
        pass
    return budget


@BUDGET.act("endorse")
def endorse(budget: Budget, *, by: User, at: datetime, seen: int, comment: str = "") -> Budget:
    """Approve as the first of two managers, where the sum is above the limit."""
    with step(BUDGET, budget, "endorse", by=by, at=at, seen=seen, comment=comment):
        pass
    return budget


@BUDGET.act("approve")
def approve(budget: Budget, *, by: User, at: datetime, seen: int, comment: str = "") -> Budget:
    """Put the budget in force: its lines never change again, and money may be spent on them."""
    with transaction.atomic():
        lock_cycle(budget.cycle_id)
        with step(BUDGET, budget, "approve", by=by, at=at, seen=seen, comment=comment) as locked:
            put_lines_in_force(locked, by=by, at=at)
    return budget


@BUDGET.act("put-in-force")
def put_in_force(budget: Budget, *, by: User, at: datetime, seen: int, comment: str = "") -> Budget:
    """Put a correction or a small transfer in force without management; whoever shared it has proposed it."""
    with transaction.atomic():
        lock_cycle(budget.cycle_id)
        # Written down before the lines are in force, for they may be closed, cut or open again later.
        counts = Change(MOVED, "", f"{moved(shifts_of(budget)):f}")
        with step(BUDGET, budget, "put-in-force", by=by, at=at, seen=seen, comment=comment) as locked:
            locked.proposed_at, locked.proposed_by_id = locked.shared_at, locked.shared_by_id
            note(BUDGET.kind, locked, "edit", by=by, at=at, changes=[counts])
            put_lines_in_force(locked, by=by, at=at)
    return budget


@BUDGET.act("send-back")
def send_back(budget: Budget, *, by: User, at: datetime, seen: int, comment: str = "") -> Budget:
    """Give the budget back to finance with a comment; a first approval no longer counts."""
    with step(BUDGET, budget, "send-back", by=by, at=at, seen=seen, comment=comment) as locked:
        if locked.endorsed_at is not None:
            # Whoever approved first touched nothing, and may decide on the next proposal again.
            forget(BUDGET, locked, at=locked.endorsed_at)
            locked.endorsed_at = locked.endorsed_by = None
    return budget

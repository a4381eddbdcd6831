"""What a project that does not go on gives back: its lines hold what is spent, its grants what was used for that."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F
from django.db.models.functions import Round

from budgets.drafting.actions.appropriation import take_from_fund
from budgets.drafting.models import Appropriation
from budgets.drafting.workflow import APPROVED_LINE
from budgets.spending.models import Expense, ReleasedGrant
from budgets.spending.workflow import RELEASE
from planning.models import Project, RequestLine
from planning.requests import actions as requests
from sop_portal.foundation.kit.money import STORED_PLACES
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.seals import seal_rows


@dataclass(frozen=True)
class Stop:
    """What a grant is called of which nothing stays, and why."""

    decision: str
    why: str


def hold_what_is_spent(line: Appropriation, spent: Decimal) -> Decimal:
    """Let a locked line hold what is spent on it and no more; how much its project and its fund hold less."""
    less = round(line.approved - spent, STORED_PLACES)
    line.approved = line.spent = spent
    line.save(update_fields=["approved", "spent", "closed_at"])
    seal_rows(APPROVED_LINE, [line.pk])
    Project.objects.filter(pk=line.project_id).update(budgeted=Round(F("budgeted") - less, STORED_PLACES))
    take_from_fund(line.fund_id, -less)
    return less


def release_grants(project: Project, lines: Iterable[Appropriation], stop: Stop, *, by: User, at: datetime) -> None:
    """Give back to the pools what the project was granted and has not used, and keep what that was."""
    used = {line.line.allocation_id: line.spent for line in lines if line.line.allocation_id}
    waiting = {given.allocation_id: given for given in ReleasedGrant.objects.filter(project=project, settled_at=None)}
    for given in requests.release_unused(project, used, decision=stop.decision, why=stop.why, by=by, at=at):
        known = waiting.get(given.line.pk) or ReleasedGrant(
            project=project,
            allocation=given.line,
            quantity=Decimal(0),
            decision=given.decision,
            reason=given.reason,
            released_at=at,
        )
        known.quantity += given.quantity
        known.save()
        seal_rows(RELEASE, [known.pk])


def release_corrected(expense: Expense, why: str, *, by: User, at: datetime) -> bool:
    """Undo an expense on a closed line: what it was for is not used either. False where the line is open."""
    line = Appropriation.objects.select_for_update(of=("self",)).get(pk=expense.appropriation_id)
    if line.closed_at is None:
        return False
    hold_what_is_spent(line, line.spent - expense.amount)
    project = Project.objects.get(pk=line.project_id)
    if project.state == Project.State.ON_HOLD:
        lines = Appropriation.objects.filter(project=project).select_related("line")
        release_grants(project, lines, Stop(RequestLine.Decision.DEFERRED, why), by=by, at=at)
    return True

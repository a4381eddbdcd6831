"""What departments say of their lines, and how a contest ends: the line changes, or management overrules."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from budgets.drafting import sums
from budgets.drafting.actions.lines import change, locked_line, mark_settled, new_version
from budgets.drafting.figures import planned_places, spread
from budgets.drafting.models import BudgetLine, Confirmation, Contest
from budgets.drafting.workflow import BUDGET, CONFIRMATION
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import edit, lock, step

Contested = Mapping[int, tuple[Decimal, str]]


def confirm(confirmation: Confirmation, *, by: User, at: datetime, seen: int, comment: str = "") -> Confirmation:
    """Agree to every line of the department."""
    with transaction.atomic(), _answer(confirmation, "confirm", by, at, seen, comment):
        pass
    return confirmation


def _answer(
    confirmation: Confirmation, name: str, by: User, at: datetime, seen: int, comment: str
) -> AbstractContextManager[Confirmation]:
    # The budget is locked before its confirmation, as everywhere, so that nothing is answered while it moves on.
    lock(confirmation.budget)
    return step(CONFIRMATION, confirmation, name, by=by, at=at, seen=seen, comment=comment)


def contest(
    confirmation: Confirmation, *, contested: Contested, by: User, at: datetime, seen: int, comment: str = ""
) -> Confirmation:
    """Say of single lines what the department wants instead, and why."""
    with transaction.atomic(), _answer(confirmation, "contest", by, at, seen, comment) as locked:
        own = BudgetLine.objects.filter(budget_id=locked.budget_id, department_id=locked.department_id)
        lines = {line.pk: line for line in own.filter(pk__in=contested).select_related("project", "budget__cycle")}
        _refuse_contests_that_say_nothing(contested, lines)
        for pk, (wanted, reason) in contested.items():
            Contest.objects.create(confirmation=locked, line=lines[pk], wanted=wanted, reason=reason.strip())
    return confirmation


def _refuse_contests_that_say_nothing(contested: Contested, lines: Mapping[int, BudgetLine]) -> None:
    if not contested or set(contested) - set(lines):
        raise NotReady(_("Name at least one line of your department, what you want instead, and why."))
    missing = []
    for pk, (wanted, reason) in contested.items():
        if not reason.strip():
            missing.append(_("Line %(line)s: say why.") % {"line": lines[pk].where})
        if wanted < 0 or wanted == lines[pk].amount:
            missing.append(_("Line %(line)s: enter another amount than the one it has.") % {"line": lines[pk].where})
    if missing:
        raise NotReady(_("The lines cannot be contested like this."), missing)


def settle(
    confirmation: Confirmation, *, amounts: Mapping[int, Decimal], by: User, at: datetime, seen: int, comment: str = ""
) -> Confirmation:
    """Change every contested line of a department; it confirms again."""
    with (
        transaction.atomic(),
        edit(BUDGET, confirmation.budget, by=by, at=at, can=Can.COMPILE_BUDGET) as editing,
        step(CONFIRMATION, confirmation, "settle", by=by, at=at, seen=seen, comment=comment) as locked,
    ):
        found = locked.contests.filter(settled=Contest.Settled.OPEN).order_by("line_id")
        reasons = dict(found.values_list("line_id", "reason"))
        lines = [locked_line(pk) for pk in reasons]
        _refuse_unchanged(lines, amounts)
        for line in lines:
            _give(line, amounts[line.pk], reasons[line.pk], editing)
        sums.keep(editing.record, [locked.department_id])
        mark_settled(lines, by=by, at=at)
        new_version(locked, editing.changes, by=by, at=at)
    return confirmation


def _refuse_unchanged(lines: list[BudgetLine], amounts: Mapping[int, Decimal]) -> None:
    unchanged = [line.where for line in lines if amounts.get(line.pk) in (None, line.amount)]
    if unchanged:
        raise NotReady(
            _("Every contested line gets another amount here."),
            [_("Line %(line)s is unchanged.") % {"line": name} for name in unchanged],
            _("Change one line alone on the budget sheet, or ask management to overrule the others."),
        )
    if any(amount < 0 for amount in amounts.values()):
        raise NotReady(_("An amount is zero or more."))


def _give(line: BudgetLine, amount: Decimal, reason: str, editing: Editing) -> None:
    """Give a line another amount, shared out over its quarters as before; nothing means it is not budgeted."""
    q1, q2, q3, q4 = spread(amount, line.quarters, planned_places(amount, line.budget.cycle.currency))
    change(editing, line, q1=q1, q2=q2, q3=q3, q4=q4, is_refused=not amount, refusal="" if amount else reason)
    line.save()


def overrule(confirmation: Confirmation, *, by: User, at: datetime, seen: int, comment: str = "") -> Confirmation:
    """Keep the contested lines as they are, with a reason the department reads."""
    with transaction.atomic(), _answer(confirmation, "overrule", by, at, seen, comment) as locked:
        open_contests = Contest.objects.filter(confirmation=locked, settled=Contest.Settled.OPEN)
        open_contests.update(settled=Contest.Settled.OVERRULED, answer=comment.strip(), settled_at=at, settled_by=by)
    return confirmation

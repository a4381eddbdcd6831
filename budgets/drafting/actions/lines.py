"""Changing lines of a budget that is not approved yet; whoever confirmed them is asked again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from budgets.drafting.actions.confirmation import ask, ask_again, give_time, mark_settled, new_version
from budgets.drafting.actions.sums import update_sums
from budgets.drafting.figures import QUARTERS, ZERO, planned_places, quarter_names, spread
from budgets.drafting.models import Budget, BudgetLine, Confirmation, Contest, Fund
from budgets.drafting.workflow import BUDGET, CONFIRMATION, LINE
from budgets.drafting.workflow.limits import problems_of
from planning.models import Project
from planning.projects.workflow import refuse_unplanned
from sop_portal.foundation.kit.bounds import refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_strangers
from sop_portal.foundation.kit.money import money_in
from sop_portal.foundation.kit.refusals import Changed, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor, Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import differences, who_instead
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import edit, step
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.foundation.workflow.seals import seal_rows

GIVEN = ("category", "fund", "computation", "more_reason", "serves_purpose")


@dataclass(frozen=True)
class LineAmounts:
    """What a line holds by quarter, and where wanted another category, fund or computation.

    More than was allocated needs a reason, a restricted fund the words in which the line serves its purpose.
    """

    q1: Decimal
    q2: Decimal
    q3: Decimal
    q4: Decimal
    category: str | None = None
    fund: Fund | None = None
    computation: str | None = None
    more_reason: str | None = None
    serves_purpose: str | None = None


def spread_like(line: BudgetLine, amount: Decimal, why: str = "") -> LineAmounts:
    """Another amount for a line, shared out over its quarters as before, and why where it is more than allocated."""
    q1, q2, q3, q4 = spread(amount, line.quarters, planned_places(amount, line.budget.cycle.currency))
    is_reason = amount > line.allocated and not line.more_reason
    return LineAmounts(q1, q2, q3, q4, more_reason=why if is_reason else None)


def set_line(line: BudgetLine, amounts: LineAmounts, *, by: User, at: datetime, seen: int) -> BudgetLine:
    """Give a line its amounts by quarter, and where wanted another category, fund or computation."""
    with line_edit(line, by=by, at=at, seen=seen) as (editing, locked):
        quarters = {name: getattr(amounts, name) for name in QUARTERS}
        _refuse_no_amounts(locked, quarters)
        if sum(quarters.values()) > locked.amount:
            refuse_unplanned(locked.project, also=[Project.State.COMPLETED])
        given = {name: getattr(amounts, name) for name in GIVEN if getattr(amounts, name) is not None}
        forget_other_purpose(locked, given)
        _purpose_not_changed_since(seen, editing.record, given.get("fund", locked.fund))
        change(editing, locked, **quarters, **given)
        change(editing, locked, is_refused=False, refusal="")
        refuse_broken_limits([locked])
    return locked


def _refuse_no_amounts(line: BudgetLine, quarters: Mapping[str, Decimal]) -> None:
    """Refuse amounts that no quarter, or no line, can hold, and a line without any."""
    bound = money_in(line.budget.cycle.currency)
    for name, label in zip(QUARTERS, quarter_names(line.budget.cycle.starts_on), strict=True):
        refuse_beyond(label, quarters[name], bound)
    refuse_beyond(_("Amount"), sum(quarters.values(), ZERO), bound)
    if not any(quarters.values()):
        sentence = _("Enter an amount of more than zero, or leave the line out with a reason.")
        raise NotReady(_("The line holds no money."), [], sentence)


def changed_to(line: BudgetLine, amounts: LineAmounts) -> BudgetLine:
    """The line as it would be, saved nowhere: what a form asks before anything is changed."""
    given = {name: getattr(amounts, name) for name in GIVEN if getattr(amounts, name) is not None}
    forget_other_purpose(line, given)
    would_be = copy(line)
    for name, value in {**given, **{name: getattr(amounts, name) for name in QUARTERS}}.items():
        setattr(would_be, name, value)
    return would_be


def forget_other_purpose(line: BudgetLine, given: dict[str, Any]) -> None:
    """The words in which a line served the purpose of one fund say nothing of another fund's purpose."""
    fund = given.get("fund", line.fund)
    if fund.pk != line.fund_id and given.get("serves_purpose", line.serves_purpose) == line.serves_purpose:
        given["serves_purpose"] = ""


def refuse_broken_limits(lines: Sequence[BudgetLine]) -> None:
    """Refuse lines, changed and not saved yet, that break a limit somebody would meet later."""
    problems = [problem.sentence for line in lines for problem in problems_of(line)]
    if problems:
        raise NotReady(_("The budget cannot be changed like this."), problems)


def leave_out(line: BudgetLine, *, why: str, by: User, at: datetime, seen: int) -> BudgetLine:
    """Say why an allocation is not budgeted; the line stays, with no money on it."""
    if not why.strip():
        raise NotReady(_("Say why the line is not budgeted."), [_("A reason is missing.")])
    with line_edit(line, by=by, at=at, seen=seen) as (editing, locked):
        change(editing, locked, q1=ZERO, q2=ZERO, q3=ZERO, q4=ZERO, is_refused=True, refusal=why.strip())
        refuse_broken_limits([locked])
    return locked


def change(editing: Editing[Budget], line: BudgetLine, **values: Decimal | str | bool | Fund) -> None:
    """Set fields of a line and note what changed; that it is not budgeted shows by its reason."""
    line.is_refused = bool(values.pop("is_refused", line.is_refused))
    editing.set(line, where=line.where, **values)


@contextmanager
def line_edit(line: BudgetLine, *, by: User, at: datetime, seen: int) -> Iterator[tuple[Editing[Budget], BudgetLine]]:
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
            seal_rows(LINE, [locked.pk])
            update_sums(editing.record, [locked.department_id])
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
    mine = [difference for difference in changed if difference.where == line.where]
    if mine:
        sentence = _("Somebody changed this line since you opened it, so nothing was saved.")
        raise Changed(sentence, mine, _("Look at the difference, then decide again."))


def _purpose_not_changed_since(seen: int, budget: Budget, fund: Fund) -> None:
    """Words about the purpose of a fund are about the purpose that their writer read."""
    if budget.version == seen:
        return
    changed = [found for found in differences(BUDGET, budget, seen) if found.where == fund.called]
    if changed:
        sentence = _("Somebody changed this funding source since you opened the line, so nothing was saved.")
        raise Changed(sentence, changed, _("Look at the difference, then decide again."))


def line_changed(
    budget: Budget, line: BudgetLine, changes: Sequence[Change], *, by: User, at: datetime, grant: Grant
) -> None:
    """Note on the department's confirmation that a line is another one; ask again if the budget is shared."""
    found = Confirmation.objects.select_for_update(of=("self",)).filter(budget=budget, department_id=line.department_id)
    confirmation = found.select_related("department", "budget__cycle").first()
    if confirmation is None:
        if budget.state == Budget.State.SHARED:
            ask(budget, [line.department_id], by=by, at=at, grant=grant)
        return
    mark_settled([line], by=by, at=at)
    new_version(confirmation, changes, by=by, at=at)
    if budget.state == Budget.State.SHARED:
        ask_again(confirmation, by=by, at=at)


@CONFIRMATION.act("settle")
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
        refuse_strangers(amounts, reasons, _("These lines are not contested."))
        _refuse_unchanged(lines, amounts)
        for line in lines:
            _give(line, amounts[line.pk], reasons[line.pk], editing)
        seal_rows(LINE, reasons)
        update_sums(editing.record, [locked.department_id])
        mark_settled(lines, by=by, at=at)
        new_version(locked, editing.changes, by=by, at=at)
        give_time(locked, at)
    return confirmation


def _refuse_unchanged(lines: list[BudgetLine], amounts: Mapping[int, Decimal]) -> None:
    unchanged = [line.where for line in lines if amounts.get(line.pk) in (None, line.amount)]
    if unchanged:
        raise NotReady(
            _("Every contested line gets another amount here."),
            [_("Line %(line)s is unchanged.") % {"line": name} for name in unchanged],
            _("Change one line alone on the budget sheet, or ask management to overrule the others."),
        )
    for line in lines:
        refuse_beyond(line.where, amounts[line.pk], money_in(line.budget.cycle.currency))


def _give(line: BudgetLine, amount: Decimal, reason: str, editing: Editing[Budget]) -> None:
    """Give a line another amount, shared out over its quarters as before; nothing means it is not budgeted.

    The reason of the department is the one for more than was allocated, too.
    """
    amounts = spread_like(line, amount, reason)
    change(editing, line, **{name: getattr(amounts, name) for name in QUARTERS})
    change(editing, line, more_reason=line.more_reason if amounts.more_reason is None else amounts.more_reason)
    change(editing, line, is_refused=not amount, refusal="" if amount else reason)
    refuse_broken_limits([line])
    line.save()

"""What departments say of their lines, and asking them again when a line is changed."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from budgets.drafting.models import Budget, BudgetLine, Confirmation, Contest
from budgets.drafting.workflow import CONFIRMATION
from budgets.drafting.workflow.limits import most_wanted, problems_of_figure
from planning.cycles.actions import nothing_owed
from planning.cycles.calendar import DueDay
from planning.cycles.queries import due_in
from planning.models import Cycle, Stage
from sop_portal.foundation.kit.bounds import misfit_of
from sop_portal.foundation.kit.fitting import save_new
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.actor import Grant
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import created_together, follow, lock, note, step
from sop_portal.foundation.workflow.years import hold_year

DAYS_TO_ANSWER = timedelta(days=14)
State = Confirmation.State
Contested = Mapping[int, tuple[Decimal, str]]


@CONFIRMATION.act("confirm")
def confirm(confirmation: Confirmation, *, by: User, at: datetime, seen: int, comment: str = "") -> Confirmation:
    """Agree to every line of the department."""
    with transaction.atomic(), _answer(confirmation, "confirm", by, at, seen, comment):
        pass
    return confirmation


def _answer(
    confirmation: Confirmation, name: str, by: User, at: datetime, seen: int, comment: str
) -> AbstractContextManager[Confirmation]:
    # The budget is locked before its confirmation, as everywhere, so that nothing is answered while it moves on.
    hold_year(CONFIRMATION.kind, confirmation)
    lock(confirmation.budget)
    return step(CONFIRMATION, confirmation, name, by=by, at=at, seen=seen, comment=comment)


@CONFIRMATION.act("contest")
def contest(
    confirmation: Confirmation, *, contested: Contested, by: User, at: datetime, seen: int, comment: str = ""
) -> Confirmation:
    """Say of single lines what the department wants instead, and why."""
    with transaction.atomic(), _answer(confirmation, "contest", by, at, seen, comment) as locked:
        own = BudgetLine.objects.filter(budget_id=locked.budget_id, department_id=locked.department_id)
        lines = {line.pk: line for line in own.filter(pk__in=contested).select_related("project", "budget__cycle")}
        _refuse_contests_that_say_nothing(contested, lines)
        for pk, (wanted, reason) in contested.items():
            save_new(Contest(confirmation=locked, line=lines[pk], wanted=wanted, reason=reason.strip()))
    return confirmation


def _refuse_contests_that_say_nothing(contested: Contested, lines: Mapping[int, BudgetLine]) -> None:
    if not contested or set(contested) - set(lines):
        sentence = _("Name at least one line of your department, what you want instead, and why.")
        raise NotReady(_("No line of your department is contested."), [], sentence)
    missing = []
    for pk, (wanted, reason) in contested.items():
        if not reason.strip():
            missing.append(_("Line %(line)s: say why.") % {"line": lines[pk].where})
        if misfit := misfit_of(lines[pk].where, wanted, most_wanted(lines[pk])):
            missing.append(sentences(misfit))
            continue
        if wanted == lines[pk].amount:
            missing.append(_("Line %(line)s: enter another amount than the one it has.") % {"line": lines[pk].where})
        missing += [problem.sentence for problem in problems_of_figure(lines[pk], wanted)]
    if missing:
        raise NotReady(_("The lines cannot be contested like this."), missing)


def refuse_more_time(cycle: Cycle, stage: str, department: Department) -> None:
    """Refuse more time to answer for lines where a budget is in force and no other one is in the making."""
    if stage != Stage.BUDGET:
        return
    decided = (Budget.State.APPROVED, Budget.State.SUPERSEDED)
    budgets = Budget.objects.filter(cycle=cycle)
    if budgets.exists() and not budgets.exclude(state__in=decided).exists():
        raise nothing_owed(stage, department)


@CONFIRMATION.act("overrule")
def overrule(confirmation: Confirmation, *, by: User, at: datetime, seen: int, comment: str = "") -> Confirmation:
    """Keep the contested lines as they are, with a reason the department reads."""
    with transaction.atomic(), _answer(confirmation, "overrule", by, at, seen, comment) as locked:
        open_contests = Contest.objects.filter(confirmation=locked, settled=Contest.Settled.OPEN)
        open_contests.update(settled=Contest.Settled.OVERRULED, answer=comment.strip(), settled_at=at, settled_by=by)
    return confirmation


@CONFIRMATION.act("pass-over")
def pass_over(confirmation: Confirmation, *, by: User, at: datetime, seen: int, comment: str = "") -> Confirmation:
    """Go on without a department that did not answer in time, with a reason it reads."""
    with transaction.atomic(), _answer(confirmation, "pass-over", by, at, seen, comment):
        pass
    return confirmation


def mark_settled(lines: Sequence[BudgetLine], *, by: User, at: datetime) -> None:
    """Note on contested lines that finance changed them."""
    contests = Contest.objects.filter(line__in=[line.pk for line in lines], settled=Contest.Settled.OPEN)
    contests.update(settled=Contest.Settled.CHANGED, settled_at=at, settled_by=by)


def new_version(confirmation: Confirmation, changes: Sequence[Change], *, by: User, at: datetime) -> None:
    """Count another version of a department's lines, with what changed, so that nobody confirms unseen lines."""
    with transaction.atomic():
        confirmation.version += 1
        confirmation.save(update_fields=["version"])
        note(CONFIRMATION.kind, confirmation, "edit", by=by, at=at, changes=changes)


def lines_were_closed(
    budget: Budget, lines: Sequence[BudgetLine], changes: Sequence[Change], by: User, at: datetime
) -> None:
    """Note on the department's answer that it cancelled a project itself: it need not confirm that again."""
    asked = Confirmation.objects.select_for_update(of=("self",)).filter(budget=budget)
    confirmation = (
        asked.filter(department_id=lines[0].department_id).select_related("department", "budget__cycle").first()
    )
    if confirmation is None:
        return
    mark_settled(lines, by=by, at=at)
    new_version(confirmation, changes, by=by, at=at)
    if confirmation.state == State.CONTESTED and not confirmation.contests.filter(settled="open").exists():
        follow(CONFIRMATION, confirmation, "settle", by=by, at=at)


def ask_again(confirmation: Confirmation, *, by: User, at: datetime) -> None:
    """Ask a department again that has answered; while some of its contests are open, they wait for their answer."""
    if confirmation.state in (State.CONFIRMED, State.OVERRULED):
        _step(confirmation, "ask", by, at)
    elif confirmation.state == State.CONTESTED and not confirmation.contests.filter(settled="open").exists():
        _step(confirmation, "settle", by, at)


def _step(confirmation: Confirmation, name: str, by: User, at: datetime) -> None:
    with step(CONFIRMATION, confirmation, name, by=by, at=at, seen=confirmation.version) as locked:
        give_time(locked, at)


def give_time(confirmation: Confirmation, at: datetime) -> None:
    """Give a department that is asked again its time to answer from now; whoever locked the confirmation saves it."""
    due = due_for(confirmation.budget, at)
    confirmation.due, confirmation.moved_from = due.on, due.moved_from


def ask(budget: Budget, departments: Collection[int], *, by: User, at: datetime, grant: Grant) -> None:
    """Ask departments to confirm their lines."""
    due = due_for(budget, at)
    asked = Confirmation.objects.bulk_create(
        Confirmation(budget=budget, department=department, due=due.on, moved_from=due.moved_from)
        for department in Department.objects.filter(pk__in=departments).order_by("pk")
    )
    created_together(CONFIRMATION, asked, by=by, at=at, grant=grant)


def due_for(budget: Budget, at: datetime) -> DueDay:
    """Two weeks, but not beyond the day the budget is to be approved, while that day is ahead."""
    today = budget.cycle.day(at)
    two_weeks = due_in(budget.cycle, today + DAYS_TO_ANSWER)
    approval = budget.due_on
    return DueDay(approval) if approval and today < approval < two_weeks.on else two_weeks

"""Amending the approved budget: a new version beside the one in force, which stays until the new one is approved."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, Value
from django.utils.translation import gettext as _

from budgets.drafting.actions.budget import lock_cycle
from budgets.drafting.actions.sums import update_sums
from budgets.drafting.figures import ZERO, planned_places, spread
from budgets.drafting.models import Appropriation, Budget, BudgetLine, BudgetSum, Confirmation
from budgets.drafting.queries.budgets import begun_by_whom, made_now
from budgets.drafting.workflow import BUDGET, CONFIRMATION, LINE
from budgets.drafting.workflow.limits import approved_lines
from planning.models import Project
from sop_portal.foundation.kit.bulk import insert_from
from sop_portal.foundation.kit.fitting import save_new
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import Actor, Grant, people_who_can
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.actions import comment
from sop_portal.foundation.workflow.checks import authority, version, who_instead
from sop_portal.foundation.workflow.contributors import add_contributor, forget
from sop_portal.foundation.workflow.engine import created, lock, note
from sop_portal.foundation.workflow.models import Comment, Contributor
from sop_portal.foundation.workflow.seals import release_rows, seal_rows
from sop_portal.foundation.workflow.years import hold_open_year

COPIED = (
    "number",
    "department_id",
    "project_id",
    "category",
    "fund_id",
    "allocation_id",
    "brought_row_id",
    "q1",
    "q2",
    "q3",
    "q4",
    "allocated",
    "more_reason",
    "serves_purpose",
    "computation",
    "is_refused",
    "refusal",
)
SUMS = ("department_id", "lines", "refused", "allocated", "allocated_refused", "q1", "q2", "q3", "q4")


def amend(budget: Budget, *, reason: str, by: User, at: datetime) -> Budget:
    """Start a new version from the approved one, with the reason; finance, or a head for the own lines."""
    with transaction.atomic():
        lock_cycle(budget.cycle_id)
        base = lock(budget)
        if base.state != Budget.State.APPROVED:
            raise NotNow(_("Only the version in force is amended."), _("Open that version and amend it."))
        grant = _who_may_amend(base, by, at)
        if not reason.strip():
            raise NotReady(_("Say why the budget is amended."), [_("A reason is missing.")])
        _refuse_a_second(base)
        amendment = save_new(
            Budget(
                cycle_id=base.cycle_id,
                number=base.number + 1,
                kind=Budget.Kind.AMENDMENT,
                based_on=base,
                reason=reason.strip(),
            )
        )
        _copy_lines(base, amendment)
        close_lines(amendment, _closed_for_good(amendment), why=_why_cancelled(amendment))
        add_contributor(BUDGET, amendment, by, grant, at)
        created(BUDGET, amendment, by=by, at=at, grant=grant, comment=reason.strip())
    return amendment


def _who_may_amend(base: Budget, by: User, at: datetime) -> Grant:
    authority(Can.AMEND_BUDGET, None, by, at)
    for grant in Actor.of(by, at).authorities(Can.AMEND_BUDGET):
        if not grant.department_id or base.lines.filter(department_id=grant.department_id).exists():
            return grant
    raise NotYours(*who_instead(Can.AMEND_BUDGET, base, at))


def _refuse_a_second(base: Budget) -> None:
    other = made_now(base.cycle_id)
    if other is not None:
        raise NotNow(
            begun_by_whom(other), _("Ask for your change on the page of your department; it is taken in there.")
        )


def ask_for_change(answer: Confirmation, *, wanted: str, by: User, at: datetime) -> Comment:
    """Ask those who amend the budget for a change of a department's lines: it stands on its page, and they are told."""
    with transaction.atomic():
        hold_open_year(CONFIRMATION.kind, answer, "ask-change")
        written = comment(CONFIRMATION.kind, answer, wanted, by=by, at=at)
        people = people_who_can(Can.AMEND_BUDGET, answer, answer.budget.cycle.day(at))

        def sentence() -> str:
            words = {"person": by, "department": answer.department}
            return interpolate(_("%(person)s asks for a change of the budget lines of %(department)s"), words)

        notify(
            people.exclude(pk=by.pk),
            sentence,
            kind=CONFIRMATION.kind,
            record_id=answer.pk,
            verb="ask-change",
            link=f"{answer.get_absolute_url()}#talk",
            at=at,
            quote=wanted.strip(),
        )
    return written


def _copy_lines(base: Budget, amendment: Budget) -> None:
    for model, columns in ((BudgetLine, COPIED), (BudgetSum, SUMS)):
        rows = model.objects.filter(budget=base).order_by("pk").values_list(Value(amendment.pk), *columns)
        insert_from(model, ("budget_id", *columns), rows)
    seal_rows(LINE, BudgetLine.objects.filter(budget=amendment).values_list("pk", flat=True))


def close_lines(budget: Budget, lines: QuerySet[BudgetLine], *, why: Mapping[int, str]) -> list[BudgetLine]:
    """Cut lines of a version to what was spent on them, with why each project was stopped; those that changed."""
    on_hold = _("The project was on hold, and its money went elsewhere.")
    found = list(lines.select_related("project", "budget__cycle", "allocation").order_by("number"))
    known = approved_lines(budget.cycle_id, [line.number for line in found])
    changed = [line for line in found if _cut(line, known.get(line.number), why.get(line.project_id) or on_hold)]
    for line in changed:
        line.save()
    if changed:
        seal_rows(LINE, [line.pk for line in changed])
        update_sums(budget, {line.department_id for line in changed})
    return changed


def _closed_for_good(budget: Budget) -> QuerySet[BudgetLine]:
    """The lines of cancelled projects, and those that a project taken up again has not got back."""
    closed = Appropriation.objects.filter(cycle_id=budget.cycle_id, closed_at__isnull=False)
    numbers = closed.exclude(project__state=Project.State.ON_HOLD).values("number")
    return BudgetLine.objects.filter(budget=budget, number__in=numbers)


def _why_cancelled(budget: Budget) -> dict[int, str]:
    """What was said when projects of the year were cancelled."""
    entries = Entry.objects.filter(cycle_id=budget.cycle_id, kind="project", verb="cancel")
    return dict(entries.order_by("position").values_list("record_id", "comment"))


def _cut(line: BudgetLine, approved: Appropriation | None, reason: str) -> bool:
    spent = approved.spent if approved else ZERO
    allocated = line.allocation.granted_cost if line.allocation else line.allocated
    if line.amount == spent and line.allocated == allocated:
        return False
    line.allocated = allocated
    line.q1, line.q2, line.q3, line.q4 = spread(spent, line.quarters, planned_places(spent, line.budget.cycle.currency))
    if not spent:
        line.is_refused, line.refusal = True, line.refusal or reason
    return True


def drop(budget: Budget, *, by: User, at: datetime, seen: int) -> Budget:
    """Delete an amendment nobody was asked about yet; the trail still says that it was begun."""
    with transaction.atomic():
        lock_cycle(budget.cycle_id)
        locked = lock(budget)
        if locked.based_on is None or locked.state != Budget.State.DRAFT or locked.shared_at is not None:
            way_out = _("Give its lines the amounts of the version in force again.")
            raise NotNow(_("Only an amendment that was never shared can be given up."), way_out)
        grant = authority(Can.AMEND_BUDGET, None, by, at)
        began = Contributor.objects.filter(kind=BUDGET.kind, record_id=locked.pk, person_id=by.pk)
        if not Actor.of(by, at).may(Can.COMPILE_BUDGET) and not began.exists():
            raise NotYours(*who_instead(Can.COMPILE_BUDGET, None, at))
        version(BUDGET, locked, seen)
        note(BUDGET.kind, locked, "drop", by=by, at=at, behalf=grant.behalf, comment=locked.reason)
        forget(BUDGET, locked)
        release_rows(LINE, BudgetLine.objects.filter(budget=locked).values_list("pk", flat=True))
        release_rows(BUDGET.kind, [locked.pk])
        base: Budget = locked.based_on
        locked.delete()
    return base

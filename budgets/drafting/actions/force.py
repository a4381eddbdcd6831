"""What approving a budget does: the version before steps aside, and its lines become what may be spent."""

from collections.abc import Iterator
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from budgets.drafting.figures import NOTHING
from budgets.drafting.models import Appropriation, Budget, BudgetLine
from budgets.drafting.readiness import overspent
from budgets.drafting.workflow import BUDGET
from planning.models import Project
from sop_portal.kit.money import STORED_PLACES
from sop_portal.kit.refusals import NotReady
from sop_portal.organisation.models import User
from sop_portal.trail.actions import record as leave_trail

AT_ONCE = 500


def put_lines_in_force(budget: Budget, *, by: User, at: datetime) -> None:
    """Everything that follows from the approval, inside its transaction; the year is locked by then."""
    _supersede(budget, by, at)
    _appropriate(budget)
    _keep_totals(budget, at)


def _supersede(budget: Budget, by: User, at: datetime) -> None:
    before = Budget.objects.select_for_update().filter(cycle_id=budget.cycle_id, state=Budget.State.APPROVED).first()
    if before is None:
        return
    before.state = Budget.State.SUPERSEDED
    before.save(update_fields=["state"])
    states = (Budget.State.APPROVED, Budget.State.SUPERSEDED)
    leave_trail(BUDGET.kind, before, "supersede", by=by.pk, at=at, states=states)


def _appropriate(budget: Budget) -> None:
    """One appropriation per line number; never less than was spent, which the database itself refuses."""
    line = BudgetLine.objects.filter(budget=budget, number=OuterRef("number"))
    known = Appropriation.objects.filter(cycle_id=budget.cycle_id)
    try:
        with transaction.atomic():
            known.filter(Exists(line)).update(
                line_id=Subquery(line.values("pk")),
                category=Subquery(line.values("category")),
                fund_id=Subquery(line.values("fund_id")),
                approved=Round(Subquery(line.values("amount")), STORED_PLACES),
            )
    except IntegrityError as cut:
        raise NotReady(_("A line would hold less than was spent on it."), overspent(budget)) from cut
    for batch in _batches(budget):
        Appropriation.objects.bulk_create(batch)


def _batches(budget: Budget) -> Iterator[list[Appropriation]]:
    known = Appropriation.objects.filter(cycle_id=budget.cycle_id, number=OuterRef("number"))
    new = BudgetLine.objects.filter(budget=budget, is_refused=False).exclude(Exists(known)).order_by("number")
    last = 0
    while batch := [_appropriation(budget, line) for line in new.filter(number__gt=last)[:AT_ONCE]]:
        last = batch[-1].number
        yield batch


def _appropriation(budget: Budget, line: BudgetLine) -> Appropriation:
    return Appropriation(
        cycle_id=budget.cycle_id, number=line.number, line=line, department_id=line.department_id,
        project_id=line.project_id, category=line.category, fund_id=line.fund_id, approved=sum(line.quarters, NOTHING),
    )  # fmt: skip


def _keep_totals(budget: Budget, at: datetime) -> None:
    """What is budgeted per project: the sum of its lines in force."""
    lines = BudgetLine.objects.filter(budget=budget)
    projects = Project.objects.filter(cycle_id=budget.cycle_id)
    budgeted = projects.filter(pk__in=lines.values("project_id"))
    projects.exclude(pk__in=lines.values("project_id")).update(budgeted=NOTHING)
    sums = lines.order_by().values_list("project_id").annotate(total=Sum("amount"))
    totals = [Project(pk=pk, budgeted=total) for pk, total in sums]
    Project.objects.bulk_update(totals, ["budgeted"], batch_size=AT_ONCE)
    budgeted.update(budget_approved_at=at)

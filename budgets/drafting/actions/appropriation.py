"""What approving a budget does: the version before steps aside, and its lines become what may be spent."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Sum, Value
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from budgets.drafting.figures import ZERO
from budgets.drafting.models import Appropriation, Budget, BudgetLine
from budgets.drafting.workflow.budget import BUDGET, overspent
from planning.models import Project
from sop_portal.foundation.kit.bulk import insert_from, update_from
from sop_portal.foundation.kit.money import STORED_PLACES
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.engine import follow

CARRIED = ("number", "department_id", "project_id", "category", "fund_id")


def put_lines_in_force(budget: Budget, *, by: User, at: datetime) -> None:
    """Everything that follows from the approval, inside its transaction; the year is locked by then."""
    _supersede(budget, by, at)
    _appropriate(budget)
    _update_projects(budget, at)


def _supersede(budget: Budget, by: User, at: datetime) -> None:
    before = Budget.objects.select_for_update().filter(cycle_id=budget.cycle_id, state=Budget.State.APPROVED).first()
    if before is None:
        return
    follow(BUDGET, before, "supersede", by=by, at=at)


def _appropriate(budget: Budget) -> None:
    """One appropriation per line number; never less than was spent, which the database itself refuses."""
    lines = BudgetLine.objects.filter(budget=budget).order_by()
    approved = Round(F("amount"), STORED_PLACES)
    in_force = lines.annotate(approved=approved).values("number", "id", "category", "fund_id", "approved")
    try:
        with transaction.atomic():
            update_from(
                Appropriation,
                in_force.annotate(year=Value(budget.cycle_id)),
                on={"number": "number", "cycle": "year"},
                give={"line": "id", "category": "category", "fund": "fund_id", "approved": "approved"},
            )
    except IntegrityError as cut:
        raise NotReady(_("A line would hold less than was spent on it."), overspent(budget)) from cut
    known = Appropriation.objects.filter(cycle_id=budget.cycle_id, number=OuterRef("number"))
    new = lines.filter(is_refused=False).exclude(Exists(known)).order_by("number")
    insert_from(
        Appropriation,
        ("cycle", "line", *CARRIED, "approved", "spent"),
        new.values_list(Value(budget.cycle_id), "pk", *CARRIED, approved, Value(ZERO)),
    )


def _update_projects(budget: Budget, at: datetime) -> None:
    """Store what is budgeted per project: the sum of its lines in force."""
    lines = BudgetLine.objects.filter(budget=budget).order_by()
    projects = Project.objects.filter(cycle_id=budget.cycle_id)
    projects.filter(budgeted__gt=0).exclude(pk__in=lines.values("project_id")).update(budgeted=ZERO)
    sums = lines.values("project_id").annotate(total=Round(Sum("amount"), STORED_PLACES), at=Value(at, DateTimeField()))
    give = {"budgeted": "total", "budget_approved_at": "at"}
    update_from(Project, sums, on={"id": "project_id"}, give=give)

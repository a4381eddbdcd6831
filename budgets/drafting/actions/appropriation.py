"""What approving a budget does: the version before steps aside, and its lines become what may be spent."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from budgets.drafting.figures import ZERO, exact
from budgets.drafting.models import Appropriation, Budget, BudgetLine, Fund
from budgets.drafting.workflow.budget import APPROVED_LINE, BUDGET
from budgets.drafting.workflow.limits import broken_limits, overspent
from planning.models import Project
from planning.projects.actions import after_reports, projects_changed
from sop_portal.foundation.kit.bulk import insert_from, update_from
from sop_portal.foundation.kit.money import STORED_PLACES
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.engine import follow
from sop_portal.foundation.workflow.seals import seal_rows

CARRIED = ("number", "department_id", "project_id", "category", "fund_id")


def put_lines_in_force(budget: Budget, *, by: User, at: datetime) -> None:
    """Everything that follows from the approval, inside its transaction; the year is locked by then."""
    # The projects before their lines, as whoever posts an expense locks them.
    projects = Project.objects.select_for_update(of=("self",)).filter(cycle_id=budget.cycle_id).order_by("pk")
    keys = list(projects.values_list("pk", flat=True))
    budget.approved_at = at = after_reports(keys, at)
    _supersede(budget, by, at)
    before = sums_of_funds(budget.cycle_id)
    _appropriate(budget)
    change_funds(before, sums_of_funds(budget.cycle_id))
    _update_projects(budget, at)
    projects_changed(keys, by=by, at=at)


def _supersede(budget: Budget, by: User, at: datetime) -> None:
    before = Budget.objects.select_for_update().filter(cycle_id=budget.cycle_id, state=Budget.State.APPROVED).first()
    if before is None:
        return
    follow(BUDGET, before, "supersede", by=by, at=at)


def _appropriate(budget: Budget) -> None:
    """One appropriation per line number; never less than was spent, which the database itself refuses."""
    lines = BudgetLine.objects.filter(budget=budget).order_by()
    approved = Round(F("amount"), STORED_PLACES)
    in_force = lines.annotate(approved=approved, year=Value(budget.cycle_id))
    in_force = in_force.values("number", "id", "category", "fund_id", "approved", "year")
    held = Q(project__state=Project.State.ON_HOLD)
    on, give = {"number": "number", "cycle": "year"}, {"line": "id"}
    labels = {"category": "category", "fund": "fund_id", "approved": "approved"}
    try:
        with transaction.atomic():
            _open(budget)
            update_from(Appropriation, in_force.exclude(held), on=on, give=give | labels)
            update_from(Appropriation, in_force.filter(held), on=on, give=give)
    except IntegrityError as broken:
        raise NotReady(
            _("A line would hold less than was spent on it."), overspent(budget) or broken_limits(budget)
        ) from broken
    known = Appropriation.objects.filter(cycle_id=budget.cycle_id, number=OuterRef("number"))
    new = lines.filter(is_refused=False).exclude(Exists(known)).order_by("number")
    insert_from(
        Appropriation,
        ("cycle", "line", *CARRIED, "approved", "spent"),
        new.values_list(Value(budget.cycle_id), "pk", *CARRIED, approved, Value(ZERO)),
    )
    seal_rows(APPROVED_LINE, Appropriation.objects.filter(cycle_id=budget.cycle_id).values_list("pk", flat=True))


def _open(budget: Budget) -> None:
    """A line that was closed and belongs to a project that runs holds what this version says."""
    closed = Appropriation.objects.filter(cycle_id=budget.cycle_id, closed_at__isnull=False)
    ended = [Project.State.ON_HOLD, Project.State.CANCELLED]
    closed.exclude(project__state__in=ended).update(closed_at=None)


def sums_of_funds(cycle_id: int) -> dict[int, Decimal]:
    """What the approved lines of a year come to, by fund."""
    lines = Appropriation.objects.filter(cycle_id=cycle_id).order_by()
    sums = lines.values_list("fund").annotate(sum=Round(Sum("approved"), STORED_PLACES))
    return {fund: round(total, STORED_PLACES) for fund, total in sums}


def change_funds(before: Mapping[int, Decimal], after: Mapping[int, Decimal]) -> None:
    """Take from the funds what their lines in force hold more, and give back what they hold less.

    In a single condition for each fund, in the order of their keys: two years at once never take the same money.
    """
    for fund in sorted(set(before) | set(after)):
        take_from_fund(fund, after.get(fund, ZERO) - before.get(fund, ZERO))


def take_from_fund(fund_id: int, more: Decimal) -> None:
    """Take an amount from a fund (or give one back) for lines in force; refused where it does not hold that much."""
    if not more:
        return
    # Rounded, because SQLite adds in binary fractions.
    total = Round(F("in_force") + more, STORED_PLACES)
    found = Fund.objects.filter(pk=fund_id).annotate(total=total)
    if not found.filter(Q(amount__isnull=True) | Q(total__lte=F("amount"))).update(in_force=total):
        fund = Fund.objects.get(pk=fund_id)
        words = {"fund": fund.called, "left": exact(fund.left), "more": exact(more)}
        sentence = _("“%(fund)s” has %(left)s left, and the lines would take %(more)s more.")
        raise NotReady(
            interpolate(sentence, words), way_out=_("Cut lines of this funding source, or choose another one for some.")
        )


def _update_projects(budget: Budget, at: datetime) -> None:
    """Store what is budgeted per project: the sum of its approved lines."""
    lines = Appropriation.objects.filter(cycle_id=budget.cycle_id).order_by()
    projects = Project.objects.filter(cycle_id=budget.cycle_id)
    projects.filter(budgeted__gt=0).exclude(pk__in=lines.values("project_id")).update(budgeted=ZERO)
    named = BudgetLine.objects.filter(budget=budget).order_by().values("project_id")
    projects.filter(pk__in=named).update(budget_approved_at=at)
    sums = lines.values("project_id").annotate(total=Round(Sum("approved"), STORED_PLACES))
    update_from(Project, sums, on={"id": "project_id"}, give={"budgeted": "total"})

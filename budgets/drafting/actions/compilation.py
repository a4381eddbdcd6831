"""Compiling the budget from the allocations, and taking in what was allocated later."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from budgets.drafting.actions.budget import lock_cycle
from budgets.drafting.actions.sums import update_sums
from budgets.drafting.figures import QUARTERS, planned_places
from budgets.drafting.models import Budget, BudgetLine, Category, Fund
from budgets.drafting.models.fund import GENERAL_FUND
from budgets.drafting.queries.allocations import allocated_money, not_taken_in, undecided_requests
from budgets.drafting.workflow import BUDGET
from planning.models import Cycle, Metric, RequestLine, ResourceRequest
from sop_portal.foundation.kit.money import split_evenly
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import add_contributor, created, edit, note

AT_ONCE = 1000
CATEGORIES = {"people": Category.PEOPLE, "materials": Category.MATERIALS, "money": Category.SERVICES}


def compile_budget(cycle: Cycle, *, by: User, at: datetime) -> Budget:
    """Make the year's budget from everything that was allocated: one line per allocation."""
    with transaction.atomic():
        locked = lock_cycle(cycle.pk)
        grant = authority(Can.COMPILE_BUDGET, None, by, at)
        if Budget.objects.filter(cycle=locked).exists():
            raise NotNow(_("This year already has a budget."), _("Change the draft, or amend the approved version."))
        if not ResourceRequest.objects.filter(cycle=locked, state=ResourceRequest.State.ALLOCATED).exists():
            names = [
                interpolate(_("%(department)s: not decided yet."), {"department": r.department})
                for r in undecided_requests(cycle.pk)
            ]
            raise NotReady(_("No request is allocated yet, so there is nothing to compile."), names)
        budget = Budget.objects.create(cycle=locked, number=1)
        _add_general_fund(by, at, grant)
        _add_lines(budget, allocated_money(cycle.pk).select_related("request", "pool"), 1)
        update_sums(budget)
        add_contributor(BUDGET, budget, by, grant, at)
        created(BUDGET, budget, by=by, at=at, grant=grant)
    return budget


def _add_general_fund(by: User, at: datetime, grant: Grant) -> None:
    """The funding source on which lines begin, where it is not there yet."""
    fund, is_new = Fund.objects.get_or_create(name=GENERAL_FUND)
    if is_new:
        changes = [Change("name", "", GENERAL_FUND)]
        note("fund", fund, "create", by=by, at=at, behalf=grant.behalf, changes=changes)


def _add_lines(budget: Budget, allocations: Iterable[RequestLine], first: int) -> None:
    fund = Fund.objects.get(name=GENERAL_FUND)
    rows: Iterator[BudgetLine] = (
        _line(budget, allocation, number, fund) for number, allocation in zip(count(first), allocations, strict=False)
    )
    batch: list[BudgetLine] = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            BudgetLine.objects.bulk_create(batch)
            batch = []
    BudgetLine.objects.bulk_create(batch)


def _line(budget: Budget, allocation: RequestLine, number: int, fund: Fund) -> BudgetLine:
    q1, q2, q3, q4 = split_evenly(
        allocation.granted_cost, len(QUARTERS), planned_places(allocation.granted_cost, budget.cycle.currency)
    )
    return BudgetLine(
        budget=budget,
        number=number,
        department_id=allocation.request.department_id,
        project_id=allocation.project_id,
        category=category_of(allocation),
        fund=fund,
        allocation=allocation,
        allocated=allocation.granted_cost,
        q1=q1,
        q2=q2,
        q3=q3,
        q4=q4,
        computation=_computed(allocation),
    )


def category_of(allocation: RequestLine) -> Category:
    """What a line is spent on: materials that were forecast as such, though they are paid for in money."""
    return Category.MATERIALS if allocation.metric == Metric.MATERIALS else CATEGORIES[allocation.pool.kind]


def _computed(allocation: RequestLine) -> str:
    """How the amount came about: "240 × 13.75"."""
    if allocation.unit_cost in (0, 1) or allocation.granted == 1:
        return ""
    return f"{allocation.granted.normalize():f} × {allocation.unit_cost:f}"


def take_in_new(budget: Budget, *, by: User, at: datetime, seen: int) -> Budget:
    """Add a line for everything that was allocated since the budget was compiled."""
    with edit(BUDGET, budget, by=by, at=at, can=Can.COMPILE_BUDGET, seen=seen) as editing:
        if editing.record.state != Budget.State.DRAFT:
            raise NotNow(_("The budget is shared with the departments."), _("Take new allocations in by an amendment."))
        new = list(not_taken_in(editing.record).select_related("request", "pool"))
        if not new:
            way_out = _("What the resource team allocates from now on can be taken in.")
            raise NotReady(_("Nothing was allocated since the budget was compiled."), [], way_out)
        last = BudgetLine.objects.filter(budget=editing.record).aggregate(last=Max("number"))["last"] or 0
        _add_lines(editing.record, new, last + 1)
        update_sums(editing.record, {allocation.request.department_id for allocation in new})
        for allocation in new:
            editing.change("line", None, allocation.granted_cost, where=f"{allocation.project}: {allocation.called}")
    return budget

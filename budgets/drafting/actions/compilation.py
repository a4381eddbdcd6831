"""Compiling the budget from the allocations, and taking in what was allocated later."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import count

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from budgets.drafting.actions.budget import lock_cycle
from budgets.drafting.actions.funds import add_general_fund
from budgets.drafting.actions.sums import update_sums
from budgets.drafting.figures import QUARTERS, planned_places
from budgets.drafting.models import Budget, BudgetLine, Category, Fund
from budgets.drafting.models.fund import GENERAL_FUND
from budgets.drafting.queries.allocations import allocated_money, not_taken_in, undecided_requests
from budgets.drafting.workflow import BUDGET, LINE
from planning.models import Cycle, Metric, RequestLine, ResourceRequest
from sop_portal.foundation.kit.bulk import insert_rows
from sop_portal.foundation.kit.money import split_evenly
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.contributors import add_contributor
from sop_portal.foundation.workflow.engine import created, edit
from sop_portal.foundation.workflow.seals import seal_rows

AT_ONCE = 2000
COLUMNS = ("budget", "number", "department", "project", "category", "fund", "allocation", "allocated")
EMPTY = {"more_reason": "", "serves_purpose": "", "is_refused": False, "refusal": ""}
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
        add_general_fund(by, at, grant)
        _add_lines(budget, allocated_money(cycle.pk).select_related("request", "pool").iterator(AT_ONCE), 1)
        update_sums(budget)
        add_contributor(BUDGET, budget, by, grant, at)
        created(BUDGET, budget, by=by, at=at, grant=grant)
    return budget


def _add_lines(budget: Budget, allocations: Iterable[RequestLine], first: int) -> None:
    fund = Fund.objects.get(name=GENERAL_FUND)
    rows = (
        (
            budget.pk,
            number,
            allocation.request.department_id,
            allocation.project_id,
            category_of(allocation).value,
            fund.pk,
            allocation.pk,
            allocation.granted_cost,
            *_quarters(allocation.granted_cost, budget.cycle.currency),
            _computed(allocation),
            *EMPTY.values(),
        )
        for number, allocation in zip(count(first), allocations, strict=False)
    )
    seal_rows(LINE, insert_rows(BudgetLine, (*COLUMNS, *QUARTERS, "computation", *EMPTY), rows))


def _quarters(amount: Decimal, currency: str) -> list[Decimal]:
    return split_evenly(amount, len(QUARTERS), planned_places(amount, currency))


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

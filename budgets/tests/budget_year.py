"""A year whose requests are allocated, for the tests of the budget, and the way a budget goes from there."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from budgets.drafting import actions
from budgets.models import Budget, BudgetLine, Confirmation
from planning.models import Cycle, Pool, Project, RequestLine, ResourceRequest, StageWindow
from sop_portal.dashboards.checks.sealed import seal_what_is_not
from sop_portal.foundation.organisation.models import Department, User

MAY = datetime(2027, 5, 10, 16, tzinfo=UTC)
APRIL = datetime(2027, 4, 12, 16, tzinfo=UTC)


def published_cycle(by: User, **values: Any) -> Cycle:
    """The year 2027, its budget to be approved by 30 June."""
    cycle = Cycle.objects.create(
        year=2027,
        starts_on=date(2027, 7, 1),
        ends_on=date(2028, 6, 30),
        state="published",
        published_at=APRIL,
        published_by=by,
        **values,
    )
    StageWindow.objects.create(
        cycle=cycle,
        stage="budget",
        opens_on=date(2027, 4, 1),
        due_on=date(2027, 6, 30),
        grace_until=date(2027, 7, 7),
        first_due_on=date(2027, 6, 30),
    )
    return cycle


def planned_project(cycle: Cycle, department: Department, name: str, lead: User | None = None) -> Project:
    """A project of the year."""
    return Project.objects.create(
        cycle=cycle,
        department=department,
        name=name,
        slug=name.lower().replace(" ", "-"),
        lead=lead,
        starts_on=cycle.starts_on,
        ends_on=cycle.ends_on,
    )


def allocated_request(cycle: Cycle, department: Department, people: SimpleNamespace) -> ResourceRequest:
    """A department's request, decided by the resource team."""
    return ResourceRequest.objects.create(
        cycle=cycle,
        department=department,
        due=date(2027, 4, 14),
        state="allocated",
        submitted_at=APRIL,
        submitted_by=people.amina,
        allocated_at=APRIL,
        allocated_by=people.chidi,
    )


def granted(request: ResourceRequest, project: Project, amount: str, kind: str = "money") -> RequestLine:
    """A line of it, granted in full."""
    terms = {"kind": kind, "unit": "USD", "capacity": Decimal(10**8)}
    if kind != "money":
        money = {**terms, "kind": "money"}
        payer, _ = Pool.objects.get_or_create(cycle=request.cycle, name="Money", defaults=money)
        terms |= {"rate": Decimal(1), "paid_from": payer}
    pool, _ = Pool.objects.get_or_create(cycle=request.cycle, name=kind.title(), defaults=terms)
    value = Decimal(amount)
    return RequestLine.objects.create(
        request=request,
        project=project,
        pool=pool,
        what=f"{project.name} {kind}",
        why_not_forecast="Came up later",
        quantity=value,
        unit_cost=Decimal(1),
        cost=value,
        decision="full",
        granted=value,
        granted_cost=value,
        decided_at=APRIL,
        decided_by=request.allocated_by,
    )


def compiled(cycle: Cycle, people: SimpleNamespace) -> Budget:
    """A draft, compiled by Dora."""
    return actions.compile_budget(cycle, by=people.dora, at=MAY)


def shared(cycle: Cycle, people: SimpleNamespace) -> Budget:
    """A budget compiled by Dora and shared with the departments."""
    budget = compiled(cycle, people)
    return actions.share(budget, by=people.dora, at=MAY, seen=budget.version)


def answer_of(budget: Budget, department: Department) -> Confirmation:
    """What a department says of it."""
    related = Confirmation.objects.select_related("department", "budget__cycle")
    found: Confirmation = related.get(budget=budget, department=department)
    return found


def confirm_all(budget: Budget, people: SimpleNamespace) -> None:
    """Both heads confirm."""
    heads = {"arts": people.amina, "sports": people.bao}
    for answer in Confirmation.objects.filter(budget=budget, state="awaiting").select_related("department"):
        actions.confirm(answer, by=heads[answer.department.slug], at=MAY, seen=answer.version)


def proposed(cycle: Cycle, people: SimpleNamespace) -> Budget:
    """Shared, confirmed by everybody and proposed by Dora."""
    return propose(shared(cycle, people), people)


def propose(budget: Budget, people: SimpleNamespace) -> Budget:
    """Confirmed by everybody and proposed by Dora."""
    confirm_all(budget, people)
    budget.refresh_from_db()
    return actions.propose(budget, by=people.dora, at=MAY, seen=budget.version)


def approved(cycle: Cycle, people: SimpleNamespace) -> Budget:
    """Approved by Emil."""
    budget = proposed(cycle, people)
    return actions.approve(budget, by=people.emil, at=MAY, seen=budget.version)


def line_of(budget: Budget, number: int) -> BudgetLine:
    """One line, as a page would fetch it."""
    related = BudgetLine.objects.select_related("budget__cycle", "project", "department", "fund")
    line: BudgetLine = related.get(budget=budget, number=number)
    return line


def set_amount(line: BudgetLine, amount: int | str, by: User, **values: Any) -> BudgetLine:
    """Put a whole amount into the first quarter."""
    zero = Decimal(0)
    values.setdefault("more_reason", "Prices rose")
    seen = Budget.objects.get(pk=line.budget_id).version
    amounts = actions.LineAmounts(Decimal(amount), zero, zero, zero, **values)
    return actions.set_line(line, amounts, by=by, at=MAY, seen=seen)


def update_stored_totals() -> None:
    """What the rows of the fixtures come to and what is finished of them, as the actions would have kept it."""
    for request in ResourceRequest.objects.all():
        lines = list(request.lines.all())
        costs = {"cost": sum(line.cost for line in lines), "granted_cost": sum(line.granted_cost for line in lines)}
        ResourceRequest.objects.filter(pk=request.pk).update(line_count=len(lines), undecided=0, **costs)
    for project in Project.objects.all():
        lines = list(project.request_lines.all())
        costs = {"asked": sum(line.cost for line in lines), "granted": sum(line.granted_cost for line in lines)}
        Project.objects.filter(pk=project.pk).update(**costs)
    taken: dict[int, Decimal] = dict.fromkeys(Pool.objects.values_list("pk", flat=True), Decimal(0))
    for line in RequestLine.objects.select_related("pool__paid_from"):
        for pool_id, amount in line.pool.taken_by(line.granted, line.granted_cost).items():
            taken[pool_id] += amount
    for pool_id, amount in taken.items():
        Pool.objects.filter(pk=pool_id).update(committed=amount)
    seal_what_is_not()

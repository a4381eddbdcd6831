"""A year that runs, for the tests of spending and of what comes after it: one place to switch to actions."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from budgets.models import Appropriation, Budget, BudgetLine, Fund
from planning.models import Cycle, Pool, Project, RequestLine, ResourceRequest
from sop_portal.foundation.organisation.models import Department, User

OCTOBER = datetime(2027, 10, 12, 16, tzinfo=UTC)
BEFORE = datetime(2027, 6, 20, 16, tzinfo=UTC)


def running_cycle(by: User) -> Cycle:
    """The published year 2027, executed from July 2027 to June 2028."""
    return Cycle.objects.create(
        year=2027,
        starts_on=date(2027, 7, 1),
        ends_on=date(2028, 6, 30),
        state="published",
        published_at=BEFORE,
        published_by=by,
    )


def active_project(cycle: Cycle, department: Department, lead: User | None, name: str, **values: Any) -> Project:
    """A project that was started before the year began."""
    given = {
        "starts_on": cycle.starts_on,
        "ends_on": cycle.ends_on,
        "state": "active",
        "activated_at": BEFORE,
        "activated_by": lead or User.objects.order_by("pk").first(),
        "budget_approved_at": BEFORE,
        "activities_planned": 120,
        "participants_planned": 2400,
        "slug": name.lower().replace(" ", "-"),
    }
    return Project.objects.create(cycle=cycle, department=department, lead=lead, name=name, **{**given, **values})


def approved_line_of(
    project: Project,
    quarters: tuple[int | str, int | str, int | str, int | str] = (300, 300, 300, 300),
    *,
    category: str = "services",
    purpose: str = "",
) -> Appropriation:
    """An approved line of the budget in force, led back to a granted request line."""
    cycle, department = project.cycle, project.department
    q1, q2, q3, q4 = (Decimal(q) for q in quarters)
    amount = q1 + q2 + q3 + q4
    budget = Budget.objects.filter(cycle=cycle).first() or Budget.objects.create(cycle=cycle, number=1)
    number = 118 + Appropriation.objects.filter(cycle=cycle).count()
    restricted = {"is_restricted": True, "purpose": purpose, "amount": Decimal(1_000_000)}
    name = f"Fund for {purpose}" if purpose else "Own funds"
    fund, _ = Fund.objects.get_or_create(name=name, defaults=restricted if purpose else {})
    Fund.objects.filter(pk=fund.pk).update(in_force=F("in_force") + amount)
    line = BudgetLine.objects.create(
        budget=budget,
        number=number,
        department=department,
        project=project,
        category=category,
        fund=fund,
        allocation=granted_line_of(project, amount),
        allocated=amount,
        serves_purpose=purpose,
        q1=q1,
        q2=q2,
        q3=q3,
        q4=q4,
    )
    project.asked, project.granted = project.asked + amount, project.granted + amount
    project.budgeted += amount
    project.save(update_fields=["asked", "granted", "budgeted"])
    return Appropriation.objects.create(
        cycle=cycle,
        number=number,
        line=line,
        department=department,
        project=project,
        category=category,
        fund=fund,
        approved=amount,
    )


def granted_line_of(project: Project, amount: Decimal) -> RequestLine:
    """What was asked for the project and granted in full."""
    cycle, department = project.cycle, project.department
    chidi, amina = (User.objects.get(email=f"{name}@example.org") for name in ("chidi", "amina"))
    allocated = {"submitted_at": BEFORE, "submitted_by": amina, "allocated_at": BEFORE, "allocated_by": chidi}
    request, _ = ResourceRequest.objects.get_or_create(
        cycle=cycle, department=department, defaults={"due": date(2027, 4, 14), "state": "allocated", **allocated}
    )
    ResourceRequest.objects.filter(pk=request.pk).update(
        line_count=F("line_count") + 1, cost=F("cost") + amount, granted_cost=F("granted_cost") + amount
    )
    pool, _ = Pool.objects.get_or_create(
        cycle=cycle, name="Money", defaults={"kind": "money", "unit": "USD", "capacity": Decimal(1_000_000)}
    )
    Pool.objects.filter(pk=pool.pk).update(committed=F("committed") + amount)
    return RequestLine.objects.create(
        request=request,
        project=project,
        pool=pool,
        what="Reading hall",
        why_not_forecast="Came up later",
        quantity=amount,
        unit_cost=Decimal(1),
        cost=amount,
        decision="full",
        granted=amount,
        granted_cost=amount,
        decided_at=BEFORE,
        decided_by=chidi,
    )

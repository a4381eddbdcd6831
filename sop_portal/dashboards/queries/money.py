"""The money of a year on its way from need to spending, summed from the totals kept per project."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from planning.models import Cycle, Project
from sop_portal.dashboards.figures import ZERO
from sop_portal.foundation.organisation.actor import Actor

MONEY = ("needed", "asked", "granted", "budgeted", "spent")


@dataclass(frozen=True)
class MoneyTotals:
    """Five amounts in the cycle's currency, and the number of projects they were summed from."""

    needed: Decimal
    asked: Decimal
    granted: Decimal
    budgeted: Decimal
    spent: Decimal
    projects: int


@dataclass(frozen=True)
class DepartmentMoney:
    """The amounts of one department."""

    department_id: int
    totals: MoneyTotals


def money_by_department(cycle: Cycle, actor: Actor) -> list[DepartmentMoney]:
    """The year's money by department, within what the person sees."""
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(actor).order_by().values_list("department_id")
    rows = found.annotate(*(Sum(name) for name in MONEY), Count("pk"))
    return [
        DepartmentMoney(department, MoneyTotals(**dict(zip(MONEY, sums, strict=True)), projects=projects))
        for department, *sums, projects in rows
    ]


def total_money(departments: Iterable[DepartmentMoney]) -> MoneyTotals:
    """All departments together."""
    total = dict.fromkeys(MONEY, ZERO)
    projects = 0
    for department in departments:
        projects += department.totals.projects
        for name in MONEY:
            total[name] += getattr(department.totals, name)
    return MoneyTotals(**total, projects=projects)

"""The money of a year on its way from need to spending, summed from the totals kept per project."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from budgets.drafting.figures import QUARTERS
from budgets.models import Appropriation, Budget, BudgetSum
from planning.models import Cycle, Project, ResourceRequest
from planning.requests.workflow import REQUEST
from sop_portal.dashboards.figures import ZERO, percentage
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department

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


@dataclass(frozen=True)
class DecidedMoney:
    """What the decided requests of a year asked and were granted; the others are not refused, only not decided.

    Requests that are not `handed_in` may still ask for more.
    """

    asked: Decimal
    granted: Decimal
    requests: int
    all_requests: int
    not_handed_in: int = 0

    @property
    def part(self) -> Decimal | None:
        """How much of it was granted, in percent; None while nothing is decided."""
        return percentage(self.granted, self.asked)

    @property
    def is_complete(self) -> bool:
        """Whether no request waits for a decision."""
        return 0 < self.requests == self.all_requests

    @property
    def unfinished(self) -> list[str]:
        """The stages of which some departments are not a part yet."""
        return [name for name, is_whole in (("asked", self.is_asked), ("granted", self.is_complete)) if not is_whole]

    @property
    def is_asked(self) -> bool:
        """Whether everybody has said what they ask for."""
        return self.all_requests > 0 and not self.not_handed_in


def decided_money_of_all_departments(cycle: Cycle) -> DecidedMoney:
    """The requests of the year that are allocated, out of all that are not waived."""
    found = ResourceRequest.objects.filter(cycle_id=cycle.pk).exclude(state=ResourceRequest.State.WAIVED)
    decided = Q(state=ResourceRequest.State.ALLOCATED)
    sums = found.aggregate(
        asked=Sum("cost", filter=decided),
        granted=Sum("granted_cost", filter=decided),
        requests=Count("pk", filter=decided),
        all_requests=Count("pk"),
        open=Count("pk", filter=Q(state__in=REQUEST.editable)),
    )
    decided_sums = sums["asked"] or ZERO, sums["granted"] or ZERO
    return DecidedMoney(*decided_sums, sums["requests"], sums["all_requests"], sums["open"])


def money_by_department(cycle: Cycle, actor: Actor) -> list[DepartmentMoney]:
    """The year's money by department, within what the person sees."""
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(actor).order_by().values_list("department_id")
    rows = found.annotate(*(Sum(name) for name in MONEY), Count("pk"))
    found_money = [(pk, dict(zip(MONEY, sums, strict=True)), projects) for pk, *sums, projects in rows]
    return [DepartmentMoney(pk, MoneyTotals(**money, projects=projects)) for pk, money, projects in found_money]


def total_money(departments: Iterable[DepartmentMoney]) -> MoneyTotals:
    """The sums of all departments together."""
    total = dict.fromkeys(MONEY, ZERO)
    projects = 0
    for department in departments:
        projects += department.totals.projects
        for name in MONEY:
            total[name] += getattr(department.totals, name)
    return MoneyTotals(**total, projects=projects)


@dataclass(frozen=True)
class DivisionMoney:
    """The amounts of a division: what its departments add up to, and how many they are."""

    name: str
    departments: int
    totals: dict[str, Decimal | None]


def money_by_division(
    departments: Iterable[DepartmentMoney], happened: Collection[str] = MONEY, unfinished: Collection[str] = ()
) -> list[DivisionMoney]:
    """The money of departments by division, those without one last; nothing where there are no divisions.

    Of a stage that has not `happened` yet nobody has an amount, of one that is `unfinished` only who is a part of it.
    """
    found = list(departments)
    named = dict(Department.objects.exclude(division="").values_list("pk", "division"))
    groups: dict[str, list[DepartmentMoney]] = defaultdict(list)
    for department in found:
        groups[named.get(department.department_id, "")].append(department)
    ordered = sorted(groups, key=lambda name: (not name, name.casefold()))
    if not any(groups):
        return []
    sums = {name: total_money(groups[name]) for name in ordered}

    def amount(name: str, stage: str) -> Decimal | None:
        found: Decimal = getattr(sums[name], stage)
        return found if stage in happened and (found or stage not in unfinished) else None

    return [DivisionMoney(name, len(groups[name]), {stage: amount(name, stage) for stage in MONEY}) for name in ordered]


def stages_that_happened(totals: MoneyTotals, cycle: Cycle, on: date) -> list[str]:
    """The stages whose money the year can show: what is nothing everywhere has not happened, but for the spending."""
    is_running = bool(totals.budgeted) and on >= cycle.starts_on
    return [name for name in MONEY if getattr(totals, name) or (name == "spent" and is_running)]


def plan_of_year(cycle: Cycle) -> list[Decimal]:
    """What the budget in force plans for each quarter, all departments together."""
    in_force = BudgetSum.objects.filter(budget__cycle_id=cycle.pk, budget__state=Budget.State.APPROVED)
    sums = in_force.aggregate(**{quarter: Sum(quarter) for quarter in QUARTERS})
    return [sums[quarter] or ZERO for quarter in QUARTERS]


def plans_of_projects(projects: Iterable[Project]) -> dict[int, list[Decimal]]:
    """What the approved lines of each project plan for each quarter; one query for all of them."""
    lines = Appropriation.objects.filter(project__in=[project.pk for project in projects]).order_by()
    sums = [Sum(f"line__{quarter}") for quarter in QUARTERS]
    return {pk: quarters for pk, *quarters in lines.values_list("project_id").annotate(*sums)}

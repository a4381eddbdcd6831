"""What was granted in a year and what of it a budget holds, for everybody who compiles or checks a budget."""

from django.db.models import Exists, OuterRef, QuerySet

from budgets.drafting.models import Budget, BudgetLine
from planning.models import RequestLine, ResourceRequest


def undecided_requests(cycle_id: int) -> QuerySet[ResourceRequest]:
    """Requests nobody decided on yet: their departments are gaps in the budget, not zeros."""
    decided = [ResourceRequest.State.ALLOCATED, ResourceRequest.State.WAIVED]
    found = ResourceRequest.objects.filter(cycle_id=cycle_id).exclude(state__in=decided)
    return found.select_related("department", "cycle").order_by("department__name")


def allocated_money(cycle_id: int) -> QuerySet[RequestLine]:
    """Everything that was granted in money in a year, in a settled order."""
    granted = RequestLine.objects.filter(
        request__cycle_id=cycle_id, request__state=ResourceRequest.State.ALLOCATED, granted_cost__gt=0
    )
    return granted.order_by("request__department__name", "project__name", "pk")


def not_taken_in(budget: Budget) -> QuerySet[RequestLine]:
    """Allocations that are not lines of this budget yet."""
    taken = BudgetLine.objects.filter(budget=budget, allocation=OuterRef("pk"))
    return allocated_money(budget.cycle_id).exclude(Exists(taken))


def lines_without_money(budget: Budget) -> QuerySet[BudgetLine]:
    """Lines that stand in the budget with nothing, though nobody said why."""
    return BudgetLine.objects.filter(budget=budget, is_refused=False, q1=0, q2=0, q3=0, q4=0)

"""What the lines of a budget take of the money pools that pay for them."""

from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from budgets.drafting.models import Budget, BudgetLine
from planning.models import Pool


def taken_of_pools(budget: Budget) -> list[tuple[Pool, Decimal]]:
    """Every money pool of the year that lines of a version are paid from, with what these come to."""
    taken = _by_pool(BudgetLine.objects.filter(budget=budget))
    pools = Pool.objects.filter(pk__in=taken).order_by("pk")
    return [(pool, taken[pool.pk]) for pool in pools]


def beyond_pools(budget: Budget) -> list[tuple[Pool, Decimal]]:
    """Those of which the lines take more than there is."""
    return [(pool, amount) for pool, amount in taken_of_pools(budget) if amount > pool.capacity]


def taken_in_force(cycle_id: int) -> dict[int, Decimal]:
    """What the lines in force of a year take of each money pool."""
    return _by_pool(BudgetLine.objects.filter(budget__cycle_id=cycle_id, budget__state=Budget.State.APPROVED))


def _by_pool(lines: QuerySet[BudgetLine]) -> dict[int, Decimal]:
    """People and materials count to the money that pays for them."""
    payer = Coalesce("allocation__pool__paid_from_id", "allocation__pool_id")
    found = lines.filter(is_refused=False, allocation__isnull=False, allocation__pool__is_paid_for=False)
    return dict(found.order_by().values_list(payer).annotate(Sum("amount")))

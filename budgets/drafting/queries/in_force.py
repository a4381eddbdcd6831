"""What lines hold in force where that is less than was approved: their project was stopped, and they were closed."""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext as _

from budgets.drafting.figures import ZERO, exact, planned_places, spread
from budgets.drafting.models import Appropriation, Budget, BudgetLine
from planning.models import Project
from sop_portal.foundation.kit.formats import day_of_year


def closed_among(budget: Budget, numbers: Iterable[int] | None = None) -> dict[int, Appropriation]:
    """The closed lines, all or those of these numbers, for the version in force and for one that is to follow it.

    A version that was superseded says what was approved then: what was closed since says nothing of it.
    """
    if budget.state == Budget.State.SUPERSEDED:
        return {}
    found = _closed().filter(cycle_id=budget.cycle_id)
    if numbers is not None:
        found = found.filter(number__in=list(numbers))
    return {line.number: line for line in found.select_related("project", "cycle", "line")}


def amounts_in_force(budget: Budget, lines: Iterable[BudgetLine]) -> dict[int, Decimal]:
    """What these lines held in the version that this one amends, by number.

    While it is in the making that is, for what it changes, what they hold in force: less where their project was
    stopped meanwhile. A line that was cut to that for that reason is beside what was approved: the rest became free.
    """
    if budget.based_on_id is None:
        return {}
    amounts = {line.number: line.amount for line in lines}
    base = BudgetLine.objects.filter(budget=budget.based_on_id, number__in=list(amounts))
    held: dict[int, Decimal] = dict(base.values_list("number", "amount"))
    if budget.approved_at is None:
        closed = closed_among(budget, amounts)
        changed = {number for number in closed if amounts[number] not in (held.get(number), closed[number].approved)}
        held |= {number: closed[number].approved for number in changed}
    return held


def quarters_in_force() -> dict[int, list[Decimal]]:
    """What the closed lines of the versions in force hold by quarter, in the shape of their plan, by budget line."""
    return {
        one.line_id: spread(one.approved, one.line.quarters, planned_places(one.approved, one.cycle.currency))
        for one in _closed().select_related("line", "cycle")
    }


def freed_since(budget: Budget, lines: QuerySet[BudgetLine]) -> Decimal:
    """By how much less these lines of the version in force hold than it says."""
    if budget.state != Budget.State.APPROVED:
        return ZERO
    closed = _closed().filter(line__in=lines.order_by().values("pk"))
    return closed.aggregate(freed=Sum(F("line__amount") - F("approved")))["freed"] or ZERO


def why_closed(line: Appropriation) -> str:
    """ "closed at 0 since 3 March 2027, because the project was cancelled": what stands beside what was approved."""
    sentences: dict[str, str] = {
        Project.State.CANCELLED: _("closed at %(amount)s since %(day)s, because the project was cancelled"),
        Project.State.ON_HOLD: _("closed at %(amount)s since %(day)s, because the project is on hold"),
    }
    otherwise = _("closed at %(amount)s since %(day)s, because the project was on hold")
    since = line.cycle.day(line.closed_at) if line.closed_at else None
    return sentences.get(line.project.state, otherwise) % {"amount": exact(line.approved), "day": day_of_year(since)}


def _closed() -> QuerySet[Appropriation]:
    """The closed lines that hold another sum than the version in force says."""
    return Appropriation.objects.filter(closed_at__isnull=False).exclude(approved=F("line__amount"))

"""The records an address names, as far as this person may see them; everything else is not there."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from budgets.drafting.models import Budget, BudgetLine, Confirmation
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor


def budgets_of(request: Request, year: int) -> QuerySet[Budget]:
    """The versions this person may see, the newest first."""
    found = Budget.objects.filter(cycle__year=year).visible_to(request.actor)
    related = found.select_related("cycle", "based_on", "shared_by", "proposed_by", "endorsed_by", "approved_by")
    return related.prefetch_related("cycle__windows").order_by("-number")


def find_budget(request: Request, *, year: int, number: int, **_: Any) -> Budget:
    """One version."""
    return get_object_or_404(budgets_of(request, year), number=number)


def lines_of(budget: Budget, actor: Actor) -> QuerySet[BudgetLine]:
    """The lines of a version this person may see."""
    return BudgetLine.objects.filter(budget=budget).visible_to(actor)


def find_line(request: Request, *, year: int, number: int, line: int) -> BudgetLine:
    """One line of a version, with what names it."""
    found = lines_of(find_budget(request, year=year, number=number), request.actor)
    related = found.select_related("budget__cycle", "budget__based_on", "project", "department", "fund")
    return get_object_or_404(related, number=line)


def find_answer(request: Request, *, year: int, number: int, department: str, **_: Any) -> Confirmation:
    """What one department says of one version."""
    found = Confirmation.objects.visible_to(request.actor).select_related("department", "budget__cycle")
    answer: Confirmation = get_object_or_404(
        found, budget__cycle__year=year, budget__number=number, department__slug=department
    )
    return answer

"""The budgets, lines and confirmations that an address names, as far as this person may see them."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from budgets.drafting.models import Budget, BudgetLine, Confirmation, Fund
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor


def budgets_of(request: Request, year: int) -> QuerySet[Budget]:
    """The versions of a year this person may see, the newest first."""
    found = Budget.objects.filter(cycle__year=year).visible_to(request.actor)
    related = found.select_related("cycle", "based_on", "shared_by", "proposed_by", "endorsed_by", "approved_by")
    return related.prefetch_related("cycle__windows").order_by("-number")


def find_budget(request: Request, *, year: int, number: int) -> Budget:
    """One version."""
    return get_object_or_404(budgets_of(request, year), number=number)


def lines_of(budget: Budget, actor: Actor) -> QuerySet[BudgetLine]:
    """The lines of a version this person may see."""
    return BudgetLine.objects.filter(budget=budget).visible_to(actor)


def find_line(budget: Budget, actor: Actor, number: int) -> BudgetLine:
    """One line of a version, with what names it."""
    related = lines_of(budget, actor).select_related(
        "budget__cycle", "budget__based_on", "project", "department", "fund"
    )
    return get_object_or_404(related, number=number)


def find_confirmation(request: Request, *, year: int, number: int, department: str) -> Confirmation:
    """What one department says of one version."""
    found = Confirmation.objects.visible_to(request.actor).select_related("department", "budget__cycle")
    confirmation: Confirmation = get_object_or_404(
        found, budget__cycle__year=year, budget__number=number, department__slug=department
    )
    return confirmation


def lines_of_confirmation(confirmation: Confirmation) -> QuerySet[BudgetLine]:
    """The lines a department is asked to confirm; for whoever sees the confirmation."""
    return BudgetLine.objects.filter(budget_id=confirmation.budget_id, department_id=confirmation.department_id)


def find_fund(request: Request, pk: int) -> Fund:
    """One funding source."""
    return get_object_or_404(Fund.objects.visible_to(request.actor), pk=pk)

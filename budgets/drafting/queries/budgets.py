"""The budgets, lines and confirmations that an address names, as far as this person may see them."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from budgets.drafting.models import Budget, BudgetLine, Confirmation, Fund
from sop_portal.foundation.kit.filters import NotUnderstood, is_key
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry

LONGEST_NUMBER = 10


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
    return get_object_or_404(_with_names(budget, actor), number=number)


def line_asked(budget: Budget, actor: Actor, number: str) -> BudgetLine:
    """The line that an address names; what is none of the version, or of those one may see, is not understood."""
    is_number = is_key(number) and len(number) < LONGEST_NUMBER
    found = _with_names(budget, actor).filter(number=int(number)).first() if is_number else None
    if found is None:
        raise NotUnderstood(_("Line"), number)
    return found


def _with_names(budget: Budget, actor: Actor) -> QuerySet[BudgetLine]:
    related = ("budget__cycle", "budget__based_on", "project", "department", "fund")
    return lines_of(budget, actor).select_related(*related)


def find_confirmation(request: Request, *, year: int, number: int, department: str) -> Confirmation:
    """What one department says of one version."""
    found = Confirmation.objects.visible_to(request.actor).select_related("department", "budget__cycle")
    confirmation: Confirmation = get_object_or_404(
        found, budget__cycle__year=year, budget__number=number, department__slug=department
    )
    return confirmation


def answer_in_year(cycle_id: int, department_id: int) -> Confirmation | None:
    """What a department said of the newest version it was asked about: the page on which its lines are talked of."""
    found: Any = Confirmation.objects.filter(budget__cycle_id=cycle_id, department_id=department_id)
    newest = found.exclude(budget__state=Budget.State.DRAFT).order_by("-budget__number")
    answer: Confirmation | None = newest.select_related("department", "budget__cycle").first()
    return answer


def address_of(answer: Confirmation) -> list[int | str]:
    """Year, version and department: what the addresses of a department's page are made of."""
    return [answer.budget.cycle.year, answer.budget.number, answer.department.slug]


def made_now(cycle_id: int) -> Budget | None:
    """The version of a year that is being worked on, if there is one."""
    decided = [Budget.State.APPROVED, Budget.State.SUPERSEDED]
    return Budget.objects.filter(cycle_id=cycle_id).exclude(state__in=decided).select_related("cycle").first()


def begun_by_whom(other: Budget) -> str:
    """Who works on the version in the making, and since when."""
    begun = Entry.objects.of("budget", other.pk).filter(verb="create").first()
    person = User.objects.filter(pk=begun.by_id).first() if begun and begun.by_id else None
    words = {"number": other.number, "person": person or "–", "day": day_of_year(begun.at if begun else None)}
    sentence = _("%(person)s works on version %(number)s since %(day)s; there is one amendment at a time.")
    return interpolate(sentence, words)


def lines_of_confirmation(confirmation: Confirmation) -> QuerySet[BudgetLine]:
    """The lines a department is asked to confirm; for whoever sees the confirmation."""
    return BudgetLine.objects.filter(budget_id=confirmation.budget_id, department_id=confirmation.department_id)


def find_fund(request: Request, pk: int) -> Fund:
    """One funding source."""
    return get_object_or_404(Fund.objects.visible_to(request.actor), pk=pk)

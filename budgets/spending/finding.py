"""Finding the rows of a page, always among those the person may see."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from budgets.drafting.models import Appropriation
from budgets.spending.forms import ChooseForm, is_key
from budgets.spending.models import Expense, SpendingException
from planning.models import Cycle, Project
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can, Role

MOST_OFFERED = 200
WITH_CHAIN = ("cycle", "department", "project", "fund", "line__budget", "line__allocation")


def lines_of(cycle: Cycle, actor: Actor) -> "QuerySet[Appropriation]":
    """The approved lines of a year that a person may see."""
    return Appropriation.objects.filter(cycle_id=cycle.pk).visible_to(actor)


def expenses_of(cycle: Cycle, actor: Actor) -> "QuerySet[Expense]":
    """The expenses of a year that a person may see."""
    return Expense.objects.filter(cycle_id=cycle.pk).visible_to(actor)


def exceptions_of(cycle: Cycle, actor: Actor) -> "QuerySet[SpendingException]":
    """The exceptions of a year that a person may see."""
    return SpendingException.objects.filter(cycle_id=cycle.pk).visible_to(actor)


def postable(cycle: Cycle, actor: Actor, project: str = "") -> list[Appropriation]:
    """The lines a person may post on (of one project, if a link names it), for choosing one; at most 200."""
    lines = lines_of(cycle, actor).filter(project__state=Project.State.ACTIVE).select_related("project", "department")
    if not actor.sees_everything:
        leads = {grant.behalf or actor.user.pk for grant in actor.grants if grant.role == Role.LEAD}
        lines = lines.filter(project__lead_id__in=leads)
    if is_key(project):
        lines = lines.filter(project_id=project)
    return [line for line in lines.order_by("number")[:MOST_OFFERED] if actor.may(Can.POST_EXPENSE, line)]


def chosen(request: Request, cycle: Cycle, asked: Any) -> tuple[Appropriation | None, ChooseForm | None]:
    """The line that was named, or the form to choose one; a line one may not see is not there."""
    if asked.get("line"):
        form = ChooseForm(asked, lines=[], cycle=cycle)
        if form.is_valid():
            lines = lines_of(cycle, request.actor).select_related(*WITH_CHAIN)
            return get_object_or_404(lines, number=form.cleaned_data["line"]), None
    offered = postable(cycle, request.actor, asked.get("project", ""))
    return None, ChooseForm(asked if "line" in asked else None, lines=offered, cycle=cycle)


def granted_exception(request: Request, line: Appropriation, typed: str) -> SpendingException | None:
    """The exception the expense rests on, if the form names one."""
    if not typed:
        return None
    if not is_key(typed):
        raise Http404
    return get_object_or_404(line.exceptions.visible_to(request.actor), pk=typed)

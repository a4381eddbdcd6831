"""Choosing the approved line that an expense or an exception is for."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from budgets.drafting.models import Appropriation
from budgets.spending.forms import ChooseForm
from budgets.spending.queries import WITH_CHAIN, lines_of, lines_to_post_on
from planning.models import Cycle, Project
from sop_portal.foundation.kit.filters import NotUnderstood, key_asked
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.workflow.years import year_closed

# What an address says of the line.
CHOSEN = ("line", "project")


def chosen_line(request: Request, cycle: Cycle, asked: QueryDict) -> tuple[Appropriation | None, ChooseForm | None]:
    """The line that was named, or the form to choose one; a line one may not see does not exist."""
    unknown = ""
    if asked.get("line"):
        form = ChooseForm(asked, lines=[], cycle=cycle)
        if form.is_valid():
            lines = lines_of(cycle, request.actor).select_related(*WITH_CHAIN)
            if found := lines.filter(number=form.cleaned_data["line"]).first():
                return found, None
            unknown = _("The year %(year)s has no approved line %(number)s that you may see. Choose one of these.")
            unknown %= {"year": cycle, "number": form.cleaned_data["line"]}
    project = key_asked(asked, "project")
    if project and not Project.objects.visible_to(request.actor).filter(cycle_id=cycle.pk, pk=project).exists():
        raise NotUnderstood(_("Project"), project)
    offered = lines_to_post_on(cycle, request.actor, project)
    form = ChooseForm(asked if "line" in asked else None, lines=offered, cycle=cycle)
    if unknown:
        form.add_error("line", unknown)
    return None, form


def show_choice(request: Request, cycle: Cycle, form: ChooseForm | None, status: int = 200) -> HttpResponse:
    """The lines to choose from, or why there are none; a line that was named and is none is said beside its field."""
    if cycle.is_closed:
        raise year_closed(cycle)
    status = 422 if form and form.errors else status
    context = {"cycle": cycle, "form": form if form and (form.offers_any or form.errors) else None}
    return render(request, "budgets/spending/choose.html", context, status=status)

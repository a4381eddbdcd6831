"""The years of the set-up: their list, and the form of a new one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.cycles import actions
from planning.cycles.calendar import first_year
from planning.cycles.forms import YearForm
from planning.cycles.models import Cycle
from planning.cycles.pages.preview import YearPreview, preview_of
from planning.cycles.workflow import CYCLE, only_for
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.models import Organisation
from sop_portal.foundation.organisation.roles import Can


@page(Can.RUN_CYCLE)
def years(request: Request) -> HttpResponse:
    """Every year, the newest first."""
    cycles = Cycle.objects.visible_to(request.actor)
    rows = [(cycle, CYCLE.tones[cycle.state]) for cycle in cycles]
    return render(request, "planning/cycles/years.html", {"rows": rows})


@page(Can.RUN_CYCLE)
def ask_year(request: Request) -> HttpResponse:
    """The form of a new year."""
    newest = Cycle.objects.order_by("-year").first()
    organisation = Organisation.current()
    start = {"starts_month": organisation.planning_month, "currency": organisation.currency}
    if newest:
        start |= {"year": newest.year + 1, "currency": newest.currency}
    else:
        start["year"] = first_year(request.today, organisation.planning_month)
    return _show(request, YearForm(initial=start, on=request.today))


@act(Can.RUN_CYCLE)
def add_year(request: Request) -> HttpResponse:
    """Set the year up as a draft and go on to its windows."""
    only_for(request, Can.RUN_CYCLE)
    form = YearForm(request.POST, on=request.today)
    if not form.is_valid():
        return _show(request, form, 422)
    year, plan = form.cleaned_data["year"], form.plan(financial_month())
    if "preview" in request.POST:
        return _show(request, form, preview=preview_of(year, plan, request.today))
    actions.create_cycle(year=year, plan=plan, by=request.user, at=request.moment)
    messages.success(request, _("The year %(year)s is set up as a draft.") % {"year": year})
    return redirect("windows", year)


def financial_month() -> int | None:
    """When the financial year begins; unsaid as long as the organisation is not set up."""
    return Organisation.objects.values_list("financial_month", flat=True).first()


def _show(request: Request, form: YearForm, status: int = 200, preview: YearPreview | None = None) -> HttpResponse:
    context = {"form": form, "preview": preview}
    return render(request, "planning/cycles/year_new.html", context, status=status)


year_new = either(ask_year, add_year)

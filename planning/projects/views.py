"""The list of a year's projects."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from planning.cycles.models import Cycle
from planning.projects import exports
from planning.projects.forms import ProjectFilter
from planning.projects.listing import SORTS, filtered, row_of, totals_of
from planning.projects.models import Project
from sop_portal.kit.keyset import stretch
from sop_portal.organisation.access import Request, page


@page()
def projects(request: Request, *, year: int) -> HttpResponse:
    """Every project one may see: filtered, sorted, page by page."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.actor), year=year)
    form = ProjectFilter(request.GET, actor=request.actor)
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    wanted = filtered(found, form.cleaned_data if form.is_valid() else {})
    shown = stretch(wanted, request.GET, SORTS, "name")
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    rows = [row_of(project, year) for project in shown.rows]
    context = {"cycle": cycle, "filter": form, "rows": rows, "shown": shown, "query": query.urlencode()}
    return render(request, "planning/projects/list.html", context | {"totals": totals_of(wanted) if rows else []})


@page()
def export(request: Request, *, year: int) -> HttpResponse:
    """The same list as a workbook."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.actor), year=year)
    form = ProjectFilter(request.GET, actor=request.actor)
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    return exports.projects(year, filtered(found, form.cleaned_data if form.is_valid() else {}).order_by("name", "pk"))

"""The list of a year's projects."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from planning.cycles.models import Cycle
from planning.projects import exports
from planning.projects.forms import ProjectFilter
from planning.projects.listing import filtered, page_of
from planning.projects.models import Project
from sop_portal.organisation.access import Request, page


@page()
def projects(request: Request, *, year: int) -> HttpResponse:
    """Every project one may see: filtered, sorted, page by page."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.actor), year=year)
    form = ProjectFilter(request.GET, actor=request.actor)
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    shown = page_of(filtered(found, form.cleaned_data if form.is_valid() else {}), year, request.GET)
    query = request.GET.copy()
    for name in ("after", "before"):
        query.pop(name, None)
    context = {
        "cycle": cycle, "filter": form, "page": shown, "query": query.urlencode(),
        "previous_url": _address(query, "before", shown.before), "next_url": _address(query, "after", shown.after),
    }  # fmt: skip
    return render(request, "planning/projects/list.html", context)


@page()
def export(request: Request, *, year: int) -> HttpResponse:
    """The same list as a workbook."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.actor), year=year)
    form = ProjectFilter(request.GET, actor=request.actor)
    found = Project.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    return exports.projects(year, filtered(found, form.cleaned_data if form.is_valid() else {}).order_by("name", "pk"))


def _address(query: QueryDict, name: str, key: int | None) -> str:
    """The same list, from another row on."""
    if key is None:
        return ""
    moved = query.copy()
    moved[name] = str(key)
    return f"?{moved.urlencode()}"

"""One line of a request: ask for something, change it, or ask for it no longer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from planning.requests import actions
from planning.requests.forms import RemoveLineForm, RequestLineForm
from planning.requests.models import RequestLine, ResourceRequest
from planning.requests.queries import find_line, find_request, line_like
from sop_portal.foundation.kit.filters import NotUnderstood, refuse_unknown
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can

TYPED_AS_STORED = ("pool", "quantity", "unit_cost", "needed_on", "why", "why_not_forecast")


@page()
def _ask_new(request: Request, *, year: int, department: str) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    refuse_unknown(request.GET, "project")
    slug = request.GET.get("project", "")
    project = record.cycle.projects.filter(department_id=record.department_id, slug=slug).first()
    if slug and project is None:
        raise NotUnderstood("project", slug)
    start = {"seen": record.version, "project": project}
    return _show(request, record, RequestLineForm(record=record, actor=request.actor, initial=start))


@act(Can.EDIT_DRAFTS)
def _add(request: Request, *, year: int, department: str) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    form = RequestLineForm(request.POST, record=record, actor=request.actor)
    if not form.is_valid() or form.asks_about_duplicate(
        line_like(record, form.cleaned_data["project"], form.asked.pool, form.asked.quantity),
        _("The request has a line for this project, this resource and this quantity already."),
    ):
        return _show(request, record, form, status=422)
    project, seen = form.cleaned_data["project"], form.cleaned_data["seen"]
    actions.add_line(record, project, form.asked, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("The line was added."))
    return redirect(record)


new_line = either(_ask_new, _add)


@page()
def _ask_change(request: Request, *, year: int, department: str, pk: int) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    found = find_line(request, record, pk)
    form = RequestLineForm(record=record, actor=request.actor, line=found, initial=_initial(record, found))
    return _show(request, record, form, found)


@act(Can.EDIT_DRAFTS)
def _change(request: Request, *, year: int, department: str, pk: int) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    found = find_line(request, record, pk)
    form = RequestLineForm(request.POST, record=record, actor=request.actor, line=found)
    if not form.is_valid():
        return _show(request, record, form, found, status=422)
    actions.change_line(found, form.asked, by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    messages.success(request, _("The line was changed."))
    return redirect(record)


line = either(_ask_change, _change)


@act(Can.EDIT_DRAFTS)
def remove_line(request: Request, *, year: int, department: str, pk: int) -> HttpResponse:
    """Take a line out of the request."""
    record = find_request(request, year=year, department=department)
    found = find_line(request, record, pk)
    form = RemoveLineForm(request.POST)
    if not form.is_valid():
        return _show(request, record, form, found, status=422)
    actions.remove_line(found, by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    messages.success(request, _("The line was removed."))
    return redirect(record)


def _initial(record: ResourceRequest, found: RequestLine) -> dict[str, object]:
    values = {field: getattr(found, field) for field in TYPED_AS_STORED}
    is_forecast = "yes" if found.forecast_line_id else "no"
    return values | {"what": found.called, "seen": record.version, "is_forecast": is_forecast}


def _show(
    request: Request,
    record: ResourceRequest,
    form: RequestLineForm | RemoveLineForm,
    found: RequestLine | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"record": record, "cycle": record.cycle, "form": form, "line": found}
    return render(request, "planning/requests/line.html", context, status=status)

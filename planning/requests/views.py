"""The pages of a resource request: the list, a department's request, its lines, check and submit."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.queries import cycle_of
from planning.forecasts.workflow import DEMAND_REPORT
from planning.requests import actions, exports
from planning.requests.finding import find_line, find_report, find_request, requests_of
from planning.requests.forms import LineForm, RemoveForm
from planning.requests.listing import request_row
from planning.requests.models import RequestLine, ResourceRequest
from planning.requests.sheet import sheet_of
from planning.requests.workflow import REQUEST, due_of
from sop_portal.foundation.kit.formats import due_phrase
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.forms import StepForm
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

STATES = [("", _("All states")), *ResourceRequest.State.choices]

publish = step_view(DEMAND_REPORT, {"publish": actions.publish_report}, find_report)
take = step_view(
    REQUEST,
    {
        "submit": actions.submit,
        "withdraw": actions.withdraw,
        "send-back": actions.send_back,
        "allocate": actions.allocate,
        "waive": actions.waive,
    },
    find_request,
)


@page()
def requests(request: Request, *, year: int) -> HttpResponse:
    """The requests of the year, one per department."""
    cycle = cycle_of(request, year)
    found = requests_of(request).filter(cycle_id=cycle.pk)
    if request.GET.get("state") in ResourceRequest.State.values:
        found = found.filter(state=request.GET["state"])
    turned = paginate(found, request.GET, {"department": "department__name"}, "department")
    rows = [request_row(record, request.actor) for record in turned.rows]
    context = {"cycle": cycle, "rows": rows, "turned": turned, "states": ResourceRequest.State.choices}
    return render(request, "planning/requests/list.html", context)


@page()
def export(request: Request, *, year: int) -> HttpResponse:
    """Every line one may see, as a workbook."""
    return exports.requests(cycle_of(request, year), request.actor)


@page()
def request_page(request: Request, *, year: int, department: str) -> HttpResponse:
    """What a department asks for, and what it was granted."""
    record = find_request(request, year=year, department=department)
    due = due_phrase(due_of(record), request.today) if record.state in REQUEST.editable else ""
    context = record_context(request, REQUEST, record, text=due)
    check_url = reverse("request-check", args=[year, department])
    submit_url = f"{record.get_absolute_url()}submit/"
    buttons = [replace(b, url=check_url) if b.url == submit_url else b for b in context["next"].buttons]
    sheet = sheet_of(record, request.actor, request.GET)
    if context["just_done"] == "submit":
        # The banner of the page says what happened, and what happens next.
        context["messages"] = []
    context |= {
        "next": replace(context["next"], buttons=buttons),
        "cycle": record.cycle,
        "sheet": sheet,
        "due_on": due_of(record),
        "may_add": record.state in REQUEST.editable and request.actor.may(Can.EDIT_DRAFTS),
    }
    return render(request, "planning/requests/request.html", context)


@page()
def check(request: Request, *, year: int, department: str) -> HttpResponse:
    """Everything asked for, to be read once more before it is submitted."""
    record = find_request(request, year=year, department=department)
    offered = offer(REQUEST, REQUEST["submit"], record, request.actor, request.moment)
    form = StepForm(step=REQUEST["submit"], initial={"seen": record.version})
    context = {
        "record": record, "cycle": record.cycle, "sheet": sheet_of(record, request.actor), "offer": offered,
        "form": form, "due_on": due_of(record), "tone": REQUEST.tones[record.state],
    }  # fmt: skip
    return render(request, "planning/requests/check.html", context)


@page()
def _ask_new(request: Request, *, year: int, department: str) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    project = record.cycle.projects.filter(department_id=record.department_id, slug=request.GET.get("project", ""))
    form = LineForm(record=record, actor=request.actor, initial={"seen": record.version, "project": project.first()})
    return _show_line(request, record, form, None, 200)


@act(Can.EDIT_DRAFTS)
def _add(request: Request, *, year: int, department: str) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    form = LineForm(request.POST, record=record, actor=request.actor)
    if not form.is_valid():
        return _show_line(request, record, form, None, 422)
    actions.add_line(record, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("The line was added."))
    return redirect(record)


line_new = either(_ask_new, _add)


@page()
def _ask_change(request: Request, *, year: int, department: str, pk: int) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    line = find_line(request, record, pk)
    form = LineForm(record=record, actor=request.actor, line=line, initial=_initial(record, line))
    return _show_line(request, record, form, line, 200)


@act(Can.EDIT_DRAFTS)
def _change(request: Request, *, year: int, department: str, pk: int) -> HttpResponse:
    record = find_request(request, year=year, department=department)
    line = find_line(request, record, pk)
    form = LineForm(request.POST, record=record, actor=request.actor, line=line)
    if not form.is_valid():
        return _show_line(request, record, form, line, 422)
    actions.change_line(line, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("The line was changed."))
    return redirect(record)


line = either(_ask_change, _change)


@act(Can.EDIT_DRAFTS)
def line_remove(request: Request, *, year: int, department: str, pk: int) -> HttpResponse:
    """Take a line out of the request."""
    record = find_request(request, year=year, department=department)
    found = find_line(request, record, pk)
    form = RemoveForm(request.POST)
    if not form.is_valid():
        return _show_line(request, record, form, found, 422)
    actions.remove_line(found, by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    messages.success(request, _("The line was removed."))
    return redirect(record)


def _initial(record: ResourceRequest, line: RequestLine) -> dict[str, Any]:
    fields = ("pool", "quantity", "unit_cost", "needed_on", "why", "why_not_forecast")
    values = {field: getattr(line, field) for field in fields}
    is_forecast = "yes" if line.forecast_line_id else "no"
    return values | {"what": line.called, "seen": record.version, "is_forecast": is_forecast}


def _show_line(
    request: Request, record: ResourceRequest, form: Any, line: RequestLine | None, status: int
) -> HttpResponse:
    context = {"record": record, "cycle": record.cycle, "form": form, "line": line}
    return render(request, "planning/requests/line.html", context, status=status)

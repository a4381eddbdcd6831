"""A department's request: what it asks for, what it was granted, and its steps, after a last look at everything."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from planning.cycles.queries import may_in
from planning.requests.models import ResourceRequest
from planning.requests.pages.sheet import sheet_of
from planning.requests.queries import find_request, unasked_figures
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.filters import BESIDE, refuse_unknown
from sop_portal.foundation.kit.formats import due_phrase
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.organisation.working_days import moved_words
from sop_portal.foundation.workflow.forms import StepForm
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.seen import SeenVersion
from sop_portal.foundation.workflow.views import step_view

take = step_view(REQUEST, find_request)


@page()
def request_page(request: Request, *, year: int, department: str) -> HttpResponse:
    """What a department asks for, and what it was granted."""
    record = find_request(request, year=year, department=department)
    refuse_unknown(request.GET, "line", *BESIDE)
    is_editable, sheet = record.state in REQUEST.editable, sheet_of(record, request.actor, request.GET)
    may_add = is_editable and may_in(request, record.cycle, Can.EDIT_DRAFTS)
    new_url = reverse("request-line-new", args=[year, department])
    due = due_phrase(record.due_on, request.today) if is_editable else ""
    context = _checked_before_submitting(record_context(request, REQUEST, record, text=due), record)
    context |= {
        "cycle": record.cycle,
        "sheet": sheet,
        "unasked": _unasked(request, record),
        "unasked_links": [(f"{new_url}?project={p.slug}" if may_add else "", p) for p in sheet.unasked],
        "due_on": record.due_on,
        "may_add": may_add,
    }
    return render(request, "planning/requests/request.html", context)


def _checked_before_submitting(context: dict[str, Any], record: ResourceRequest) -> dict[str, Any]:
    """The button that submits leads to the page where everything is read once more, and is not answered twice."""
    check_url = reverse("request-check", args=[record.cycle.year, record.department.slug])
    submit_url = f"{record.get_absolute_url()}submit/"
    buttons = [replace(b, url=check_url) if b.url == submit_url else b for b in context["next"].buttons]
    # After submitting, the banner of the page says what happened, and what happens next.
    said: dict[str, Any] = {"messages": []} if context["just_done"] == "submit" else {}
    return context | said | {"next": replace(context["next"], buttons=buttons)}


@page()
def check(request: Request, *, year: int, department: str) -> HttpResponse:
    """Everything asked for, to be read once more before it is submitted."""
    record = find_request(request, year=year, department=department)
    context = {
        "record": record,
        "cycle": record.cycle,
        "sheet": sheet_of(record, request.actor),
        "unasked": _unasked(request, record),
        "offer": offer(REQUEST, REQUEST["submit"], record, request.actor, request.moment),
        "form": StepForm(step=REQUEST["submit"], initial={"seen": SeenVersion.on(REQUEST, record)}),
        "due_on": record.due_on,
        "moved_words": moved_words(record.due_moved_from),
        "tone": REQUEST.tones[record.state],
    }
    return render(request, "planning/requests/check.html", context)


def _unasked(request: Request, record: ResourceRequest) -> int:
    """How many figures of the forecast this person could still fill in."""
    may_fill_in = record.state in REQUEST.editable and may_in(request, record.cycle, Can.EDIT_DRAFTS, record)
    return len(unasked_figures(record)) if may_fill_in else 0

"""One finding of an audit: what was found, the answer, the remedy and its verification."""

from django.http import HttpResponse
from django.shortcuts import render

from budgets.audits.forms import ReopenFindingForm
from budgets.audits.models import Finding
from budgets.audits.queries import find_finding
from budgets.audits.workflow import FINDING
from sop_portal.foundation.kit.formats import due_phrase
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

finding_step = step_view(FINDING, find_finding, {"reopen": ReopenFindingForm})


@page()
def finding(request: Request, *, year: int, pk: int, number: int) -> HttpResponse:
    """One finding, its answer and what was done."""
    record = find_finding(request, year=year, pk=pk, number=number)
    text = due_phrase(record.due, request.today) if record.state == Finding.State.OPEN else ""
    context = record_context(request, FINDING, record, text=text) | {"cycle": record.audit.cycle, "audit": record.audit}
    return render(request, "budgets/audits/finding.html", context)

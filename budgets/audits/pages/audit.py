"""One audit: what it looks at and what it found, and recording another finding."""

from dataclasses import replace
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from budgets.audits import actions
from budgets.audits.forms import FindingForm
from budgets.audits.models import HANDED_OVER, Audit
from budgets.audits.queries import audited_projects, find_audit, findings_of
from budgets.audits.workflow import AUDIT, FINDING
from planning.cycles.queries import may_in
from sop_portal.foundation.kit.formats import due_phrase
from sop_portal.foundation.kit.likely_duplicates import find_likely_duplicate
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

LISTED = 100
TWO_WEEKS = timedelta(days=14)

audit_step = step_view(AUDIT, find_audit)


@page()
def audit(request: Request, *, year: int, pk: int) -> HttpResponse:
    """One audit: what it looks at, and what it found."""
    record = find_audit(request, year=year, pk=pk)
    text = due_phrase(record.planned_on, request.today) if record.state == Audit.State.PLANNED else ""
    context = record_context(request, AUDIT, record, text=text) | {
        "cycle": record.cycle,
        "findings": [(found, FINDING.tones[found.state]) for found in findings_of(record, request.actor)[:LISTED]],
        "projects": audited_projects(record)[:LISTED],
        "may_find": record.state == Audit.State.IN_PROGRESS and may_in(request, record.cycle, Can.AUDIT),
        "may_read": request.actor.sees_everything or record.state in HANDED_OVER,
    }
    if record.state == Audit.State.AWAITING and context["next"].missing:
        context["next"] = replace(context["next"], title=_("Close the audit once every finding is verified"))
    return render(request, "budgets/audits/audit.html", context)


@page(Can.AUDIT)
def ask_finding(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Ask what was found."""
    record = find_audit(request, year=year, pk=pk)
    form = FindingForm(
        audit=record, on=request.today, initial={"seen": record.version, "due": request.today + TWO_WEEKS}
    )
    return _show_finding(request, record, form, 200)


@act(Can.AUDIT)
def take_finding(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Record what was found."""
    record = find_audit(request, year=year, pk=pk)
    form = FindingForm(request.POST, audit=record, on=request.today)
    if not form.is_valid() or form.asks_about_duplicate(
        find_likely_duplicate(record.findings.select_related("audit__cycle"), what=form.cleaned_data["what"]),
        _("This audit has a finding in these words already."),
    ):
        return _show_finding(request, record, form, 422)
    seen = form.cleaned_data["seen"]
    found = actions.find(record, form.observation, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("Finding %(number)s was recorded.") % {"number": found.number})
    return redirect(record)


def _show_finding(request: Request, record: Audit, form: FindingForm, status: int) -> HttpResponse:
    context = {"form": form, "cycle": record.cycle, "record": record}
    return render(request, "budgets/audits/find.html", context, status=status)


find = either(ask_finding, take_finding)

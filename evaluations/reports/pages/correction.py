"""Correcting a count of an accepted report, and the page of one correction."""

from typing import Unpack

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.reports import actions
from evaluations.reports.forms import CountCorrectionForm
from evaluations.reports.models import CountCorrection, ProgressReport
from evaluations.reports.queries import (
    CorrectionAddress,
    ReportAddress,
    corrections_of,
    find_correction,
    find_report,
)
from evaluations.reports.workflow import COUNT_CORRECTION
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours, say_beside_field
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.bringing import attach_brought, is_refused
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.foundation.workflow.record_page import made_by, record_context
from sop_portal.foundation.workflow.views import step_view


@page(Can.WRITE_REPORT)
def ask_correction(request: Request, **address: Unpack[ReportAddress]) -> HttpResponse:
    """Ask which count is wrong, what is right, and why."""
    found = find_report(request, **address)
    if not request.actor.may(Can.WRITE_REPORT, found):
        raise NotYours(*who_instead(Can.WRITE_REPORT, found, request.today))
    return _show(request, found, CountCorrectionForm(report=found))


@act(Can.WRITE_REPORT)
def take_correction(request: Request, **address: Unpack[ReportAddress]) -> HttpResponse:
    """Ask whoever accepts the report to confirm the right count."""
    found = find_report(request, **address)
    form = CountCorrectionForm(request.POST, report=found)
    if not form.is_valid() or is_refused(request):
        return _show(request, found, form, 422)
    try:
        correction = actions.correct_count(found, **form.cleaned_data, by=request.user, at=request.moment)
    except (NotReady, NotNow) as refusal:
        say_beside_field(form, refusal)
        return _show(request, found, form, 422)
    attach_brought(request, correction)
    messages.success(request, _("The correction is asked for. It counts once it is confirmed."))
    return redirect(correction)


correct_count = either(ask_correction, take_correction)


def _show(request: Request, report: ProgressReport, form: CountCorrectionForm, status: int = 200) -> HttpResponse:
    waiting = corrections_of(report).filter(state=CountCorrection.State.ASKED)
    context = {"record": report, "cycle": report.cycle, "project": report.project, "form": form, "waiting": waiting}
    return render(request, "evaluations/reports/correct_count.html", context, status=status)


@page()
def correction(request: Request, **address: Unpack[CorrectionAddress]) -> HttpResponse:
    """One correction: what counted, what is right, why, and who decided."""
    found = find_correction(request, **address)
    context = record_context(request, COUNT_CORRECTION, found) | {
        "report": found.report,
        "cycle": found.cycle,
        "asked_by": made_by(COUNT_CORRECTION, found),
    }
    return render(request, "evaluations/reports/correction.html", context)


correction_step = step_view(COUNT_CORRECTION, find_correction)

"""One version of the demand report, by department or by project, and its spreadsheet."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import cycle_with_windows, dates_of, may_in
from planning.forecasts import exports
from planning.forecasts.figures import METRICS, headings
from planning.forecasts.forms import DemandReportFilter, ReportExportFilter
from planning.forecasts.models import DemandReport, Forecast
from planning.forecasts.pages.report_departments import departments_context, is_partial
from planning.forecasts.pages.report_projects import projects_context
from planning.forecasts.queries.needs import needs_of
from planning.forecasts.queries.report import find_report
from planning.forecasts.workflow import DEMAND_REPORT
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.filters import one_of
from sop_portal.foundation.kit.formats import day, sentences
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import record_context

MOST_SHARED = 20


@page(Can.SEE_RECORDS)
def latest(request: Request, year: int) -> HttpResponse:
    """The newest version that says something to this person, or, where there is none yet, what will be here."""
    cycle = cycle_with_windows(request, year)
    if newest := _newest(request, cycle):
        return redirect("demand-report", year, newest.number)
    forecasts = Forecast.objects.filter(cycle=cycle).visible_to(request.actor)
    context = {
        "cycle": cycle,
        "is_partial": not request.actor.sees_everything,
        "accepted": forecasts.filter(state=Forecast.State.ACCEPTED).count(),
        "count": forecasts.count(),
        "may_start": request.actor.may(Can.PUBLISH_REPORT) and cycle.state == Cycle.State.PUBLISHED,
    }
    return render(request, "planning/forecasts/report_none.html", context)


def _newest(request: Request, cycle: Cycle) -> DemandReport | None:
    """The newest version; who does not compile it is led past the draft, to the newest one that is published."""
    versions = DemandReport.objects.filter(cycle=cycle).visible_to(request.actor)
    published = versions.exclude(published_at=None)
    if request.actor.may(Can.PUBLISH_REPORT):
        return versions.first()
    return published.first() or versions.first()


@page(Can.SEE_RECORDS)
def report(request: Request, year: int, number: int) -> HttpResponse:
    """One version, grouped as the address says."""
    found = find_report(request, year=year, number=number)
    asked = DemandReportFilter(request.GET, cycle_id=found.cycle_id).chosen
    context = record_context(request, DEMAND_REPORT, found, text=_text(found, request)) | _report(request, found)
    if not request.actor.sees_everything:
        # What changed in a report while it was compiled are other departments' decisions.
        context["trail"] = [happened for happened in context["trail"] if not happened.changes]
    if found.published_at:
        context["next"] = _frozen(found, request)
    context["by"] = one_of(request.GET, "by", ("project", "department"), "department")
    if context["by"] == "project":
        context |= projects_context(request, found, asked["department"])
    return render(request, "planning/forecasts/report.html", context)


@page(Can.SEE_RECORDS)
def export(request: Request, year: int, number: int) -> HttpResponse:
    """The version as a spreadsheet."""
    found = find_report(request, year=year, number=number)
    asked = ReportExportFilter(request.GET, cycle_id=found.cycle_id).chosen
    kind = one_of(request.GET, "format", ("xlsx", "csv"), "xlsx")
    return exports.report(found, request.actor, kind, asked["department"])


def _report(request: Request, found: DemandReport) -> dict[str, Any]:
    cycle = found.cycle
    needs, count = needs_of(found, request.actor, MOST_SHARED)
    return departments_context(request, found) | {
        "report": found,
        "is_partial": is_partial(request, found),
        "cycle": cycle,
        "headings": list(zip(METRICS, headings(cycle.currency), strict=True)),
        "needs": needs,
        "needs_count": count,
        "versions": DemandReport.objects.filter(cycle=cycle).select_related("published_by"),
        "may_revise": may_in(request, cycle, Can.PUBLISH_REPORT) and not _is_being_compiled(cycle),
    }


def _is_being_compiled(cycle: Cycle) -> bool:
    return DemandReport.objects.filter(cycle=cycle, state=DemandReport.State.COMPILING).exists()


def _text(found: DemandReport, request: Request) -> str:
    if found.published_at:
        return ""
    text = _("It follows the accepted forecasts until it is published; then it is frozen.")
    if not is_partial(request, found):
        return text
    return sentences([text, _("Until then you read your own departments in it, and no others.")])


def _frozen(found: DemandReport, request: Request) -> NextBox:
    """A published version never changes; while requests are open, they are what happens next."""
    window, requests = dates_of(found.cycle, Stage.REQUEST), reverse("requests", args=[found.cycle.year])
    text = _(
        "Every department has a request, unless its forecast was waived before. It is filled in once the forecast is "
        "accepted, where it is clear which pool a figure goes to. A department accepted later has two weeks from that "
        "day."
    )
    if window and window.due_on >= request.today:
        title = _("Frozen. Resource requests are open until %(day)s.") % {"day": day(window.due_on, request.today)}
        return NextBox(title, text, "wait", buttons=[Button(_("See who has not submitted"), f"{requests}?state=draft")])
    return NextBox(
        _("Frozen: its figures never change"), text, "done", buttons=[Button(_("See the requests"), requests)]
    )

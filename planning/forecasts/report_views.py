"""The pages of the demand report: the version in force, its versions, its spreadsheet."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import dates_of
from planning.cycles.workflow import only_for
from planning.forecasts import actions, exports, reportpage
from planning.forecasts.figures import METRICS
from planning.forecasts.finding import find_cycle, find_report
from planning.forecasts.forecastpage import headings, tiles
from planning.forecasts.forms import ReportForm
from planning.forecasts.models import DemandReport, Forecast
from planning.forecasts.shared import needs_of
from planning.forecasts.workflow import DEMAND_REPORT
from sop_portal.foundation.kit.components import Button, NextBox
from sop_portal.foundation.kit.formats import day
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.record_page import record_context

MOST_SHARED, MOST_GAPS = 20, 12
LONGEST_KEY = 18


@page(Can.SEE_RECORDS)
def latest(request: Request, year: int) -> HttpResponse:
    """The newest version, or, where there is none yet, what will be here."""
    cycle = find_cycle(request, year)
    newest = DemandReport.objects.filter(cycle=cycle).visible_to(request.actor).first()
    if newest:
        return redirect("demand-report", year, newest.number)
    forecasts = Forecast.objects.filter(cycle=cycle).visible_to(request.actor)
    context = {
        "cycle": cycle,
        "accepted": forecasts.filter(state=Forecast.State.ACCEPTED).count(),
        "count": forecasts.count(),
        "may_start": request.actor.may(Can.PUBLISH_REPORT) and cycle.state == Cycle.State.PUBLISHED,
    }
    return render(request, "planning/forecasts/report_none.html", context)


@page(Can.SEE_RECORDS)
def report(request: Request, **where: Any) -> HttpResponse:
    """One version of the report, by department or by project."""
    found = find_report(request, **where)
    context = record_context(request, DEMAND_REPORT, found, text=_text(found)) | _report(request, found)
    if not request.actor.sees_everything:
        # What changed in a report while it was compiled are other departments' decisions.
        context["trail"] = [happened for happened in context["trail"] if not happened.changes]
    if found.published_at:
        context["next"] = _frozen(found, request)
    context["by"] = "project" if request.GET.get("by") == "project" else "department"
    if context["by"] == "project":
        context |= _projects(request, found)
    return render(request, "planning/forecasts/report.html", context)


def _report(request: Request, found: DemandReport) -> dict[str, Any]:
    cycle, shown = found.cycle, reportpage.compiled(found, request.actor)
    needs, count = needs_of(found, request.actor, MOST_SHARED)
    shown = reportpage.order(shown, request.GET.get("sort", ""))
    return {
        "report": found, "cycle": cycle, "last_year": shown.compared_with,
        "shown": shown, "turned": paginate_list(shown.rows, request.GET),
        "gaps": [(row, reportpage.gap_text(row, shown.compared_with)) for row in shown.gaps[:MOST_GAPS]],
        "more_gaps": max(len(shown.gaps) - MOST_GAPS, 0),
        "tiles": tiles(shown.sums, shown.moved, shown.compared_with, cycle.currency),
        "chart": reportpage.cost_chart(shown, cycle.currency, cycle.year),
        "headings": list(zip(METRICS, headings(cycle.currency), strict=True)),
        "needs": needs, "needs_count": count,
        "versions": DemandReport.objects.filter(cycle=cycle).select_related("published_by"),
        "may_revise": request.actor.may(Can.PUBLISH_REPORT) and not _is_open(cycle),
    }  # fmt: skip


def _projects(request: Request, found: DemandReport) -> dict[str, Any]:
    typed = request.GET.get("after", "")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_KEY else 0
    department = request.GET.get("department", "")
    rows, last = reportpage.project_rows(found, request.actor, department, after)
    query = request.GET.copy()
    query["after"] = str(last)
    return {"projects": rows, "next_url": f"?{query.urlencode()}" if last else "", "department": department}


def _is_open(cycle: Cycle) -> bool:
    return DemandReport.objects.filter(cycle=cycle, state=DemandReport.State.COMPILING).exists()


def _text(found: DemandReport) -> str:
    return (
        "" if found.published_at else _("It follows the accepted forecasts until it is published; then it is frozen.")
    )


def _frozen(found: DemandReport, request: Request) -> NextBox:
    """A published version never changes; while requests are open, they are what happens next."""
    window, requests = dates_of(found.cycle, Stage.REQUEST), reverse("requests", args=[found.cycle.year])
    text = _("Every department got a draft request prefilled from this version.")
    if window and window.due_on >= request.today:
        title = _("Frozen. Resource requests are open until %(day)s.") % {"day": day(window.due_on, request.today)}
        return NextBox(title, text, "wait", buttons=[Button(_("See who has not submitted"), f"{requests}?state=draft")])
    return NextBox(
        _("Frozen: its figures never change"), text, "done", buttons=[Button(_("See the requests"), requests)]
    )


@page(Can.SEE_RECORDS)
def export(request: Request, **where: Any) -> HttpResponse:
    """The report as a spreadsheet."""
    return exports.report(find_report(request, **where), request.actor, request.GET.get("format", "xlsx"))


@page(Can.PUBLISH_REPORT)
def ask_start(request: Request, year: int) -> HttpResponse:
    """The question why a new version is needed."""
    cycle = find_cycle(request, year)
    return _show_start(request, cycle, ReportForm(needs_reason=_has_report(cycle)))


@act(Can.PUBLISH_REPORT)
def carry_out_start(request: Request, year: int) -> HttpResponse:
    """Begin to compile a version."""
    cycle = find_cycle(request, year)
    only_for(request, Can.PUBLISH_REPORT)
    form = ReportForm(request.POST, needs_reason=_has_report(cycle))
    if not form.is_valid():
        return _show_start(request, cycle, form, 422)
    made = actions.start_report(cycle, by=request.user, at=request.moment, reason=form.cleaned_data.get("reason", ""))
    messages.success(request, _("Version %(number)s is being compiled.") % {"number": made.number})
    return redirect(made)


def _has_report(cycle: Cycle) -> bool:
    return DemandReport.objects.filter(cycle=cycle).exists()


def _show_start(request: Request, cycle: Cycle, form: ReportForm, status: int = 200) -> HttpResponse:
    return render(request, "planning/forecasts/report_start.html", {"cycle": cycle, "form": form}, status=status)


start = either(ask_start, carry_out_start)

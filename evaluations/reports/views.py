"""Pages of progress reports: the list, one report, its check, its steps."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from budgets.spending.exports import spreadsheet
from evaluations.reports import actions
from evaluations.reports.conflicts import chosen, merge
from evaluations.reports.finding import find_report
from evaluations.reports.forms import ReportFilter, ReportForm
from evaluations.reports.layout import answers_of, page_of, report_row
from evaluations.reports.models import ProgressReport
from evaluations.reports.standing import Standing
from evaluations.reports.workflow import REPORT
from planning.cycles.queries import cycle_of
from planning.models import Cycle
from sop_portal.foundation.kit.formats import clock
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.refusals import Changed
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.offers import offer
from sop_portal.foundation.workflow.views import step_view

SORTS = {"due": "due", "project": "project__name", "department": "department__name", "month": "period_first"}


def begun(request: Request, cycle: Cycle) -> Any:
    """The reports of a year whose period has begun, among those the person may see."""
    visible = ProgressReport.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    return visible.filter(period_first__lte=request.today)


@page()
def progress(request: Request, year: int) -> HttpResponse:
    """Who has reported, who is late."""
    cycle = cycle_of(request, year)
    narrowing = ReportFilter(request.GET, actor=request.actor)
    found = narrowing.narrow(begun(request, cycle), cycle).select_related("cycle", "department", "project")
    turned = paginate(found, request.GET, SORTS, "-due")
    context = {
        "cycle": cycle, "narrowing": narrowing, "turned": turned, "asked": request.GET.urlencode(),
        "rows": [report_row(report, request.today) for report in turned.rows],
    }  # fmt: skip
    return render(request, "evaluations/reports/progress.html", context)


@page()
def progress_export(request: Request, year: int, kind: str) -> HttpResponseBase:
    """The same reports as a spreadsheet."""
    cycle = cycle_of(request, year)
    found = ReportFilter(request.GET, actor=request.actor).narrow(begun(request, cycle), cycle)
    header = [
        _("Department"), _("Project"), _("Period from"), _("Period to"), _("Due"), _("State"), _("Late"),
        _("Activities held"), _("Participants reached"), _("Spent in the period"), _("Spent so far"), _("Currency"),
    ]  # fmt: skip
    columns = ("period_first", "period_last", "due", "state", "is_late", "activities_held", "participants_reached")
    read = found.order_by("period_first", "pk").values_list(
        "department__name", "project__name", *columns, "spent", "spent_total"
    )
    states = {value: str(label) for value, label in ProgressReport.State.choices}
    yes = _("yes")

    def rows() -> Iterator[Sequence[Any]]:
        for department, project, first, last, due, state, is_late, *figures in read.iterator(chunk_size=2000):
            yield department, project, first, last, due, states[state], yes if is_late else "", *figures, cycle.currency

    return spreadsheet(kind, f"progress-{cycle.year}", _("Progress reports"), header, rows())


@page()
def show(request: Request, **where: Any) -> HttpResponse:
    """The report: figures, pictures, warnings, texts."""
    return render(request, "evaluations/reports/report.html", page_of(request, find_report(request, **where)))


@act(Can.WRITE_REPORT)
def save(request: Request, **where: Any) -> HttpResponse:
    """Keep what was typed, by the button or a moment after typing; if a colleague was faster, show both."""
    found = find_report(request, **where)
    form = ReportForm(chosen(request.POST, found))
    if not form.is_valid():
        return refused(request, found, form)
    try:
        actions.write(found, **form.typed, by=request.user, at=request.moment, seen=form.cleaned_data["seen"])
    except Changed:
        return settle(request, find_report(request, **where), form)
    return saved(request, found)


report = either(show, save)


def refused(request: Request, found: ProgressReport, form: ReportForm) -> HttpResponse:
    """What was typed cannot be read; it stays in the form."""
    if "autosave" in request.POST:
        return JsonResponse({"refused": next(iter(form.errors.values()))[0]}, status=422)
    return render(request, "evaluations/reports/report.html", page_of(request, found, form), status=422)


def settle(request: Request, found: ProgressReport, form: ReportForm) -> HttpResponse:
    """Take what does not clash; ask about what does."""
    merged = merge(found, form)
    if not merged.rows:
        actions.write(found, **merged.typed, by=request.user, at=request.moment, seen=found.version)
        return saved(request, found)
    if "autosave" in request.POST:
        return JsonResponse({"refused": _("Somebody else saved this report. Save to compare.")}, status=409)
    mine = [(name, request.POST.get(name, "")) for name in form.fields if name != "seen"]
    context = {"record": found, "rows": merged.rows, "mine": mine}
    return render(request, "evaluations/reports/conflict.html", context, status=409)


def saved(request: Request, found: ProgressReport) -> HttpResponse:
    """Say that it is kept, and go where the button says."""
    if "autosave" in request.POST:
        text = _("Saved %(time)s. You can leave and come back.") % {"time": clock(request.moment)}
        return JsonResponse({"saved": text, "seen": found.version})
    messages.success(request, _("Saved %(time)s.") % {"time": clock(request.moment)})
    return redirect(f"{found.get_absolute_url()}check/" if "check" in request.POST else found.get_absolute_url())


@page()
def check(request: Request, **where: Any) -> HttpResponse:
    """Everything that is handed in, before it is."""
    found = find_report(request, **where)
    offered = offer(REPORT, REPORT["submit"], found, request.actor, request.moment)
    answers = answers_of(found, Standing(found, request.today))
    context = {"record": found, "offer": offered, "answers": answers}
    return render(request, "evaluations/reports/check.html", context)


report_step = step_view(
    REPORT, {"submit": actions.submit, "accept": actions.accept, "send-back": actions.send_back}, find_report
)

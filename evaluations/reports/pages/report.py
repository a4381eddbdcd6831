"""The page of one progress report: figures, charts, warnings, notes and people, and the form of those who write it."""

from datetime import date
from typing import Any, Unpack

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evaluations.reports import actions
from evaluations.reports.actions import ReportContent
from evaluations.reports.forms import ProgressReportForm
from evaluations.reports.models import ProgressReport
from evaluations.reports.pages.charts import money_chart, people_chart
from evaluations.reports.pages.figure_table import figure_rows
from evaluations.reports.pages.list import not_owed
from evaluations.reports.queries import (
    ProjectProgress,
    ReportAddress,
    corrections_of,
    find_report,
    issues_of,
    notes_of,
    number_of_expenses,
)
from evaluations.reports.workflow import REPORT, REPORT_FIELDS
from planning.cycles.queries import may_in
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, Missing, NextBox, Person
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow import autosave
from sop_portal.foundation.workflow.autosave import SharedPage
from sop_portal.foundation.workflow.record_page import record_context, with_mentions
from sop_portal.foundation.workflow.views import step_view

MOST_NOTES, MOST_ISSUES = 20, 6
COUNTS = ("activities_held", "participants_reached")
TEXTS = ("explanation", "problems", "outlook")


@page()
def show(request: Request, **address: Unpack[ReportAddress]) -> HttpResponse:
    """The report: figures, charts, warnings, texts."""
    return report_page(request, find_report(request, **address))


@act(Can.WRITE_REPORT)
def save(request: Request, **address: Unpack[ReportAddress]) -> HttpResponse:
    """Save what was typed, by the button or a moment after typing; if a colleague was faster, show both."""
    return autosave.save(request, lambda: shared_page(request, find_report(request, **address)))


report = either(show, save, when_closed=True)


def shared_page(request: Request, found: ProgressReport) -> SharedPage:
    """The report as a page that saves every field as it is typed."""
    form = ProgressReportForm(request.POST, report=found)

    def write(values: dict[str, Any]) -> None:
        actions.write(found, ReportContent(**values), by=request.user, at=request.moment, seen=found.version)

    return SharedPage(
        form,
        write,
        show_errors=lambda: report_page(request, found, form, 422),
        go_on=lambda: redirect(f"{found.get_absolute_url()}{'check/' if 'check' in request.POST else ''}"),
    )


def report_page(
    request: Request, report: ProgressReport, form: ProgressReportForm | None = None, status: int = 200
) -> HttpResponse:
    """The page; with the form for those who may write now, with what was written for the others."""
    progress = ProjectProgress(report, request.today)
    context = record_context(request, REPORT, report)
    if report.state in REPORT.editable and may_in(request, report.cycle, Can.WRITE_REPORT, report):
        context["next"] = next_box_of_writer(request, progress, context["next"].quote)
        context["form"] = form or ProgressReportForm(report=report)
        # Only said on the page: a draft may be saved without it.
        context["form"].fields["explanation"].required = bool(progress.warnings)
    context |= {
        "cycle": report.cycle,
        "project": report.project,
        "progress": progress,
        "money_chart": money_chart(progress),
        "people_chart": people_chart(progress),
        "rows": figure_rows(progress),
        "spent_earlier": formats.money(progress.spent_earlier, 2) if progress.spent_earlier else "",
        "changed_since": formats.money(progress.changed_since, 2) if progress.changed_since else "",
        "counted_since": [formats.signed(count) for count in progress.counted_since if any(progress.counted_since)],
        "outside": formats.money(progress.outside_the_periods, 2) if progress.outside_the_periods else "",
        "is_carried_on": bool(progress.changed_since) and progress.is_carried_on,
        "written": [(REPORT_FIELDS[name], getattr(report, name)) for name in TEXTS],
        "notes": notes(report),
        "issues": list(issues_of(report)[:MOST_ISSUES]),
        "may_raise": may_in(request, report.cycle, Can.RAISE_ISSUE, report),
        "corrections": list(corrections_of(report)),
        "may_correct": report.state == ProgressReport.State.ACCEPTED
        and may_in(request, report.cycle, Can.WRITE_REPORT, report),
        "people": people_of(request, report),
        "due_text": due_text(report, request.today),
    }
    return render(request, "evaluations/reports/report.html", context, status=status)


def due_text(report: ProgressReport, today: date) -> str:
    """When an unsent report is due, or that nobody owes it any more."""
    if report.state not in REPORT.editable:
        return ""
    return formats.due_phrase(report.due, today) if report.is_owed else not_owed(report)


def next_box_of_writer(request: Request, progress: ProjectProgress, quote: str) -> NextBox:
    """The next step of those who write: give the counts, explain, check, submit."""
    report, warned = progress.report, len(progress.warnings)
    url = report.get_absolute_url()
    counts = [Missing(REPORT_FIELDS[name], f"{url}#id_{name}", getattr(report, name) is not None) for name in COUNTS]
    explained = []
    if warned:
        sentence = ngettext("Explanation of one warning", "Explanation of %(count)s warnings", warned)
        is_explained = bool(report.explanation.strip())
        explained = [Missing(sentence % {"count": warned}, f"{url}#id_explanation", is_explained)]
    if not all(missing.is_done for missing in counts):
        title = _("Give the figures of the period, then submit")
    elif not all(missing.is_done for missing in explained):
        title = ngettext("Explain one warning, then submit", "Explain %(count)s warnings, then submit", warned)
        title %= {"count": warned}
    else:
        title = _("Check the answers, then submit")
    is_back, is_late = report.state == ProgressReport.State.RETURNED, report.is_owed and report.due < request.today
    tone = "back" if is_back else "late" if is_late else ""
    buttons = [Button(_("Check answers"), f"{url}check/", is_primary=True)]
    return NextBox(title, filled_in_from(report), tone, "", quote, [*counts, *explained], buttons)


def filled_in_from(report: ProgressReport) -> str:
    """From how many expenses the money was filled in."""
    count = number_of_expenses(report)
    text = ngettext(
        "The money was filled in from one expense.", "The money was filled in from %(count)s expenses.", count
    )
    return text % {"count": formats.number(count)}


def notes(report: ProgressReport) -> list[dict[str, Any]]:
    """Short notes written on the project in the period, newest first; each can become an issue."""
    issue_url = reverse("issue-new", args=[report.cycle.year, report.department.slug, report.project.slug])
    return [
        {
            "at": note.at,
            "name": note.by.name,
            "text": with_mentions(note),
            "issue_url": f"{issue_url}?comment={note.pk}",
        }
        for note in notes_of(report)[:MOST_NOTES]
    ]


def people_of(request: Request, report: ProgressReport) -> list[Person]:
    """Who leads the project, and who can accept the report."""
    lead = report.project.lead
    found = [Person(lead.name, lead.initials, _("project lead"))] if lead else []
    deciding = people_who_can(Can.ACCEPT_REPORT, report, request.today)[:4]
    return [*found, *(Person(person.name, person.initials, _("can accept")) for person in deciding)]


report_step = step_view(REPORT, find_report)

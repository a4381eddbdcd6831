"""The page of one issue, the form that raises it, and the steps that begin there."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.reports import actions
from evaluations.reports.forms import IssueForm
from evaluations.reports.models import Issue
from evaluations.reports.queries import find_issue, find_project
from evaluations.reports.workflow import ISSUE
from planning.cycles.queries import may_in
from planning.models import Project
from sop_portal.foundation.kit.components import Person
from sop_portal.foundation.kit.filters import NotUnderstood, key_asked, refuse_unknown
from sop_portal.foundation.kit.likely_duplicates import find_likely_duplicate
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.papers.bringing import attach_brought, is_refused
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.foundation.workflow.forms import StepForm
from sop_portal.foundation.workflow.models import Comment
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

LONGEST_TITLE = 60


@page(Can.RAISE_ISSUE)
def ask_issue(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """The form for a new issue; a note can be carried into it."""
    found = find_project(request, year=year, department=department, project=project)
    if not request.actor.may(Can.RAISE_ISSUE, found):
        raise NotYours(*who_instead(Can.RAISE_ISSUE, found, request.today))
    form = IssueForm(initial=title_and_text(request, found))
    return render(request, "evaluations/reports/issue_form.html", {"project": found, "form": form})


def title_and_text(request: Request, project: Project) -> dict[str, str]:
    """Title and text taken from a note on the project or on one of its reports, where the address names one."""
    refuse_unknown(request.GET, "comment")
    key = key_asked(request.GET, "comment")
    if not key:
        return {}
    reports = project.progress_reports.values("pk")
    on_project = Q(kind="project", record_id=project.pk) | Q(kind="report", record_id__in=reports)
    note = Comment.objects.visible_to(request.actor).filter(on_project, pk=key).first()
    if note is None:
        raise NotUnderstood(_("Comment"), key)
    line = note.text.strip().splitlines()[0]
    title = line if len(line) <= LONGEST_TITLE else f"{line[:LONGEST_TITLE].rstrip()}…"
    return {"title": title, "text": note.text}


@act(Can.RAISE_ISSUE)
def take_issue(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """Raise the issue."""
    found = find_project(request, year=year, department=department, project=project)
    form = IssueForm(request.POST)
    if (
        not form.is_valid()
        or form.asks_about_duplicate(
            find_likely_duplicate(found.issues.exclude(state=Issue.State.VERIFIED), title=form.cleaned_data["title"]),
            _("This project has an open issue of this title already."),
        )
        or is_refused(request)
    ):
        return render(request, "evaluations/reports/issue_form.html", {"project": found, "form": form}, status=422)
    issue = actions.raise_issue(found, **form.cleaned_data, by=request.user, at=request.moment)
    attach_brought(request, issue)
    messages.success(request, _("The issue is raised."))
    return redirect(issue)


issue_new = either(ask_issue, take_issue)


@page()
def issue(request: Request, year: int, pk: int) -> HttpResponse:
    """One issue: what is the matter, how it was solved, who verified it."""
    found = find_issue(request, year=year, pk=pk)
    lead = found.project.lead
    is_open = not found.is_raised and found.state in ISSUE.editable
    context = record_context(request, ISSUE, found) | {
        "project": found.project,
        "cycle": found.cycle,
        "people": [Person(lead.name, lead.initials, _("project lead"))] if lead else [],
        "may_raise": is_open and may_in(request, found.cycle, Can.RAISE_ISSUE, found),
    }
    return render(request, "evaluations/reports/issue.html", context)


@act(Can.RAISE_ISSUE)
def issue_raise(request: Request, year: int, pk: int) -> HttpResponse:
    """Put the issue on the agenda of the next review meeting."""
    found = find_issue(request, year=year, pk=pk)
    form = StepForm(request.POST, step=ISSUE["verify"])
    seen: int = form.cleaned_data["seen"] if form.is_valid() else found.version
    actions.raise_to_meeting(found, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("The issue goes to the next review meeting."))
    return redirect(found)


issue_step = step_view(ISSUE, find_issue)

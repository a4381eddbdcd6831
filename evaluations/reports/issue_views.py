"""Pages of issues: what has to be solved, by whom, and whether it was."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from budgets.spending.forms import is_key
from evaluations.reports import actions
from evaluations.reports.finding import find_issue, find_project
from evaluations.reports.forms import IssueFilter, IssueForm
from evaluations.reports.models import Issue
from evaluations.reports.workflow import ISSUE
from planning.cycles.finding import cycle_of
from planning.models import Project
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import Person
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.foundation.workflow.forms import StepForm
from sop_portal.foundation.workflow.models import Comment
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view

SORTS = {"number": "pk", "title": "title", "project": "project__name"}
TITLE = 60


@dataclass(frozen=True)
class IssueRow:
    """An issue in the list, written out."""

    number: int
    url: str
    title: str
    project: str
    department: str
    state: SafeString
    is_raised: bool


def issue_row(issue: Issue, year: int) -> IssueRow:
    """One issue of the list."""
    shown = state(ISSUE.tones[issue.state], ISSUE.states(issue.state).label, issue.state in ISSUE.closed)
    url = f"{address('issues', year)}{issue.pk}/"
    return IssueRow(issue.pk, url, issue.title, issue.project.name, issue.department.name, shown, issue.is_raised)


@page()
def issues(request: Request, year: int) -> HttpResponse:
    """What is open, and what was solved."""
    cycle = cycle_of(request, year)
    narrowing = IssueFilter(request.GET, actor=request.actor)
    found = Issue.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    names = ("department", "project")
    turned = paginate(narrowing.narrow(found, cycle).select_related(*names), request.GET, SORTS, "-number")
    rows = [issue_row(issue, year) for issue in turned.rows]
    context = {"cycle": cycle, "narrowing": narrowing, "turned": turned, "rows": rows}
    return render(request, "evaluations/reports/issues.html", context)


@page(Can.RAISE_ISSUE)
def ask_issue(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """The form for a new issue; a note can be carried into it."""
    found = find_project(request, year=year, department=department, project=project)
    if not request.actor.may(Can.RAISE_ISSUE, found):
        raise NotYours(*who_instead(Can.RAISE_ISSUE, found, request.today))
    form = IssueForm(initial=noted(request, found))
    return render(request, "evaluations/reports/issue_form.html", {"project": found, "form": form})


def noted(request: Request, project: Project) -> dict[str, str]:
    """Title and text taken from a note on the project or on one of its reports."""
    key = request.GET.get("comment", "")
    if not is_key(key):
        return {}
    reports = project.progress_reports.values("pk")
    on_project = Q(kind="project", record_id=project.pk) | Q(kind="report", record_id__in=reports)
    said = Comment.objects.visible_to(request.actor).filter(on_project, pk=key).first()
    if said is None:
        return {}
    first = said.text.strip().splitlines()[0]
    return {"title": first if len(first) <= TITLE else f"{first[:TITLE].rstrip()}…", "text": said.text}


@act(Can.RAISE_ISSUE)
def take_issue(request: Request, year: int, department: str, project: str) -> HttpResponse:
    """Raise the issue."""
    found = find_project(request, year=year, department=department, project=project)
    form = IssueForm(request.POST)
    if not form.is_valid():
        return render(request, "evaluations/reports/issue_form.html", {"project": found, "form": form}, status=422)
    issue = actions.raise_issue(found, **form.cleaned_data, by=request.user, at=request.moment)
    messages.success(request, _("The issue is raised."))
    return redirect(issue)


issue_new = either(ask_issue, take_issue)


@page()
def issue(request: Request, year: int, pk: int) -> HttpResponse:
    """One issue: what is the matter, how it was solved, who verified it."""
    found = find_issue(request, year, pk)
    context = record_context(request, ISSUE, found)
    lead = found.project.lead
    context |= {
        "project": found.project, "cycle": found.cycle,
        "people": [Person(lead.name, lead.initials, _("project lead"))] if lead else [],
        "may_raise": not found.is_raised and found.state in ISSUE.editable
        and request.actor.may(Can.RAISE_ISSUE, found),
    }  # fmt: skip
    return render(request, "evaluations/reports/issue.html", context)


@act(Can.RAISE_ISSUE)
def issue_raise(request: Request, year: int, pk: int) -> HttpResponse:
    """Put the issue on the agenda of the next review meeting."""
    found = find_issue(request, year, pk)
    form = StepForm(request.POST, step=ISSUE["verify"])
    seen: Any = form.cleaned_data["seen"] if form.is_valid() else found.version
    actions.raise_to_meeting(found, by=request.user, at=request.moment, seen=seen)
    messages.success(request, _("The issue is on the agenda of the next review meeting."))
    return redirect(found)


issue_step = step_view(
    ISSUE, {"resolve": actions.resolve, "verify": actions.verify, "reopen": actions.reopen}, find_issue
)

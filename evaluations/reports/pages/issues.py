"""The issues of a year: what is open, and what was solved."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from evaluations.reports.forms import IssueFilter
from evaluations.reports.models import Issue
from evaluations.reports.workflow import ISSUE
from planning.cycles.queries import cycle_of
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, page

SORTS = {"number": "pk"}


@dataclass(frozen=True)
class IssueRow:
    """An issue in the list, written out."""

    number: int
    url: str
    title: str
    project: str
    department: str
    state: SafeString
    is_for_meeting: bool


def issue_row(issue: Issue, year: int) -> IssueRow:
    """One issue of the list."""
    return IssueRow(
        number=issue.pk,
        url=f"{address('issues', year)}{issue.pk}/",
        title=issue.title,
        project=issue.project.name,
        department=issue.department.name,
        state=state(ISSUE.tones[issue.state], ISSUE.states(issue.state).label, issue.state in ISSUE.closed),
        is_for_meeting=issue.is_for_meeting,
    )


@page()
def issues(request: Request, year: int) -> HttpResponse:
    """What is open, and what was solved."""
    cycle = cycle_of(request, year)
    narrowing = IssueFilter(request.GET, actor=request.actor)
    found = narrowing.narrow(Issue.objects.filter(cycle_id=cycle.pk).visible_to(request.actor), cycle)
    turned = paginate(found.select_related("department", "project"), request.GET, SORTS, "-number")
    rows = [issue_row(issue, year) for issue in turned.rows]
    context = {"cycle": cycle, "narrowing": narrowing, "turned": turned, "rows": rows}
    return render(request, "evaluations/reports/issues.html", context)

"""Finding projects, reports and issues, always among those the person may see."""

import re
from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404

from evaluations.reports.models import Issue, ProgressReport
from planning.models import Project
from sop_portal.foundation.organisation.access import Request

PERIOD = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)


def find_project(request: Request, *, year: int, department: str, project: str) -> Project:
    """The project of the address."""
    visible = Project.objects.visible_to(request.actor).select_related("cycle", "department", "lead")
    return get_object_or_404(visible, cycle__year=year, department__slug=department, slug=project)


def find_report(request: Request, *, year: int, department: str, project: str, period: str) -> ProgressReport:
    """The report of the address; its period is named by year and month."""
    found = PERIOD.fullmatch(period)
    if not found or int(found[1]) < date.min.year:
        raise Http404
    visible = ProgressReport.objects.visible_to(request.actor).select_related(
        "cycle", "department", "project__cycle", "project__department", "project__lead", "submitted_by", "accepted_by"
    )
    return get_object_or_404(
        visible, cycle__year=year, department__slug=department, project__slug=project,
        period_first__year=int(found[1]), period_first__month=int(found[2]),
    )  # fmt: skip


def find_issue(request: Request, year: int, pk: int) -> Issue:
    """The issue of the address."""
    visible = Issue.objects.visible_to(request.actor).select_related(
        "cycle", "department", "project__cycle", "project__department", "project__lead", "resolved_by", "verified_by"
    )
    return get_object_or_404(visible, cycle__year=year, pk=pk)

"""Reports, issues and projects as pages fetch them, and which report an expense belongs to."""

import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, TypedDict

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404

from budgets.models import Expense
from evaluations.reports.models import CountCorrection, Issue, ProgressReport
from planning.models import Cycle, Project
from sop_portal.foundation.kit.dates import end_of_day, start_of_day
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.workflow.models import Comment

HANDED_IN = (ProgressReport.State.SUBMITTED, ProgressReport.State.ACCEPTED)
PERIOD = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)


class ReportAddress(TypedDict):
    """What the address of a progress report says."""

    year: int
    department: str
    project: str
    period: str


def find_project(request: Request, *, year: int, department: str, project: str) -> Project:
    """The project of the address, if the person may see it."""
    visible = Project.objects.visible_to(request.actor).select_related("cycle", "department", "lead")
    return get_object_or_404(visible, cycle__year=year, department__slug=department, slug=project)


def find_report(request: Request, *, year: int, department: str, project: str, period: str) -> ProgressReport:
    """The report of the address, if the person may see it; its period is named by year and month."""
    found = PERIOD.fullmatch(period)
    if not found or int(found[1]) < date.min.year:
        raise Http404
    visible = ProgressReport.objects.visible_to(request.actor).select_related(
        "cycle", "department", "project__cycle", "project__department", "project__lead", "submitted_by", "accepted_by"
    )
    return get_object_or_404(
        visible,
        cycle__year=year,
        department__slug=department,
        project__slug=project,
        period_first__year=int(found[1]),
        period_first__month=int(found[2]),
    )


def find_issue(request: Request, *, year: int, pk: int) -> Issue:
    """The issue of the address, if the person may see it."""
    visible = Issue.objects.visible_to(request.actor).select_related(
        "cycle", "department", "project__cycle", "project__department", "project__lead", "resolved_by", "verified_by"
    )
    return get_object_or_404(visible, cycle__year=year, pk=pk)


def reports_of_year(request: Request, cycle: Cycle) -> QuerySet[ProgressReport]:
    """The reports of a year whose period has begun, among those the person may see."""
    visible = ProgressReport.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)
    return visible.filter(period_first__lte=request.today)


def notes_of(report: ProgressReport) -> QuerySet[Comment]:
    """What was written on the project in the period, newest first, for everybody who may see the report."""
    zone = report.cycle.zone
    first, last = start_of_day(report.period_first, zone), end_of_day(report.period_last, zone)
    written = Comment.objects.filter(kind="project", record_id=report.project_id, at__gte=first, at__lte=last)
    return written.select_related("by").prefetch_related("mentioned").order_by("-at", "-pk")


def issues_of(report: ProgressReport) -> QuerySet[Issue]:
    """The issues of the report's project, newest first, for everybody who may see the report."""
    return Issue.objects.filter(project_id=report.project_id).order_by("-pk")


def number_of_expenses(report: ProgressReport) -> int:
    """How many expenses of the project there are until the end of the period."""
    return Expense.objects.filter(project_id=report.project_id, spent_on__lte=report.period_last).count()


def frozen_reports(project_id: int) -> QuerySet[ProgressReport]:
    """The reports of a project whose figures were frozen: those that were handed in, be they sent back meanwhile."""
    return ProgressReport.objects.filter(project_id=project_id, spent__isnull=False)


def newest_frozen(projects: Collection[int]) -> datetime | None:
    """When the last report of some projects was handed in, and its figures frozen."""
    found = ProgressReport.objects.filter(project__in=projects, submitted_at__isnull=False)
    newest: datetime | None = found.aggregate(newest=Max("submitted_at"))["newest"]
    return newest


def newest_known(project: Project) -> datetime | None:
    """When the last of what a report of a locked project freezes became known: money, counts, and the plan."""
    posted = Expense.objects.filter(project=project).aggregate(newest=Max("posted_at"))["newest"]
    counted = CountCorrection.objects.filter(project=project).aggregate(newest=Max("decided_at"))["newest"]
    moments = [posted, counted, project.budget_approved_at]
    return max((moment for moment in moments if moment is not None), default=None)


def with_period(expenses: QuerySet[Expense]) -> QuerySet[Any]:
    """Expenses with the report of their `period`: the first that ends on their day or after it, else the last one.

    So an excepted expense of before the start counts with the first period, and one of after the end with the last.
    """
    periods = ProgressReport.objects.filter(project=OuterRef("project"))
    own = periods.filter(period_last__gte=OuterRef("spent_on")).order_by("period_last").values("pk")[:1]
    last = periods.order_by("-period_last").values("pk")[:1]
    return expenses.annotate(period=Coalesce(Subquery(own), Subquery(last)))

"""What was corrected in accepted reports, and what a project counted with it."""

from typing import Any, TypedDict

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from evaluations.reports.models import COUNTERS, CountCorrection, ProgressReport
from planning.models import Cycle
from sop_portal.foundation.organisation.access import Request

CHANGE = Sum(F("becomes") - F("was"))


class CorrectionAddress(TypedDict):
    """What the address of a correction says."""

    year: int
    pk: int


def find_correction(request: Request, *, year: int, pk: int) -> CountCorrection:
    """The correction of the address, if the person may see it."""
    return get_object_or_404(_whole(CountCorrection.objects.visible_to(request.actor)), cycle__year=year, pk=pk)


def corrections_of(report: ProgressReport) -> QuerySet[CountCorrection]:
    """What was corrected in a report, or is asked for, the oldest first, for everybody who may see the report."""
    return _whole(CountCorrection.objects.filter(report=report)).order_by("pk")


def corrections_of_project(project_id: int) -> QuerySet[CountCorrection]:
    """What was corrected in the reports of a project, the oldest first, for everybody who may see the project."""
    return _whole(CountCorrection.objects.filter(project=project_id)).order_by("pk")


def corrections_of_year(request: Request, cycle: Cycle) -> QuerySet[CountCorrection]:
    """The corrections of a year, among those the person may see."""
    return CountCorrection.objects.filter(cycle_id=cycle.pk).visible_to(request.actor)


def counted_in(project_id: int) -> dict[str, int]:
    """What the accepted reports of a project add up to, by measure, with the corrections in force."""
    accepted = ProgressReport.objects.filter(project=project_id, state=ProgressReport.State.ACCEPTED)
    sums = accepted.aggregate(**{name: Sum(name) for name in COUNTERS.values()})
    corrected = CountCorrection.objects.filter(project=project_id).in_force()
    return {
        metric.value: (sums[name] or 0) + corrected.filter(metric=metric).change() for metric, name in COUNTERS.items()
    }


def with_counts(reports: QuerySet[ProgressReport]) -> QuerySet[Any]:
    """Reports with what counts in each measure, such as `activities_counted`: corrected where it was wrong."""
    corrected = CountCorrection.objects.in_force().filter(report=OuterRef("pk")).order_by().values("report")
    return reports.annotate(
        **{
            f"{metric}_counted": F(name)
            + Coalesce(Subquery(corrected.filter(metric=metric).annotate(sum=CHANGE).values("sum")), 0)
            for metric, name in COUNTERS.items()
        }
    )


def _whole(corrections: QuerySet[CountCorrection]) -> QuerySet[CountCorrection]:
    of_report = ("report__cycle", "report__department", "report__project")
    of_project = ("project__cycle", "project__department", "project__lead")
    people = ("asked_by", "decided_by", "withdrawn_by")
    return corrections.select_related("cycle", "department", *people, *of_report, *of_project)

"""The progress reports that are late or wait to be accepted, by department."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q

from evaluations.models import ProgressReport
from evaluations.reports.workflow import REPORT
from planning.models import Cycle


@dataclass(frozen=True)
class OpenReports:
    """The progress reports of a department that nobody has accepted yet, of periods that are over."""

    late: int
    oldest: date | None
    waiting: int


def open_reports(cycle: Cycle, on: date) -> dict[int, OpenReports]:
    """By department, what is late and since when, and what waits to be accepted."""
    is_late = Q(state__in=REPORT["submit"].sources, due__lt=on)
    begun = ProgressReport.objects.filter(cycle_id=cycle.pk).begun(on).order_by()
    rows = begun.filter(state__in=REPORT.awaiting).values_list("department_id")
    counted = rows.annotate(
        late=Count("pk", filter=is_late),
        oldest=Min("due", filter=is_late),
        waiting=Count("pk", filter=Q(state__in=REPORT["accept"].sources)),
    )
    return {department: OpenReports(*counts) for department, *counts in counted}

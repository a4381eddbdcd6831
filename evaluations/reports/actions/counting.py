"""The totals of a project: what its accepted reports add up to, with what was corrected in them."""

from collections.abc import Mapping
from datetime import datetime

from evaluations.reports.models import COUNTERS
from evaluations.reports.queries import counted_in
from evaluations.reports.workflow import REPORT_FIELDS
from planning.models import Metric, Project
from planning.projects.actions import projects_changed
from sop_portal.foundation.kit.bounds import COUNT, refuse_beyond
from sop_portal.foundation.organisation.models import User


def count_in(project_id: int, added: Mapping[str, int], *, by: User, at: datetime) -> dict[str, int]:
    """Take what an act adds to some measures into the totals of a project; locked, so that two at once both count."""
    Project.objects.select_for_update(of=("self",)).get(pk=project_id)
    totals = counted_in(project_id)
    totals |= {metric: totals[metric] + change for metric, change in added.items()}
    for metric, total in totals.items():
        # A year holds no more than one of its periods can.
        refuse_beyond(REPORT_FIELDS[COUNTERS[Metric(metric)]], total, COUNT)
    kept = {COUNTERS[Metric(metric)]: total for metric, total in totals.items()}
    Project.objects.filter(pk=project_id).update(**kept)
    projects_changed([project_id], by=by, at=at)
    return totals

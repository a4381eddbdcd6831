"""Whether who has taken a step, and when, stands on the record as in the trail."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.models import Record
from sop_portal.foundation.workflow.table import Workflow


def otherwise_stamped(workflow: Workflow[Any]) -> Iterator[tuple[Record, str]]:
    """Records with a stamp that the last entry of its step does not say; those from before the trail are left out."""
    for stamp in sorted({step.stamps for step in workflow.steps if step.stamps}):
        verbs = [step.name for step in workflow.steps if step.stamps == stamp]
        taken = Entry.objects.filter(kind=workflow.kind, record_id=OuterRef("pk"), verb__in=verbs).order_by("-position")
        rows = workflow.model._default_manager.annotate(
            taken_by=Subquery(taken.values("by_id")[:1]), taken_at=Subquery(taken.values("at")[:1])
        )
        differs = ~Q(**{f"{stamp}_by_id": F("taken_by")}) | ~Q(**{f"{stamp}_at": F("taken_at")})
        stamped = rows.filter(**{f"{stamp}_at__isnull": False}, taken_at__isnull=False)
        for row in stamped.filter(differs).order_by("pk"):
            yield row, stamp

"""Who shaped a record: they do not decide on it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sop_portal.foundation.organisation.actor import Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.models import Contributor, Record
from sop_portal.foundation.workflow.seals import release_rows, seal_rows
from sop_portal.foundation.workflow.table import Workflow

KIND = "contributor"


def add_contributor(workflow: Workflow[Any], record: Record, by: User, grant: Grant, at: datetime) -> None:
    """Remember that a person (and whoever they acted for) shaped this record."""
    remember(workflow, record, {by.pk, grant.behalf or by.pk}, at)


def remember(workflow: Workflow[Any], record: Record, people: Iterable[int], at: datetime) -> None:
    """Remember people who shaped a record, or answer for it."""
    shaped = [
        Contributor(kind=workflow.kind, record_id=record.pk, person_id=person, at=at) for person in sorted(set(people))
    ]
    found = Contributor.objects.bulk_create(
        shaped, update_conflicts=True, unique_fields=["kind", "record_id", "person"], update_fields=["at"]
    )
    seal_rows(KIND, [row.pk for row in found])


def forget(workflow: Workflow[Any], record: Record, **which: object) -> None:
    """Whoever shaped a record that goes, or what was taken back of it, did not shape it any more."""
    rows = Contributor.objects.filter(kind=workflow.kind, record_id=record.pk, **which)
    release_rows(KIND, rows.values_list("pk", flat=True))
    rows.delete()

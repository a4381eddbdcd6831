"""A change of a row and its trail entry, in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from django.db import models

from sop_portal.foundation.kit.fitting import give, refuse_clashing
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import note

RowT = TypeVar("RowT", bound=models.Model)


def lock_row(row: models.Model) -> None:
    """Bring a row up to date, and keep it from being changed by anybody else until the transaction ends."""
    row.refresh_from_db(from_queryset=type(row)._default_manager.select_for_update())


def change_row(kind: str, row: RowT, verb: str, values: Mapping[str, object], *, by: User, at: datetime) -> RowT:
    """Set what differs, and record old and new; a change of nothing leaves nothing."""
    changes = [
        Change(name, str(getattr(row, name)), str(value))
        for name, value in values.items()
        if getattr(row, name) != value
    ]
    if changes:
        give(row, **values)
        refuse_clashing(row)
        row.save()
        note(kind, row, verb, by=by, at=at, changes=[without_name(kind, change) for change in changes])
    return row


def without_name(kind: str, change: Change) -> Change:
    """A person's name is not kept in the trail, so that a person can be erased."""
    return Change(change.field, "", "") if (kind, change.field) == ("person", "name") else change

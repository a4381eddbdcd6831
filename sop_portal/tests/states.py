"""Records in a state that no act led to, for what has to hold in every state of a table."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from sop_portal.foundation.organisation.models import User
from sop_portal.tests.every_act import NOW


@contextmanager
def without_check_constraints(table: str) -> Iterator[None]:
    """A row is put into a state that no act led to; the end of the test brings back what is dropped for it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = 1")
            yield
            cursor.execute("PRAGMA ignore_check_constraints = 0")
            return
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table])
        dropped = ", ".join(f"DROP CONSTRAINT {name}" for (name,) in cursor.fetchall())
        cursor.execute(f"SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE {table} {dropped}; SET CONSTRAINTS ALL DEFERRED")
    yield


def bring_to(workflow: Any, record: Any, state: str, by: User) -> None:
    """Put a record into a state with every stamp that belongs to it, past all acts; what is frozen there stays."""
    stamps = {step.stamps for step in workflow.steps if step.stamps} if state != "superseded" else set()
    signed = {name: value for s in stamps for name, value in ((f"{s}_at", NOW), (f"{s}_by", by))}
    figures = {"activities_held": 1, "participants_reached": 2, "frozen_at": NOW} if workflow.kind == "report" else {}
    type(record).objects.filter(pk=record.pk).exclude(state=state).update(state=state, **signed, **figures)

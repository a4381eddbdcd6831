"""Rows as no action would leave them: for one test no trigger and no check stands on some tables."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from sop_portal.foundation.workflow.models import Seal
from sop_portal.foundation.workflow.seals import seal_loaded_rows

CHECKS = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass"


@contextmanager
def unguarded(*tables: str) -> Iterator[None]:
    """Take the guards of these tables out, within the transaction of a test that rolls everything back."""
    if connection.vendor == "postgresql":
        _take_out_on_postgresql(tables)
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        for name in [name for name, table in cursor.fetchall() if table in tables]:
            cursor.execute(f"DROP TRIGGER {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def as_if_by_an_act(kind: str) -> None:
    """What was changed in rows of this kind stands as if an act had written it."""
    Seal.objects.filter(kind=kind).delete()
    seal_loaded_rows(kind)


def _take_out_on_postgresql(tables: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(CHECKS, [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        # What was deferred stays so.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

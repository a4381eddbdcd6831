"""Empty the whole database. Rows of the trail refuse to be deleted, so the tables go, and come back empty."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection


def empty_database() -> None:
    """Drop every table and make them anew; only where this is declared to be a demonstration."""
    if not (settings.DEMO or settings.DEBUG):
        raise CommandError("Everything in the database would be lost. Set DEMO=True first if that is meant.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        else:
            cursor.execute("PRAGMA foreign_keys = OFF")
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")
            cursor.execute("PRAGMA foreign_keys = ON")
    call_command("migrate", interactive=False, verbosity=0)


def forget_files() -> None:
    """Remove the files somebody brought, and the list of logins that `make run` keeps: they let nobody in any more."""
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    (Path(settings.VAR_DIR) / "demo.json").unlink(missing_ok=True)

"""Empty the whole database. Rows of the trail refuse to be deleted, so the tables go, and come back empty."""

import shutil
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from sop_portal.foundation.papers import store


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
    """Remove all files people brought, and the list of logins that `make run` keeps: they let nobody in any more."""
    for name in list(store.names_in_store()):
        store.remove_name(name)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    list_of_logins().unlink(missing_ok=True)


def list_of_logins() -> Path:
    """The file from which `make run` prints who can be tried."""
    return Path(settings.VAR_DIR) / "demo.json"


def make_anew(language: str) -> None:
    """Empty the demonstration and make it again in one of the languages, with its list of logins."""
    forget_files()
    made = StringIO()
    call_command("demo", "--fresh", "--json", "--language", language, stdout=made)
    list_of_logins().write_text(made.getvalue())

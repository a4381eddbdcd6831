"""Empty the whole database, or have another one take its place: whole, or not at all.

Rows of the trail refuse to be deleted, so the tables go, and come back empty.
"""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction

from sop_portal.foundation.papers import store
from sop_portal.foundation.papers.state import stray_names


class MadeAlready(Exception):
    """Somebody else pressed the button a moment ago."""


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


def make_anew(language: str) -> None:
    """Make the demonstration again in one of the languages, with its list of logins; until then the old one stands."""
    with _alone():
        made = _exchange("demo", "--json", "--language", language)
        _forget_files()
        list_of_logins().write_text(made)


def leave_for_good() -> None:
    """Have an empty portal take the place of the demonstration."""
    with _alone():
        _exchange()
        _forget_files()


def list_of_logins() -> Path:
    """The file from which `make run` prints who can be tried."""
    return Path(settings.VAR_DIR) / "demo.json"


@contextmanager
def _alone() -> Iterator[None]:
    """Nobody else exchanges the database meanwhile; what a failure left behind in the storage of papers goes."""
    with (Path(settings.VAR_DIR) / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise MadeAlready from None
        try:
            yield
        finally:
            for name in list(stray_names()):
                store.remove_name(name)


def _exchange(*command: str) -> str:
    """Put what a command makes of an empty database in the place of ours; what the command says.

    Others read and write the old one until then: PostgreSQL does it in one transaction, for which they wait, and SQLite
    takes over a file that was made beside it.
    """
    if connection.vendor == "postgresql":
        said = StringIO()
        with transaction.atomic():
            empty_database()
            if command:
                call_command(*command, stdout=said)
        return said.getvalue()
    with TemporaryDirectory(dir=settings.VAR_DIR, prefix="demo-") as folder:
        beside = Path(folder) / "beside.sqlite3"
        _run_on(beside, "migrate", "--no-input", "--verbosity=0")
        made = _run_on(beside, *command) if command else ""
        with closing(sqlite3.connect(beside)) as source:
            connection.ensure_connection()
            source.backup(connection.connection)
    return made


def _run_on(database: Path, *command: str) -> str:
    """Run a command of the portal on another database, in a process of its own: this one remembers rows of ours."""
    papers = getattr(store.store(), "location", None)
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "OWNER_DATABASE_URL": "",
        "DEMO": "True",
        "DJANGO_SETTINGS_MODULE": "sop_portal.settings",
        **({"PAPERS_FOLDER": str(papers)} if papers else {}),
    }
    asked = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *command]
    return subprocess.run(asked, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout


def _forget_files() -> None:
    """Remove what lies beside the papers, and the list of logins: they let nobody in any more."""
    for folder in Path(settings.MEDIA_ROOT).glob("*"):
        if not Path(getattr(store.store(), "location", "")).is_relative_to(folder):
            shutil.rmtree(folder, ignore_errors=True)
    list_of_logins().unlink(missing_ok=True)

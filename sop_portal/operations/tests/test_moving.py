"""Moving from SQLite to PostgreSQL: every row arrives, the trail is whole, and the portal goes on there."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from sop_portal.operations.actions.moving import NotMoved, move_to

ROOT = Path(settings.BASE_DIR)
pytestmark = [pytest.mark.slow, pytest.mark.django_db]
# Tables that a year made by acts alone leaves empty.
MAY_BE_EMPTY = 30
GO_ON = """
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
top = max(Department.objects.values_list("pk", flat=True))
print(Department.objects.create(name="New", slug="new").pk == top + 1)
Entry.objects.all().delete()
"""


@pytest.fixture
def empty_postgresql(on_postgresql: bool) -> Iterator[str]:
    """An empty database beside that of the tests."""
    if not on_postgresql:
        pytest.skip("There has to be a PostgreSQL to move to.")
    name, own = f"moved_{os.getpid()}", connection.settings_dict
    where = f"{own['HOST'] or '127.0.0.1'}:{own['PORT'] or 5432}"
    login = own["USER"] + (f":{own['PASSWORD']}" if own["PASSWORD"] else "")
    server = psycopg2.connect(f"postgres://{login}@{where}/postgres")
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield f"postgres://{login}@{where}/{name}"
    with server.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    server.close()


def manage(url: str, *arguments: str, **own: str) -> subprocess.CompletedProcess[str]:
    """A command of the portal on a database, as an operator types it."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "sop_portal.settings", "DATABASE_URL": url} | own
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)


# A portal on SQLite in which everybody acts, made by acts as the tests of the other database make it.
FILL = """
from datetime import timedelta
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.papers.tests.files import picture
from django.core.files.uploadedfile import SimpleUploadedFile
from sop_portal.people.actions import set_logo
from sop_portal.tests.cast import everybody
from sop_portal.tests.every_act import filled_year
from sop_portal.tests.papers import paper_on
arts, sports = (Department.objects.create(name=name, slug=name.lower()) for name in ("Arts", "Sports"))
year = filled_year(everybody(arts, sports))
later = year.at + timedelta(minutes=1)
paper_on(year.expense, by=year.cast.dora, at=later, name="Photo.jpg", content=picture(), small=picture("WEBP"))
set_logo(SimpleUploadedFile("logo.png", picture("PNG")), by=year.cast.ada, at=later, seen="")
"""


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    """A portal on SQLite with a year of work."""
    path = tmp_path / "portal.sqlite3"
    own = {"DJANGO_SETTINGS_MODULE": "sop_portal.tests.settings", "DATABASE_URL": f"sqlite:///{path}", "REDIS_URL": ""}
    made = subprocess.run(
        [sys.executable, "-c", FILL], env=os.environ | own, capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert made.returncode == 0, made.stderr
    return path


def counts_in(path: Path) -> dict[str, int]:
    with sqlite3.connect(path) as source:
        names = [name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        ours = [name for name in names if not name.startswith(("sqlite_", "django_", "organisation_cache"))]
        return {name: source.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ours}


def pictures_in(path: Path) -> tuple[int, int]:
    """How many papers have a small picture, and how many organisations a logo."""
    with sqlite3.connect(path) as source:
        [small] = source.execute("SELECT count(*) FROM papers_storedfile WHERE length(small) > 0").fetchone()
        [logos] = source.execute("SELECT count(*) FROM organisation_organisation WHERE length(logo) > 0").fetchone()
    return small, logos


def counts_there(url: str, names: Iterable[str]) -> dict[str, int]:
    found = {}
    with psycopg2.connect(url) as there, there.cursor() as cursor:
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            found[name] = cursor.fetchone()[0]
    return found


@pytest.mark.walk
def test_everything_is_moved_row_for_row_or_nothing_is(
    sqlite_file: Path, empty_postgresql: str, tmp_path: Path
) -> None:
    # SQLite keeps any text in any column; PostgreSQL has a length.
    spoilt = tmp_path / "spoilt.sqlite3"
    spoilt.write_bytes(sqlite_file.read_bytes())
    with sqlite3.connect(spoilt) as source:
        source.execute("UPDATE notices_mail SET subject = ?", ["x" * 5000])
    moved = manage(f"sqlite:///{spoilt}", "move_to", empty_postgresql)
    assert (moved.returncode, "Nothing was moved" in moved.stderr) == (1, True)
    assert counts_there(empty_postgresql, ["organisation_user"]) == {"organisation_user": 0}

    before = counts_in(sqlite_file)
    assert pictures_in(sqlite_file) == (1, 1)
    moved = manage(f"sqlite:///{sqlite_file}", "move_to", empty_postgresql)
    assert (moved.returncode, moved.stderr) == (0, "")
    # Verifying the trail there is noted there.
    assert counts_there(empty_postgresql, before) == before | {"trail_verification": 1}
    assert sum(1 for count in before.values() if not count) <= MAY_BE_EMPTY
    # Numbers go on where they were, triggers guard as ever, and nobody is moved twice.
    went_on = manage(empty_postgresql, "shell", "--command", GO_ON)
    assert ("True" in went_on.stdout, "never changes" in went_on.stderr) == (True, True), went_on.stderr
    again = manage(f"sqlite:///{sqlite_file}", "move_to", empty_postgresql)
    assert (again.returncode, "Move into an empty one" in again.stderr) == (1, True)


def test_only_sqlite_is_moved_and_only_to_postgresql(on_postgresql: bool) -> None:
    with pytest.raises(NotMoved, match="has to name the SQLite database" if on_postgresql else "Say where to"):
        move_to("mysql://name@host/portal")

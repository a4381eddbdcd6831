"""What `make run EMPTY=1` prepares, begun from nothing: a database of its own in which nobody is anybody yet."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def run(database: Path, *command: str, empty: str = "1", **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the house beside an SQLite database of its own."""
    env = os.environ | {"DATABASE_URL": f"sqlite:///{database}", "EMPTY": empty, "DEMO": "True", **more}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True)


def count(database: Path, table: str) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


@pytest.mark.walk
@pytest.mark.slow
def test_an_empty_portal_is_prepared_says_its_code_and_is_never_filled_with_the_demonstration(tmp_path: Path) -> None:
    database = tmp_path / "portal.sqlite3"
    assert run(database, "tools/prepare.py").returncode == 0
    assert (count(database, "organisation_user"), count(database, "trail_entry")) == (0, 0)
    said = run(database, "manage.py", "first_administrator", "--json")
    assert len(json.loads(said.stdout)["code"]) == 19
    # Somebody was offered a way in, so that a later `make run` does not take the database for an unused one.
    assert run(database, "tools/prepare.py", empty="").stdout == ""
    assert (count(database, "organisation_user"), count(database, "organisation_firstcode")) == (0, 1)


@pytest.mark.walk
@pytest.mark.slow
def test_a_demonstration_in_another_language_says_where_it_is_made_anew(tmp_path: Path) -> None:
    database = tmp_path / "portal.sqlite3"
    refused = run(database, "tools/prepare.py", empty="", DEMO_LANGUAGE="fr")
    assert (refused.returncode, refused.stderr) == (1, "DEMO_LANGUAGE is en or zh-hans, not fr.\n")
    assert run(database, "tools/prepare.py").returncode == 0
    let_in = 'User.objects.create_user("ada@example.org", name="Ada Moreno")'
    insert = f"from sop_portal.demo.build import mark_as_demonstration; mark_as_demonstration(); {let_in}"
    assert run(database, "manage.py", "shell", "--command", insert).returncode == 0
    assert run(database, "tools/prepare.py", empty="", DEMO_LANGUAGE="en").stdout == ""
    said = run(
        database, "tools/prepare.py", empty="", DEMO_LANGUAGE="zh-hans", DJANGO_SETTINGS_MODULE="sop_portal.settings"
    ).stdout
    assert said == "→ The demonstration there is in English. Its sign-in page makes it anew in 简体中文.\n"


@pytest.mark.walk
@pytest.mark.slow
def test_a_starting_server_prints_the_code_and_starts_without_a_database_too(tmp_path: Path) -> None:
    database = tmp_path / "portal.sqlite3"
    begun = run(database, "-c", "import sop_portal.wsgi")
    assert (begun.returncode, "One-time code" in begun.stderr) == (0, False)
    run(database, "tools/prepare.py")
    starts = [run(database, "-c", "import sop_portal.wsgi").stderr for _start in range(2)]
    assert ["No administrator yet. One-time code: " in said for said in starts] == [True, False]

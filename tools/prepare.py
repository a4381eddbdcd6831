"""Bring the database to the code's state, and fill an empty one with the demonstration year."""

import os
import subprocess
import sys
from pathlib import Path

import django
import environ
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

ROOT = Path(__file__).resolve().parent.parent
LOGINS = ROOT / "var" / "demo.json"
LANGUAGES = {"en": "English", "zh-hans": "简体中文"}


def is_empty_portal() -> bool:
    """Whether a portal of one's own was asked for: `make run EMPTY=1`."""
    return os.environ.get("EMPTY", "") not in ("", "0")


def choose_portal() -> None:
    """A portal of one's own has a database beside that of the demonstration, unless the environment names one."""
    if is_empty_portal():
        environ.Env.read_env(ROOT / ".env")
        os.environ["DEMO"] = "False"
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{ROOT / 'var' / 'portal.sqlite3'}")


def wished_language() -> str:
    """The language in which the demonstration is asked for, `make run DEMO_LANGUAGE=zh-hans`; nothing where none is."""
    wished = os.environ.get("DEMO_LANGUAGE", "")
    if wished and wished not in LANGUAGES:
        sys.exit(f"DEMO_LANGUAGE is {' or '.join(LANGUAGES)}, not {wished}.")
    return wished


def main() -> None:
    """Migrate where the code is ahead of the database, then fill an empty one, unless it is to stay empty."""
    language = wished_language()
    choose_portal()
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sop_portal.settings")
    django.setup()
    if waiting():
        print("→ Database: migrations")
        call_command("migrate", interactive=False, verbosity=0)
    if is_empty_portal():
        return
    if is_empty():
        print("→ Database: empty, so the demonstration year is made now", flush=True)
        demonstrate(language or "en")
    elif language:
        say_language(language)


def waiting() -> bool:
    """Tell whether the code has migrations that the database has not seen."""
    executor = MigrationExecutor(connections["default"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def is_empty() -> bool:
    """Tell whether nobody has an account, and nobody was offered one: whoever left the demonstration begins alone."""
    from sop_portal.foundation.organisation.models import FirstCode, User

    return not (User.objects.exists() or FirstCode.objects.exists())


def say_language(wished: str) -> None:
    """Say where the other language is had, if the demonstration that stands in the database was made in another."""
    from sop_portal.demo.sign_in_help import language_made_in

    if (made_in := language_made_in()) not in ("", wished):
        made, asked = LANGUAGES[made_in], LANGUAGES[wished]
        print(f"→ The demonstration there is in {made}. Its sign-in page makes it anew in {asked}.")


def demonstrate(language: str) -> None:
    """Make the demonstration year and keep the list of its logins for tools/run.py."""
    new_file = LOGINS.with_suffix(".new")
    with new_file.open("w") as target:
        subprocess.run(
            [sys.executable, ROOT / "manage.py", "demo", "--json", "--language", language], check=True, stdout=target
        )
    new_file.replace(LOGINS)


if __name__ == "__main__":
    main()

"""How a whole database is copied out and brought back: by PostgreSQL's own programs, and SQLite's own way."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.postgresql.client import DatabaseClient

# Who was signed in is nobody's to bring back, and throttling counts minutes.
LEFT_OUT = ("django_session", "organisation_cache")
FILES_OF_PAPERS = "papers_storedfile"
WAIT = 30


class ProgramFailed(Exception):
    """Says what a program of PostgreSQL said, or that it is missing."""


def dump_database(target: Path) -> None:
    """Copy the database as it is in one moment, while people go on working in it."""
    DUMPS[connection.vendor](target)


def load_database(source: Path, afterwards: Sequence[str]) -> None:
    """Put a copied database in the place of what is there, and run statements on it, all in one transaction."""
    LOADS[connection.vendor](source, afterwards)


def holds_people() -> bool:
    """Whether anybody has an account in the database, so that something would be lost."""
    with connection.cursor() as cursor:
        if "organisation_user" not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT 1 FROM organisation_user LIMIT 1")
        return cursor.fetchone() is not None


def files_named_in(source: Path) -> dict[str, int]:
    """The files of papers that a copied database speaks of: size by hash."""
    return NAMED[connection.vendor](source)


def _named_in_sqlite(source: Path) -> dict[str, int]:
    with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copied:
        if not copied.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [FILES_OF_PAPERS]).fetchone():
            return {}
        return dict(copied.execute(f"SELECT sha256, size FROM {FILES_OF_PAPERS}").fetchall())


def _named_in_postgresql(source: Path) -> dict[str, int]:
    rows, found = source.with_suffix(".rows"), {}
    wanted = ["--data-only", f"--table={FILES_OF_PAPERS}", f"--file={rows}"]
    _checked([_program("pg_restore"), *wanted, str(source)], dict(os.environ))
    columns: list[str] = []
    with rows.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("COPY "):
                columns = line[line.index("(") + 1 : line.rindex(")")].split(", ")
            elif line.startswith("\\."):
                columns = []
            elif columns:
                row = dict(zip(columns, line.rstrip("\n").split("\t"), strict=True))
                found[row["sha256"]] = int(row["size"])
    rows.unlink()
    return found


def _dump_sqlite(target: Path) -> None:
    name = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(name, timeout=WAIT)) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")
        for table in LEFT_OUT:
            there.execute(f"DELETE FROM {table}")
        there.commit()
        there.execute("VACUUM")
        [found] = there.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise ProgramFailed(f"The database is damaged: {found}")


def _load_sqlite(source: Path, afterwards: Sequence[str]) -> None:
    with closing(sqlite3.connect(source)) as prepared:
        for statement in afterwards:
            prepared.execute(statement)
        prepared.commit()
        connection.close()
        with closing(sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=WAIT)) as here:
            prepared.backup(here)


def _dump_postgresql(target: Path) -> None:
    without = [f"--exclude-table-data={table}" for table in LEFT_OUT]
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", *without)


def _load_postgresql(source: Path, afterwards: Sequence[str]) -> None:
    """One transaction of psql: it all comes back, or what was there stays."""
    script = source.with_suffix(".sql")
    program = _program("pg_restore")
    _checked([program, "--no-owner", "--no-privileges", f"--file={script}", str(source)], dict(os.environ))
    first, last = script.with_suffix(".first"), script.with_suffix(".last")
    # The dump makes the schema only where it is not called public.
    first.write_text("SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public;\n")
    last.write_text("SET search_path = public;\n" + "".join(f"{statement};\n" for statement in afterwards))
    files = [f"--file={path}" for path in (first, script, last)]
    connection.close()
    _run(
        "psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null", *files
    )


def _run(name: str, *parameters: str) -> None:
    """Run a program of PostgreSQL on the portal's database; its password stands in no list of processes."""
    arguments, own = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
    environment = {**os.environ, **(own or {})}
    _checked([_program(name), *parameters, *arguments[1:]], environment)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise ProgramFailed(f"{name} is not installed: on Debian, apt-get install postgresql-client.")
    return found


def _checked(arguments: list[str], environment: dict[str, Any]) -> None:
    ended = subprocess.run(arguments, env=environment, capture_output=True, text=True, errors="replace", check=False)
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or ["it said nothing"]
        raise ProgramFailed(f"{Path(arguments[0]).name} failed: {said[-1] if len(said) < 3 else ' '.join(said[-3:])}")


DUMPS: dict[str, Callable[[Path], None]] = {"sqlite": _dump_sqlite, "postgresql": _dump_postgresql}
LOADS: dict[str, Callable[[Path, Sequence[str]], None]] = {"sqlite": _load_sqlite, "postgresql": _load_postgresql}
NAMED: dict[str, Callable[[Path], dict[str, int]]] = {"sqlite": _named_in_sqlite, "postgresql": _named_in_postgresql}

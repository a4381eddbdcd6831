"""Moving everything from SQLite to an empty PostgreSQL, row for row."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import environ
from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model

from sop_portal.foundation.trail.actions import verify
from sop_portal.operations.backup.databases import LEFT_OUT

HERE, THERE = "default", "moved_to"
AT_ONCE = 2000


class NotMoved(Exception):
    """Says why nothing was moved."""


def move_to(url: str) -> dict[str, int]:
    """Copy every row to another database, compare all of them, and verify the trail there; rows by table."""
    _refuse_from_here()
    name_target(url)
    if _holds_people():
        raise NotMoved("People have accounts in that database already. Move into an empty one.")
    _manage(url, "migrate", "--no-input", "--verbosity=0")
    # Nobody writes here meanwhile: on SQLite a transaction holds the whole file.
    with transaction.atomic(using=HERE), transaction.atomic(using=THERE):
        counts = _copy_all()
    _manage(url, "verify_trail")
    return counts


def _refuse_from_here() -> None:
    if connections[HERE].vendor != "sqlite":
        raise NotMoved("DATABASE_URL has to name the SQLite database that is moved.")
    if wrong := verify():
        raise NotMoved(f"The trail here is broken: {wrong[0]}")


def name_target(url: str) -> None:
    """Let the other database be known by a name of its own."""
    config = environ.Env.db_url_config(url)
    if not str(config.get("ENGINE", "")).endswith("postgresql"):
        raise NotMoved("Say where to: postgres://name:password@host:5432/database")
    databases = connections.configure_settings({HERE: dict(connections[HERE].settings_dict), THERE: config})
    connections.settings[THERE] = databases[THERE]


def _holds_people() -> bool:
    connection = connections[THERE]
    if "organisation_user" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM organisation_user LIMIT 1")
        return cursor.fetchone() is not None


def _manage(url: str, *arguments: str) -> None:
    """Run a command of the portal on the other database, in a process of its own."""
    environment = os.environ | {"DATABASE_URL": url, "OWNER_DATABASE_URL": ""}
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode:
        said = (ended.stderr.strip() or ended.stdout.strip()).splitlines() or ["nothing"]
        raise NotMoved(f"manage.py {arguments[0]} failed there: {said[-1]}")


def moved_models() -> list[type[Model]]:
    """Every table of ours and of the libraries, but for who is signed in."""
    models = apps.get_models(include_auto_created=True)
    return [model for model in models if model._meta.managed and model._meta.db_table not in LEFT_OUT]


def _copy_all() -> dict[str, int]:
    models, connection = moved_models(), connections[THERE]
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
    with connection.cursor() as cursor:
        _triggers(cursor, models, "DISABLE")
        # What migrations put there stands here too, with what became of it.
        cursor.execute(f"TRUNCATE {tables}")
        counts = {model._meta.db_table: _copy(model) for model in models}
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _triggers(cursor, models, "ENABLE")
    for model in models:
        _compare(model, counts[model._meta.db_table])
    return counts


def _triggers(cursor: CursorWrapper, models: list[type[Model]], word: str) -> None:
    """What guards new acts refuses what was true when it was written: a closed year takes no row."""
    for model in models:
        cursor.execute(f"ALTER TABLE {connections[THERE].ops.quote_name(model._meta.db_table)} {word} TRIGGER USER")


def _fields(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def _batches(model: type[Model]) -> Iterator[list[Model]]:
    batch: list[Model] = []
    for row in model._base_manager.using(HERE).order_by("pk").iterator(chunk_size=AT_ONCE):
        batch.append(row)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _copy(model: type[Model]) -> int:
    """Every row as it stands: no default and no moment of now comes in."""
    count, target = 0, model._base_manager.using(THERE)
    for batch in _batches(model):
        target._insert(batch, fields=_fields(model), using=THERE, raw=True)  # type: ignore[attr-defined]
        count += len(batch)
    return count


def _compare(model: type[Model], count: int) -> None:
    """Refuse the whole move for a single value that did not arrive."""
    target, names = model._base_manager.using(THERE), [field.attname for field in _fields(model)]
    if target.count() != count:
        raise NotMoved(f"{model._meta.db_table} has {target.count()} rows there, and {count} here.")
    for batch in _batches(model):
        arrived = target.in_bulk([row.pk for row in batch])
        for row in batch:
            for name in names:
                if _plain(getattr(row, name)) != _plain(getattr(arrived[row.pk], name)):
                    raise NotMoved(f"{model._meta.db_table} {row.pk}: {name} did not arrive as it was.")


def _plain(value: object) -> object:
    """What a column holds; the bytes of pictures come as a view of memory, which equals no bytes."""
    return bytes(value) if isinstance(value, memoryview) else value

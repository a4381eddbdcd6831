"""The database is what the models say, and keeps what the migrations promised."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from sop_portal.foundation.kit.triggers import RefuseTruncate, RefuseWhen

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=3)


@pytest.mark.django_db
def test_every_promise_still_stands_after_the_last_migration(on_postgresql: bool) -> None:
    """On SQLite a migration that rebuilds a table takes its triggers away and has to declare them again."""
    migrations = MigrationLoader(connection).disk_migrations.values()
    promised = [op for m in migrations for op in m.operations if isinstance(op, RefuseWhen)]
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        standing = {name for (name,) in cursor.fetchall()}
    assert standing == {op.name for op in promised if on_postgresql or not isinstance(op, RefuseTruncate)}

"""The database is what the models and the migrations say."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from sop_portal.kit.triggers import RefuseWhen


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=3)


@pytest.mark.django_db
def test_every_promise_stands_whichever_tables_were_rebuilt_after_it(on_postgresql: bool) -> None:
    migrations = MigrationLoader(connection).disk_migrations.values()
    declared = {o.name for migration in migrations for o in migration.operations if isinstance(o, RefuseWhen)}
    standing = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        if on_postgresql
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(standing)
        found = {name for (name,) in cursor.fetchall()}
    assert declared - found == set()
    assert declared

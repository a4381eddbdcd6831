"""The database is what the models say, and keeps what the migrations promised."""

from copy import copy

import pytest
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from budgets.models import Budget
from sop_portal.foundation.kit.triggers import RefuseTruncate, RefuseWhen, existing_triggers


@pytest.mark.django_db
def test_no_model_has_changed_without_a_migration() -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=3)
    except SystemExit:
        pytest.fail("Run manage.py makemigrations NAME_OF_THE_APP --name WHAT_IT_DOES; it lists above what is missing.")


def promised(on_postgresql: bool) -> set[str]:
    migrations = MigrationLoader(connection).disk_migrations.values()
    found = [operation for m in migrations for operation in m.operations if isinstance(operation, RefuseWhen)]
    return {operation.name for operation in found if on_postgresql or not isinstance(operation, RefuseTruncate)}


@pytest.mark.django_db
def test_every_promise_still_stands_after_the_last_migration(on_postgresql: bool) -> None:
    assert existing_triggers(connection) == promised(on_postgresql)


@pytest.mark.django_db(transaction=True)
def test_a_table_that_a_migration_rebuilds_gets_its_triggers_back(on_postgresql: bool) -> None:
    """SQLite makes a changed table anew, and its triggers go with the old one; PostgreSQL changes it in place."""
    as_it_is = Budget._meta.get_field("reason")
    longer = copy(as_it_is)
    longer.null = True
    with connection.schema_editor() as editor:
        editor.alter_field(Budget, as_it_is, longer)
        editor.alter_field(Budget, longer, as_it_is)
    assert (promised(on_postgresql) - existing_triggers(connection) == set()) == on_postgresql
    emit_post_migrate_signal(0, False, "default")
    assert existing_triggers(connection) == promised(on_postgresql)

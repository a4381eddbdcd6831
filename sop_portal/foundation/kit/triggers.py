"""Promises that reach across rows, kept by triggers on SQLite and PostgreSQL alike.

A migration that rebuilds a table on SQLite drops its triggers; after every `migrate` those that are missing are
created again (`restore`, at the one signal the house listens to).
"""

import re
from collections.abc import Iterable
from functools import cache

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState

CIVIL_DAY = re.compile(r"CIVIL_DAY\((\w+\.\w+), ([+-]\d+)\)")
LIST_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}
DAYS = {
    "sqlite": r"date(\1, '\2 hours')",
    "postgresql": r"((\1 AT TIME ZONE 'UTC') + interval '\2 hours')::date",
}


class RefuseWhen(Operation):
    """Refuse an INSERT, UPDATE or DELETE on a table where a condition over NEW and OLD holds.

    `CIVIL_DAY(column, hours)` in the condition is the day of a moment, so many hours later, in UTC.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, name: str, table: str, event: str, condition: str, message: str) -> None:
        self.name, self.table, self.event, self.condition, self.message = name, table, event, condition, message

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are not part of the models."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Create the trigger (on PostgreSQL with its function)."""
        for statement in self.create(schema_editor.connection.vendor):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the trigger; on SQLite a later migration that was taken back may have dropped it with its table."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {self.name} ON {self.table}")
            schema_editor.execute(f"DROP FUNCTION {self.name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name}")

    def describe(self) -> str:
        """The text that `sqlmigrate` and `migrate --plan` show for the operation."""
        return f"Refuse {self.event} on {self.table}: {self.message}"

    def create(self, vendor: str) -> list[str]:
        """The statements that create the trigger; none where the database has no use for it."""
        condition = CIVIL_DAY.sub(DAYS[vendor], self.condition)
        if vendor == "postgresql":
            row = "OLD" if self.event == "DELETE" else "NEW"
            return [
                f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {condition} THEN RAISE EXCEPTION '{self.message}' "
                f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$",
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            ]
        return [
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        ]


def never_changes(name: str, table: str, condition: str = "{row}.id IS NOT NULL") -> list[RefuseWhen]:
    """Rows of this table (or those meeting the condition over `{row}`) are neither changed nor deleted."""
    return [
        RefuseWhen(f"{name}_{event.lower()}", table, event, condition.format(row="OLD"), f"{name}: this never changes")
        for event in ("UPDATE", "DELETE")
    ]


def never_truncated(name: str, table: str) -> "RefuseTruncate":
    """The rows of this table are not deleted all at once either, where the database has TRUNCATE for that."""
    return RefuseTruncate(name, table)


class RefuseTruncate(RefuseWhen):
    """PostgreSQL's TRUNCATE asks no trigger of the rows."""

    def __init__(self, name: str, table: str) -> None:
        super().__init__(name, table, "TRUNCATE", "TRUE", f"{name}: this never changes")

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Drop the trigger."""
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)

    def create(self, vendor: str) -> list[str]:
        """The statements that create the trigger; none where the database has no word for truncating."""
        if vendor != "postgresql":
            return []
        function, trigger = super().create(vendor)
        return [function, trigger.replace("FOR EACH ROW", "FOR EACH STATEMENT")]


def frozen_while(name: str, table: str, condition: str, columns: Iterable[str]) -> RefuseWhen:
    """While a condition over OLD and NEW holds, none of these columns changes."""
    changed = " OR ".join(f"OLD.{c} <> NEW.{c} OR (OLD.{c} IS NULL) <> (NEW.{c} IS NULL)" for c in columns)
    return RefuseWhen(name, table, "UPDATE", f"({condition}) AND ({changed})", f"{name}: this never changes")


def decided_by_another(
    name: str, table: str, column: str, kind: str, record: str = "id", unless: str = "FALSE"
) -> list[RefuseWhen]:
    """Four eyes across tables: whoever shaped a record cannot stand in its decision's column."""
    condition = (
        f"{_newly(column)} AND EXISTS "
        f"(SELECT 1 FROM workflow_contributor c WHERE c.kind = '{kind}' AND c.record_id = NEW.{record} "
        f"AND c.person_id = NEW.{column}) AND NOT ({unless})"
    )
    return [RefuseWhen(name, table, "UPDATE", condition, f"{name}: nobody decides on their own work")]


def not_by_its_head(
    name: str, table: str, stamp: str, department: str = "NEW.department_id", *, event: str = "UPDATE"
) -> RefuseWhen:
    """Whoever heads a department, or stands in for its head, does not stand in the decision's column of its records.

    Days are civil days of the organisation, which the database does not know: it refuses whoever is head on the day
    before and the day after, wherever on earth that is.
    """
    by, first, last = f"NEW.{stamp}_by_id", f"CIVIL_DAY(NEW.{stamp}_at, -14)", f"CIVIL_DAY(NEW.{stamp}_at, +14)"
    heads = (
        f"SELECT m.person_id FROM organisation_membership m WHERE m.role = 'head' AND m.department_id = {department} "
        f"AND m.from_on <= {first} AND (m.until_on IS NULL OR m.until_on >= {last})"
    )
    deputies = (
        "SELECT d.deputy_id FROM organisation_delegation d WHERE d.role IN ('', 'head') "
        f"AND d.from_on <= {first} AND d.until_on >= {last} AND d.giver_id IN ({heads})"
    )
    newly = _newly(f"{stamp}_by_id") if event == "UPDATE" else f"{by} IS NOT NULL"
    condition = f"{newly} AND ({by} IN ({heads}) OR {by} IN ({deputies}))"
    return RefuseWhen(name, table, event, condition, f"{name}: nobody decides on the department they head")


def not_above_its_department(
    name: str, table: str, stamp: str, department: str = "NEW.department_id", *, event: str = "UPDATE"
) -> RefuseWhen:
    """Whoever is programme manager of a department's division counts as its head, and so do their deputies."""
    by, first, last = f"NEW.{stamp}_by_id", f"CIVIL_DAY(NEW.{stamp}_at, -14)", f"CIVIL_DAY(NEW.{stamp}_at, +14)"
    managers = (
        "SELECT m.person_id FROM organisation_membership m JOIN organisation_department p ON p.division = m.division "
        f"WHERE m.role = 'programme' AND p.id = {department} "
        f"AND m.from_on <= {first} AND (m.until_on IS NULL OR m.until_on >= {last})"
    )
    deputies = (
        "SELECT d.deputy_id FROM organisation_delegation d WHERE d.role IN ('', 'programme') "
        f"AND d.from_on <= {first} AND d.until_on >= {last} AND d.giver_id IN ({managers})"
    )
    newly = _newly(f"{stamp}_by_id") if event == "UPDATE" else f"{by} IS NOT NULL"
    condition = f"{newly} AND ({by} IN ({managers}) OR {by} IN ({deputies}))"
    return RefuseWhen(name, table, event, condition, f"{name}: nobody decides on the division they manage")


def _newly(column: str) -> str:
    return f"NEW.{column} IS NOT NULL AND (OLD.{column} IS NULL OR OLD.{column} <> NEW.{column})"


@cache
def declared(applied: frozenset[tuple[str, str]]) -> tuple[RefuseWhen, ...]:
    """The triggers that these migrations declare."""
    migrations = MigrationLoader(None).disk_migrations
    found = (migrations[key].operations for key in sorted(applied) if key in migrations)
    return tuple(operation for operations in found for operation in operations if isinstance(operation, RefuseWhen))


def existing_triggers(connection: BaseDatabaseWrapper) -> set[str]:
    """The names of the triggers that the database has now."""
    with connection.cursor() as cursor:
        cursor.execute(LIST_TRIGGERS[connection.vendor])
        return {name for (name,) in cursor.fetchall()}


def restore(using: str, **_signal: object) -> None:
    """Create every trigger that an applied migration declares and the database has lost."""
    connection = connections[using]
    there, applied = existing_triggers(connection), MigrationRecorder(connection).applied_migrations()
    lost = [trigger for trigger in declared(frozenset(applied)) if trigger.name not in there]
    statements = [statement for trigger in lost for statement in trigger.create(connection.vendor)]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))

"""Promises that reach across rows, kept by triggers on SQLite and PostgreSQL alike.

A migration that rebuilds a table on SQLite drops its triggers and has to declare them again.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class RefuseWhen(Operation):
    """Refuse an INSERT, UPDATE or DELETE on a table where a condition over NEW and OLD holds."""

    reversible = True
    reduces_to_sql = True

    def __init__(self, name: str, table: str, event: str, condition: str, message: str) -> None:
        self.name, self.table, self.event, self.condition, self.message = name, table, event, condition, message

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Triggers are not part of the models."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Create the trigger (on PostgreSQL with its function)."""
        for statement in self._create(schema_editor.connection.vendor):
            schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Drop it again."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {self.name} ON {self.table}")
            schema_editor.execute(f"DROP FUNCTION {self.name}()")
        else:
            schema_editor.execute(f"DROP TRIGGER {self.name}")

    def describe(self) -> str:
        """As shown by `sqlmigrate` and `migrate --plan`."""
        return f"Refuse {self.event} on {self.table}: {self.message}"

    def _create(self, vendor: str) -> list[str]:
        if vendor == "postgresql":
            row = "OLD" if self.event == "DELETE" else "NEW"
            return [
                f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                f"IF {self.condition} THEN RAISE EXCEPTION '{self.message}' "
                f"USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN {row}; END $$",
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
                f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
            ]
        return [
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} WHEN {self.condition} "
            f"BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
        ]


class Again(RefuseWhen):
    """Declares a promise again around operations for which SQLite rebuilds its table, which loses its triggers.

    It stands before and behind them, so that the promise holds whichever way they are gone through.
    """

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Create the trigger where the table was rebuilt without it."""
        if schema_editor.connection.vendor != "postgresql":
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.name}")
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    database_backwards = database_forwards


def again(*promises: RefuseWhen) -> list[Again]:
    """The same promises, declared again."""
    return [Again(p.name, p.table, p.event, p.condition, p.message) for p in promises]


def never_changes(name: str, table: str, condition: str = "{row}.id IS NOT NULL") -> list[RefuseWhen]:
    """Rows of this table (or those meeting the condition over `{row}`) are neither changed nor deleted."""
    return [
        RefuseWhen(f"{name}_{event.lower()}", table, event, condition.format(row="OLD"), f"{name}: this never changes")
        for event in ("UPDATE", "DELETE")
    ]


def decided_by_another(name: str, table: str, column: str, kind: str, record: str = "id") -> list[RefuseWhen]:
    """Four eyes across tables: whoever shaped a record cannot stand in its decision's column."""
    condition = (
        f"NEW.{column} IS NOT NULL AND (OLD.{column} IS NULL OR OLD.{column} <> NEW.{column}) AND EXISTS "
        f"(SELECT 1 FROM workflow_hand h WHERE h.kind = '{kind}' AND h.record_id = NEW.{record} "
        f"AND h.person_id = NEW.{column})"
    )
    return [RefuseWhen(name, table, "UPDATE", condition, f"{name}: nobody decides on their own work")]

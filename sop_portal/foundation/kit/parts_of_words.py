"""Indexes by which PostgreSQL finds a part of a word without reading every row."""

from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.utils import DatabaseError


def found_by_parts(table: str, *columns: str) -> migrations.RunPython:
    """Let a search find parts of what stands in these columns; without the extension it still finds them, slowly.

    The index has the form in which Django asks for `icontains`, over all columns in one.
    """
    index = f"{table}_by_parts_of_words"
    parts = ", ".join(f"UPPER({column}::text) gin_trgm_ops" for column in columns)

    def add(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        try:
            with transaction.atomic(schema_editor.connection.alias):
                schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except DatabaseError:
            return
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {index} ON {table} USING gin ({parts})")

    def remove(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
        """Take the index away; the extension may serve others."""
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX IF EXISTS {index}")

    return migrations.RunPython(add, remove)

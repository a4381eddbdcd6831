from django.db import migrations, transaction
from django.db.utils import DatabaseError

INDEX = "projects_by_part_of_name"


def add(apps, schema_editor):
    """Let PostgreSQL find a part of a name without reading every name; without the extension it still finds it."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return
    schema_editor.execute(
        f"CREATE INDEX IF NOT EXISTS {INDEX} ON planning_project USING gin (UPPER(name::text) gin_trgm_ops)"
    )


def remove(apps, schema_editor):
    """Take the index away; the extension may serve others."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("planning", "0002_promises")]

    operations = [migrations.RunPython(add, remove)]

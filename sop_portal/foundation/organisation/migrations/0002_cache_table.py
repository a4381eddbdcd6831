from typing import Any

from django.core.management import call_command
from django.db import migrations


def create(apps: Any, schema_editor: Any) -> None:
    """The table behind the cache: throttling is shared by all web processes without Redis."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


def drop(apps: Any, schema_editor: Any) -> None:
    """Drop it again."""
    schema_editor.execute("DROP TABLE organisation_cache")


class Migration(migrations.Migration):
    """The cache lives in the database."""

    dependencies = [("organisation", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]

from importlib import import_module
from typing import Any

from django.db import migrations, models


def refuse_to_go_back(apps: Any, schema_editor: Any) -> None:
    """What the migration before this one refuses is refused before anything is taken away."""
    import_module("evaluations.migrations.0005_withdrawn_corrections").refuse_to_go_back(apps, schema_editor)


class Migration(migrations.Migration):
    """An open evaluation keeps what its version shows; those that are open say so with the next act that moves it."""

    dependencies = [
        ('evaluations', '0005_withdrawn_corrections'),
    ]

    operations = [
        migrations.AddField(
            model_name='evaluation',
            name='figures',
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.RunPython(migrations.RunPython.noop, refuse_to_go_back),
    ]

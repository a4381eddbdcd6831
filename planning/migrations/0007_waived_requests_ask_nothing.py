from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from sop_portal.foundation.kit.closed_years import stays_when_closed

# Closed years keep their projects; a total that was counted wrong in them is put right behind their triggers.
KEPT = stays_when_closed("planning_project")


def without_waived(apps: Any, schema_editor: Any) -> None:
    """Projects ask for what is asked in requests that are not waived."""
    lines = apps.get_model("planning", "RequestLine").objects.exclude(request__state="waived")
    count(apps, schema_editor, lines)


def with_waived(apps: Any, schema_editor: Any) -> None:
    """Projects ask for the cost of all their lines, as the version before counts."""
    count(apps, schema_editor, apps.get_model("planning", "RequestLine").objects.all())


def count(apps: Any, schema_editor: Any, lines: Any) -> None:
    """Count what the projects of waived requests ask for anew."""
    waived = apps.get_model("planning", "RequestLine").objects.filter(request__state="waived").values("project")
    projects = apps.get_model("planning", "Project").objects.filter(pk__in=waived)
    if not projects.exists():
        return
    sums = lines.filter(project=OuterRef("pk")).order_by().values("project").annotate(sum=Sum("cost")).values("sum")
    for trigger in KEPT:
        trigger.database_backwards("planning", schema_editor, apps, apps)
    projects.update(asked=Coalesce(Subquery(sums), 0))
    for trigger in KEPT:
        trigger.database_forwards("planning", schema_editor, apps, apps)


class Migration(migrations.Migration):
    """What a waived request says is no longer a part of what its projects ask for."""

    dependencies = [
        ('planning', '0006_versions_of_past_figures'),
    ]

    operations = [
        migrations.RunPython(without_waived, with_waived),
    ]

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db import migrations
from django.db.models import Sum

from sop_portal.foundation.kit.closed_years import stays_when_closed

# Closed years keep their projects; a total that was counted wrong in them is put right behind their triggers.
KEPT = stays_when_closed("planning_project")


def without_waived(apps: Any, schema_editor: Any) -> None:
    """Projects count nothing of a forecast or request that is waived."""
    write(apps, schema_editor, counts_waived=False)


def with_waived(apps: Any, schema_editor: Any) -> None:
    """Projects count all their lines, as the version before does."""
    write(apps, schema_editor, counts_waived=True)


def write(apps: Any, schema_editor: Any, *, counts_waived: bool) -> None:
    """Count anew what the projects of waived forecasts and requests need and ask for."""
    lines, planned = (apps.get_model("planning", name) for name in ("RequestLine", "ForecastLine"))
    asked = lines.objects.filter(request__state="waived").order_by().values_list("project")
    needed = planned.objects.filter(forecast__state="waived").values_list("project", "is_planned")
    wanted: dict[int, dict[str, Any]] = {}
    for project, cost in asked.annotate(Sum("cost")):
        wanted[project] = {"asked": cost if counts_waived else 0}
    for project, is_planned in needed:
        figures = needs(apps, project) if counts_waived and is_planned else needs_of({})
        wanted[project] = wanted.get(project, {}) | figures
    if not wanted:
        return
    for trigger in KEPT:
        trigger.database_backwards("planning", schema_editor, apps, apps)
    for project, totals in wanted.items():
        apps.get_model("planning", "Project").objects.filter(pk=project).update(**totals)
    for trigger in KEPT:
        trigger.database_forwards("planning", schema_editor, apps, apps)


def needs(apps: Any, project: int) -> dict[str, Any]:
    """What the figures of a project come to."""
    figures = apps.get_model("planning", "ForecastFigure").objects.filter(line__project=project)
    return needs_of(dict(figures.values_list("metric", "figure")))


def needs_of(figures: dict[str, Decimal | None]) -> dict[str, Any]:
    """What a project keeps of its figures."""
    known = {metric: figure or Decimal(0) for metric, figure in figures.items()}
    counts = {name: known.get(name, Decimal(0)).to_integral_value(ROUND_HALF_EVEN) for name in ("activities", "participants")}
    return {
        "needed": known.get("materials", Decimal(0)) + known.get("money", Decimal(0)),
        "activities_planned": int(counts["activities"]),
        "participants_planned": int(counts["participants"]),
    }


class Migration(migrations.Migration):
    """What a waived forecast or request says is no longer a part of what its projects need and ask for."""

    dependencies = [
        ('planning', '0006_versions_of_past_figures'),
    ]

    operations = [
        migrations.RunPython(without_waived, with_waived),
    ]

"""Every row of every table, to see whether what was done was undone to the last figure."""

from typing import Any

import pytest
from django.apps import apps
from django.core import serializers

# What only grows: the trail, the seals of acts, what people were told and warned of, who took part, and that an import
# was there.
GROWS = {
    "trail.entry",
    "trail.head",
    "workflow.contributor",
    "workflow.seal",
    "notices.notice",
    "notices.mail",
    "planning.historyimport",
    "budgets.linewarning",
}
# Versions count how often a record changed; a step that was taken back leaves who took it last.
LEFT = ("version", "is_late")
STAMPS = ("_at", "_by")
# How many rows each table of a new database holds.
PUT_BY_MIGRATIONS = pytest.StashKey[dict[str, int]]()


def rows_by_table() -> dict[str, int]:
    """How many rows each table holds that holds any."""
    counted = {model._meta.label_lower: model._default_manager.count() for model in apps.get_models()}
    return {label: number for label, number in counted.items() if number}


def every_row(*, but: frozenset[str] = frozenset(), with_stamps: bool = True) -> dict[str, list[Any]]:
    """The rows by table, but for what only grows and the columns (`table.column`) that are named."""
    found = {}
    for model in apps.get_models():
        label = model._meta.label_lower
        if label not in GROWS:
            rows = serializers.serialize("python", model._default_manager.order_by("pk"))
            found[label] = [_kept(row, label, but, with_stamps) for row in rows]
    return found


def _kept(row: dict[str, Any], label: str, but: frozenset[str], with_stamps: bool) -> dict[str, Any]:
    fields = {
        name: value
        for name, value in row["fields"].items()
        if name not in LEFT and f"{label}.{name}" not in but and (with_stamps or not name.endswith(STAMPS))
    }
    return {"pk": row["pk"], **fields}

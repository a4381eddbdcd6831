"""A portal at work whose database may be lost: people, a trail, mail that waits, and a file."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models

from sop_portal.foundation.notices import actions as notices
from sop_portal.foundation.workflow.engine import note
from sop_portal.operations.upgrade import seen

# What a backup adds, and what a portal brought back says of it.
NOT_COMPARED = {"operations.backup", "notices.restoration", "trail.entry", "trail.head", "sessions.session"}


@pytest.fixture
def portal(cast: SimpleNamespace, noon: datetime, settings: Any, tmp_path: Path) -> SimpleNamespace:
    """People with their roles, one act in the trail, a mail to Amina and one to Ben, and a file."""
    settings.MEDIA_ROOT = tmp_path / "files"
    note("person", cast.amina, "edit", by=cast.ada, at=noon, comment="Renamed")
    notices.notify([cast.amina, cast.ben], lambda: "News", kind="person", record_id=1, verb="edit", link="/", at=noon)
    name = default_storage.save("papers/receipt.pdf", ContentFile(b"%PDF-1.4 a receipt"))
    return SimpleNamespace(cast=cast, at=noon, file=name, folder=tmp_path / "backups")


def every_row() -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, but for those that backing up and restoring write."""
    return {model._meta.label_lower: rows_of(model) for model in apps.get_models() if is_compared(model)}


def is_compared(model: type[models.Model]) -> bool:
    """Whether a table is the same before a backup and after it was brought back."""
    return model._meta.label_lower not in NOT_COMPARED


def rows_of(model: type[models.Model]) -> list[dict[str, Any]]:
    """The rows of a table, in the order of their keys."""
    return list(model._base_manager.order_by("pk").values())


@pytest.fixture
def unseen() -> Iterator[None]:
    """This process has not looked yet whether database and code are of one version."""
    seen.fits, seen.tables, seen.is_asked = False, -1, True
    yield
    seen.is_asked = False

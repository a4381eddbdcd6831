"""Every test of papers has a storage of its own, empty; most have a year and an expense to attach papers to."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from budgets.models import Expense
from sop_portal.foundation.kit import clock
from sop_portal.foundation.papers import state
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST, small_year

NOW = AUGUST.replace(day=8)


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with records of both departments to attach papers to."""
    return small_year(cast)


@pytest.fixture
def expense(year: SimpleNamespace) -> Expense:
    """An expense of Sports."""
    return Expense.objects.filter(corrects=None, department=year.sports.department).order_by("pk")[0]


@pytest.fixture
def in_august() -> Iterator[datetime]:
    """Two days after the last act of the year."""
    with clock.at(NOW):
        yield NOW


@pytest.fixture(autouse=True)
def own_storage(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "papers"
    monkeypatch.setattr(state, "UNDER_WAY", timedelta(hours=1))
    papers = settings.STORAGES["papers"]
    options = {**papers["OPTIONS"], "location": str(folder)}
    settings.STORAGES = {**settings.STORAGES, "papers": {**papers, "OPTIONS": options}}
    return folder

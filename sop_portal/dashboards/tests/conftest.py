"""A small year, loaded straight into the tables, for whatever reads across the stages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol

import pytest

from planning.models import Cycle
from sop_portal.demo.large import build as large
from sop_portal.foundation.kit import clock

NOVEMBER = datetime(2027, 11, 22, 17, tzinfo=UTC)


class Load(Protocol):
    """Load so many departments with so many projects each: `load(departments=2, projects=3)`."""

    def __call__(self, *, departments: int, projects: int) -> Cycle: ...


@pytest.fixture
def november() -> Iterator[datetime]:
    """Monday 22 November 2027, noon in New York."""
    with clock.at(NOVEMBER):
        yield NOVEMBER


@pytest.fixture
def load(db: None, november: datetime, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load a year of any size straight into the tables."""

    def loading(*, departments: int, projects: int) -> Cycle:
        monkeypatch.setattr(large, "PROJECTS", projects)
        large.make(departments, november)
        return Cycle.objects.get()

    return loading


@pytest.fixture
def year(load: Load) -> Cycle:
    """Two departments with two projects each, and everything that belongs to them."""
    return load(departments=2, projects=2)

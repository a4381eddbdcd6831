"""A small year, loaded straight into the tables, for whatever reads across the stages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from planning.models import Cycle
from sop_portal.demo import bulk
from sop_portal.foundation.kit import clock

NOVEMBER = datetime(2027, 11, 22, 17, tzinfo=UTC)


@pytest.fixture
def november() -> Any:
    """Monday 22 November 2027, noon in New York."""
    with clock.at(NOVEMBER):
        yield NOVEMBER


@pytest.fixture
def load(db: None, november: datetime, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Load so many departments with so many projects each: `load(departments=2, projects=3)`."""

    def loading(*, departments: int, projects: int) -> Cycle:
        monkeypatch.setattr(bulk, "PROJECTS", projects)
        bulk.make(departments, november)
        return Cycle.objects.get()

    return loading


@pytest.fixture
def year(load: Any) -> Cycle:
    """Two departments with two projects each, and everything that belongs to them."""
    cycle: Cycle = load(departments=2, projects=2)
    return cycle

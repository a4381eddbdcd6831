"""What the tests of planning share."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from planning.forecasts.actions import Typed, set_figures
from planning.models import Cycle
from planning.tests.stage_one import CANARY, filled, known, line_of, open_year
from sop_portal.kit import clock
from sop_portal.organisation.models import Department


@pytest.fixture
def planning_year(cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime) -> Iterator[Cycle]:
    """The published year: Arts has a complete project with history, Sports one that nobody else may know of."""
    known(arts, "story-hours", 2025, activities="200", participants="3000", materials="4000")
    known(arts, "story-hours", 2026, activities="236", participants="2400", materials="4180")
    with clock.at(noon):
        cycle = open_year(cast, noon)
        filled(arts, "Story hours", cast.amina, noon, lead=cast.ben)
        secret = filled(sports, CANARY, cast.bao, noon)
        said = {"participants": Typed(Decimal(777123), "feedback", CANARY)}
        line = line_of(secret)
        set_figures(line, said, by=cast.bao, at=noon, seen=line.forecast.version)
        yield cycle

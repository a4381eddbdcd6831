"""Past figures are brought in while a year is published: what it proposes is what the history says."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Actual, Cycle, ForecastFigure
from planning.projects.actions import import_history
from planning.projects.figures import HistoryRow
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.concurrency import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def rows(participants: int) -> list[HistoryRow]:
    return [HistoryRow.of("Arts", "Story hours", 2026, {"participants": Decimal(participants)}, 2)]


def test_an_import_and_a_year_that_is_published_agree(
    transactional_db: None, planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    for turn in range(4):
        year = 2028 + turn
        draft = create_cycle(year=year, by=cast.ada, at=noon)
        wanted = rows(1000 + turn)
        found = at_once(
            [
                lambda draft=draft: publish_year(draft, by=cast.ada, at=noon, seen=draft.version),  # type: ignore[misc]
                lambda wanted=wanted: import_history(  # type: ignore[misc]
                    wanted, file_name="a.csv", by=cast.ada, at=noon, create_departments=False, replace=True
                ),
            ]
        )
        assert [answer for answer in found if isinstance(answer, str)] == []
        proposed = ForecastFigure.objects.filter(
            line__forecast__cycle__year=year, line__project__slug="story-hours", metric="participants"
        )
        assert list(proposed.values_list("proposal", flat=True)) == [Decimal(1000 + turn)]
        assert Actual.objects.get(slug="story-hours", year=2026).participants == 1000 + turn
        assert problems() == []

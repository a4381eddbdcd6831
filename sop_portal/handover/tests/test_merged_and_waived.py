"""A merged department that plans no year itself any more leaves no gap: its heir is offered what it runs."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from planning.forecasts import actions
from planning.models import Cycle, Forecast
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.organisation.models import Department
from sop_portal.handover.actions import merge
from sop_portal.handover.tests.test_merged_series import figures, next_year
from sop_portal.handover.tests.test_merged_series import running as running

BOTH = {("arts", "story-hours"): Decimal(3600), ("arts", "chess"): Decimal(40)}


def waive(cycle: Cycle, department: Department, cast: SimpleNamespace, at: datetime) -> None:
    forecast = Forecast.objects.get(cycle=cycle, department=department)
    actions.waive(forecast, by=cast.ada, at=at, seen=forecast.version, comment="Arts plans it")


def of_arts(cycle: Cycle) -> dict[tuple[str, str], Decimal | None]:
    return {key: value for key, value in figures(cycle).items() if key[0] == "arts"}


def test_its_projects_are_offered_to_the_heir_once_its_own_forecast_is_waived(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    cycle = next_year(cast, noon)
    merge(sports, arts, by=cast.ada, at=noon)
    assert of_arts(cycle) == {("arts", "story-hours"): Decimal(1100)}
    waive(cycle, sports, cast, noon)
    assert of_arts(cycle) == BOTH
    assert problems() == []


def test_the_heir_is_offered_them_at_the_merger_where_the_forecast_was_waived_before(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    cycle = next_year(cast, noon)
    waive(cycle, sports, cast, noon)
    merge(sports, arts, by=cast.ada, at=noon)
    assert of_arts(cycle) == BOTH
    assert problems() == []

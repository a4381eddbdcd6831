"""A small year with the forecasts of Arts and Sports."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Cycle, Forecast
from planning.tests.stage_one import filled
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.shared_fixtures import shared_fixture

DAY = timedelta(days=1)


def at_noon(day: str) -> datetime:
    """Noon in New York, or an hour after it in summer."""
    return datetime.fromisoformat(f"{day}T17:00").replace(tzinfo=UTC)


@shared_fixture
def year(cast: SimpleNamespace) -> Cycle:
    """The year 2027, published in December: forecasts from 1 January to 31 March."""
    cycle = create_cycle(year=2027, by=cast.ada, at=at_noon("2026-12-01"))
    return publish_year(cycle, by=cast.ada, at=at_noon("2026-12-01"), seen=cycle.version)


@shared_fixture
def forecast(year: Cycle, arts: Department) -> Forecast:
    """The forecast Arts owes."""
    return Forecast.objects.get(cycle=year, department=arts)


@shared_fixture
def planned(forecast: Forecast, arts: Department, cast: SimpleNamespace) -> None:
    """The forecast is filled in and only needs to be submitted."""
    filled(arts, "Story hours", cast.amina, at_noon("2027-01-02"))
    forecast.refresh_from_db()

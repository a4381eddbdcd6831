"""A year whose work still waits is no point of a trend: it would seem to fall, whichever year is looked at."""

from types import SimpleNamespace

from planning.cycles import actions as cycles
from planning.forecasts import actions as forecasts
from planning.models import Forecast
from planning.requests import actions as requests
from planning.tests.requesting import DURING, ask_bus
from planning.tests.requesting import open_year as open_requests
from sop_portal.dashboards.pages.year.tiles import on_time, waiting_years
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.small_year import MARCH


def half_filed(year: int, cast: SimpleNamespace, arts: Department) -> None:
    """A published year in which one of two departments has handed its forecast in."""
    cycle = cycles.create_cycle(year=year, by=cast.ada, at=MARCH)
    forecasts.publish_year(cycle, by=cast.ada, at=MARCH, seen=cycle.version)
    handed_in = Forecast.objects.filter(cycle=cycle, department=arts)
    handed_in.update(state="submitted", submitted_at=MARCH, submitted_by=cast.amina)


def test_years_in_which_forecasts_may_still_come_are_no_points_of_the_trend(
    cast: SimpleNamespace, arts: Department, sports: Department
) -> None:
    half_filed(2027, cast, arts)
    half_filed(2028, cast, arts)
    draft = cycles.create_cycle(year=2029, by=cast.ada, at=MARCH)
    assert on_time(draft, set()).sparkline is None
    # Once they are over, what did not come did not come in time.
    assert on_time(draft, {2027, 2028}).sparkline is not None


def test_years_in_which_requests_wait_are_no_points_of_the_trend(cast: SimpleNamespace) -> None:
    year = open_requests(cast)
    ask_bus(year, cast.amina)
    following = cycles.create_cycle(year=2028, by=cast.ada, at=DURING)
    assert waiting_years(following, set()) == {2027}
    assert waiting_years(following, {2027}) == set()
    for request in (year.arts, year.sports):
        request.refresh_from_db()
        requests.waive(request, by=cast.ada, at=DURING, seen=request.version, comment="Closed for the year.")
    assert waiting_years(following, set()) == set()

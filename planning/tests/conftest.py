"""What the tests of planning share."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from planning.forecasts.actions import Typed, set_figures
from planning.models import Cycle
from planning.tests.requesting import DURING, MARCH
from planning.tests.stage_one import CANARY, filled, known, line_of, open_year
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.shared_fixtures import moment, shared_fixture

in_march = moment(MARCH, "The forecast window of 2027 is open.")
during = moment(DURING, "6 April 2027: the requests are open.")


@shared_fixture
def planning_year(cast: SimpleNamespace, arts: Department, sports: Department, in_march: datetime) -> Cycle:
    """The published year: Arts has a complete project with history, Sports one that nobody else may know of."""
    known(arts, "story-hours", 2025, activities="200", participants="3000", materials="4000")
    known(arts, "story-hours", 2026, activities="236", participants="2400", materials="4180")
    cycle = open_year(cast, in_march)
    filled(arts, "Story hours", cast.amina, in_march, lead=cast.ben)
    secret = filled(sports, CANARY, cast.bao, in_march)
    said = {"participants": Typed(Decimal(777123), "feedback", CANARY)}
    line = line_of(secret)
    set_figures(line, said, by=cast.bao, at=in_march, seen=line.forecast.version)
    return cycle

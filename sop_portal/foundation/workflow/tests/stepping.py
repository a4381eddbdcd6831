"""The step most tests begin with."""

from datetime import datetime

from planning.forecasts.workflow import FORECAST
from planning.models import Forecast
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.engine import step


def submit(forecast: Forecast, by: User, at: datetime) -> None:
    with step(FORECAST, forecast, "submit", by=by, at=at, seen=forecast.version):
        pass

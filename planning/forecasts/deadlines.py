"""Who still owes a forecast, and until when."""

from datetime import date

from planning.cycles.deadlines import Deadline
from planning.cycles.models import Cycle, Stage
from planning.cycles.windows import dates_of, due_for
from planning.forecasts.models import Forecast
from sop_portal.organisation.roles import Can


def owed(on: date) -> list[Deadline]:
    """Every forecast still to be submitted in an open year whose window has begun; what is done owes nothing."""
    waiting = Forecast.objects.filter(
        state__in=[Forecast.State.DRAFT, Forecast.State.RETURNED], cycle__state=Cycle.State.PUBLISHED
    )
    waiting = waiting.select_related("cycle", "department").prefetch_related("cycle__windows", "cycle__extensions")
    return [deadline for forecast in waiting.order_by("pk") if (deadline := of(forecast)) and deadline.opens_on <= on]


def of(forecast: Forecast) -> Deadline | None:
    """The deadline of one forecast, with the extension of its department."""
    dates = dates_of(forecast.cycle, Stage.FORECAST)
    due_on = due_for(forecast.cycle, Stage.FORECAST, forecast.department_id)
    if dates is None or due_on is None:
        return None
    return Deadline("forecast", forecast, "submit", Can.SUBMIT_FORECAST, dates.opens_on, due_on)

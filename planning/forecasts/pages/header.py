"""What stands above every page of a forecast: its state and next step, until when it is owed, how late it is."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from planning.cycles.calendar import timeliness
from planning.cycles.models import Extension, Stage, StageWindow
from planning.cycles.queries import dates_of, extension_of, later_of
from planning.forecasts.models import Forecast
from planning.forecasts.workflow import FORECAST
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.workflow.record_page import record_context

State = Forecast.State


@dataclass(frozen=True, slots=True)
class OwedDay:
    """Until when a forecast is owed, how many days late it is, and the extension the department has."""

    due_on: date | None
    late_days: int
    extension: Extension | None


def header_context(request: Request, forecast: Forecast) -> dict[str, Any]:
    """What the head of a forecast's page shows."""
    on, stage = request.today, Stage.FORECAST
    extension = extension_of(forecast.cycle, stage, forecast.department_id)
    owed = owed_day(forecast, dates_of(forecast.cycle, stage), extension, on)
    context = record_context(request, FORECAST, forecast, text=next_text(forecast, on))
    return context | {
        "due_on": owed.due_on,
        "late_days": owed.late_days,
        "extension": owed.extension,
        "forecast": forecast,
        "cycle": forecast.cycle,
    }


def owed_day(forecast: Forecast, dates: StageWindow | None, extension: Extension | None, on: date) -> OwedDay:
    """Until when a forecast is owed by these dates; nothing once it is submitted."""
    due_on = later_of(dates, extension)
    is_owed = forecast.state in FORECAST["submit"].sources
    late_days = 0
    if dates and due_on and is_owed and due_on < on:
        late_days = timeliness(due_on, dates.first_due_on, None, on).days
    return OwedDay(due_on if is_owed else None, late_days, extension)


def next_text(forecast: Forecast, on: date) -> str:
    """What the box under the title says beside its buttons."""
    if forecast.state in FORECAST["submit"].sources:
        return formats.due_phrase(forecast.due_on, on)
    if forecast.state == State.ACCEPTED and forecast.accepted_at and forecast.accepted_by:
        names = {"person": forecast.accepted_by, "moment": formats.moment(forecast.accepted_at, on)}
        return interpolate(_("Accepted by %(person)s on %(moment)s."), names)
    if forecast.state == State.SUBMITTED and forecast.submitted_at and forecast.submitted_by:
        names = {"person": forecast.submitted_by, "moment": formats.moment(forecast.submitted_at, on)}
        return interpolate(_("Submitted by %(person)s on %(moment)s."), names)
    return ""

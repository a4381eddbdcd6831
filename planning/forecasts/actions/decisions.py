"""A forecast on its way: submitted, withdrawn, accepted, sent back or waived."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from planning.cycles.models import Cycle
from planning.forecasts.actions.proposals import bring_up_to_date, need_no_more, offer_to_heir
from planning.forecasts.models import DemandReport, Forecast
from planning.forecasts.workflow import DEMAND_REPORT, FORECAST
from planning.projects.actions import history_locked
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit, step

# What later stages make of a forecast that is accepted, in the same transaction. stages.py, which knows every stage,
# fills it at start-up: a department accepted after the report gets its request then.
AFTER_ACCEPTING: list[Callable[..., Any]] = []


@FORECAST.act("submit")
def submit(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Hand the department's forecast to the resource team."""
    with step(FORECAST, forecast, "submit", by=by, at=at, seen=seen, comment=comment):
        pass
    return forecast


@FORECAST.act("withdraw")
def withdraw(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Take a submitted forecast back while nobody has decided."""
    with step(FORECAST, forecast, "withdraw", by=by, at=at, seen=seen, comment=comment) as own:
        bring_up_to_date(own, by=by, at=at)
    return forecast


@FORECAST.act("accept")
def accept(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Take the department's forecast into the year's demand report."""
    before = forecast.state
    with _reports_locked(forecast), step(FORECAST, forecast, "accept", by=by, at=at, seen=seen, comment=comment) as own:
        _note_in_report(own, before, by, at)
        own.save()
        for follow in AFTER_ACCEPTING:
            follow(own, by=by, at=at)
    return forecast


@FORECAST.act("send-back")
def send_back(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Ask the department to correct its forecast, saying what."""
    before = forecast.state
    with (
        _reports_locked(forecast),
        step(FORECAST, forecast, "send-back", by=by, at=at, seen=seen, comment=comment) as own,
    ):
        bring_up_to_date(own, by=by, at=at)
        _note_in_report(own, before, by, at)
    return forecast


@FORECAST.act("waive")
def waive(forecast: Forecast, *, by: User, at: datetime, seen: int, comment: str = "") -> Forecast:
    """Excuse a department from forecasting this year; it stands in the report as a gap.

    Where it became part of another, that one plans for it from then on: its projects are offered there.
    """
    if forecast.department.merged_into_id is None:
        with step(FORECAST, forecast, "waive", by=by, at=at, seen=seen, comment=comment) as locked:
            need_no_more(locked)
        return forecast
    with history_locked():
        with step(FORECAST, forecast, "waive", by=by, at=at, seen=seen, comment=comment) as locked:
            need_no_more(locked)
        offer_to_heir(forecast.department, by=by, at=at)
    return forecast


@contextmanager
def _reports_locked(forecast: Forecast) -> Iterator[None]:
    """Decide while no report is being published: what a report froze is not sent back a moment later."""
    with transaction.atomic():
        # A report that is begun and published in the meantime waits for this decision, or is seen by it.
        Cycle.objects.select_for_update().get(pk=forecast.cycle_id)
        reports = DemandReport.objects.filter(cycle_id=forecast.cycle_id, state=DemandReport.State.COMPILING)
        list(reports.select_for_update().order_by("pk"))
        yield


def _note_in_report(forecast: Forecast, before: str, by: User, at: datetime) -> None:
    """The report being compiled is another one now: who looked at it before must look again before publishing."""
    compiling = DemandReport.objects.filter(cycle_id=forecast.cycle_id, state=DemandReport.State.COMPILING)
    for report in compiling.order_by("pk"):
        with edit(DEMAND_REPORT, report, by=by, at=at, can=Can.REVIEW_FORECAST) as editing:
            editing.change("forecast", before, forecast.state, where=str(forecast.department))

"""Who owes a forecast, a decision on one, and the unified demand report, until when."""

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.urls import reverse

from planning.cycles.models import Stage, StageWindow
from planning.cycles.queries import OPEN, due_in, extensions_under_way, windows_under_way
from planning.forecasts.models import DemandReport, Forecast
from planning.forecasts.workflow import DEMAND_REPORT, FORECAST
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.owed import Owed, decisions, until, within

UNSENT = FORECAST["submit"].sources


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Every forecast still to be submitted or decided in a year under way, and the report made of them."""
    windows = windows_under_way(Stage.FORECAST)
    if not windows:
        return
    waiting = Forecast.objects.filter(cycle__state=OPEN, state__in=FORECAST.awaiting)
    found = list(within(waiting, departments).select_related("cycle", "department").order_by("pk"))
    longer = extensions_under_way(Stage.FORECAST)
    for forecast in found:
        if forecast.state in UNSENT and forecast.cycle_id in windows:
            yield _submission(forecast, windows[forecast.cycle_id], longer)
    yield from decisions(FORECAST, [forecast for forecast in found if forecast.state not in UNSENT])
    if departments is None:
        yield from _reports(windows)


def owed_by_name(person: User, at: datetime) -> Iterator[Owed]:
    """The first report nobody has compiled yet: there is no record whose state could say that it is waited for."""
    compiled = set(DemandReport.objects.filter(cycle__state=OPEN).values_list("cycle_id", flat=True))
    for owed in _reports(windows_under_way(Stage.FORECAST)):
        if owed.record.pk not in compiled and owed.opens_on and owed.opens_on <= owed.cycle.day(at):
            yield owed


def _submission(forecast: Forecast, window: StageWindow, longer: dict[tuple[int, int], date]) -> Owed:
    more = longer.get((forecast.cycle_id, forecast.department_id), window.due_on)
    return until(
        FORECAST,
        "submit",
        forecast,
        forecast.cycle,
        opens_on=window.opens_on,
        due_on=max(window.due_on, more),
        first_due_on=window.first_due_on,
        moved_from=window.moved_from if more <= window.due_on else None,
        sequence=forecast.cycle.version,
    )


def _reports(windows: dict[int, StageWindow]) -> Iterator[Owed]:
    """The first report of a year is owed from the day forecasts are due until the requests are to be closed."""
    published = set(DemandReport.objects.filter(cycle__state=OPEN).exclude(published_at=None).values_list("cycle_id"))
    requests = windows_under_way(Stage.REQUEST)
    for window in windows.values():
        cycle, later = window.cycle, requests.get(window.cycle_id)
        if (cycle.pk,) not in published and later and not cycle.is_plan_outside:
            step = DEMAND_REPORT["publish"]
            yield Owed(
                "cycle",
                "publish-report",
                step.label,
                step.by,
                cycle,
                cycle,
                opens_on=window.due_on,
                due_on=max(due_in(cycle, later.opens_on).on, window.due_on),
                first_due_on=due_in(cycle, later.opens_on).on,
                sequence=cycle.version,
                link=reverse("demand-report-latest", args=[cycle.year]),
            )

"""The list of a year's forecasts, a row per department. Reads only, in a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles.models import Cycle
from planning.forecasts.figures import MEASURES, Figure
from planning.forecasts.forecastpage import headings, meta_of
from planning.forecasts.models import Forecast, ForecastFigure
from planning.forecasts.workflow import FORECAST
from sop_portal.kit.pages import Next
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.roles import Can

S = Forecast.State


@dataclass(frozen=True)
class ForecastRow:
    """One department: how far its forecast is, until when, and what it comes to."""

    forecast: Forecast
    tone: str
    due_on: date | None
    late_days: int
    is_extended: bool
    figures: list[Figure]

    @property
    def cells(self) -> list[tuple[str, Figure]]:
        """The figures with the heads of their columns, for the narrow page."""
        return list(zip(headings(self.forecast.cycle.currency), self.figures, strict=True))


def rows(forecasts: QuerySet[Forecast], on: date) -> list[ForecastRow]:
    """The forecasts as rows, by department."""
    found = list(
        forecasts.select_related("cycle", "department")
        .prefetch_related("cycle__windows", "cycle__extensions__granted_by")
        .order_by("department__name")
    )
    sums = sums_of(forecasts)
    return [_row(forecast, sums[forecast.pk], on) for forecast in found]


def _row(forecast: Forecast, sums: dict[str, Figure], on: date) -> ForecastRow:
    meta = meta_of(forecast, on)
    figures = [sums.get(measure) for measure in MEASURES]
    tone = FORECAST.tones[forecast.state]
    return ForecastRow(forecast, tone, meta["due_on"], meta["late_days"], meta["extension"] is not None, figures)


def sums_of(forecasts: QuerySet[Forecast]) -> dict[int, dict[str, Figure]]:
    """What the planned projects of each forecast come to."""
    planned = ForecastFigure.objects.filter(line__forecast__in=forecasts.values("pk"), line__is_planned=True)
    sums: dict[int, dict[str, Figure]] = defaultdict(dict)
    for pk, measure, figure in planned.values_list("line__forecast_id", "measure").annotate(Sum("figure")):
        sums[pk][measure] = figure
    return sums


def wanted(found: list[ForecastRow], state: str, sort: str) -> list[ForecastRow]:
    """The rows that were asked for, in the order of the address."""
    if state == "late":
        found = [row for row in found if row.late_days or row.forecast.is_late]
    elif state:
        found = [row for row in found if row.forecast.state == state]
    name = sort.removeprefix("-")
    if name in MEASURES:
        place = MEASURES.index(name)
        known = [row for row in found if row.figures[place] is not None]
        unknown = [row for row in found if row.figures[place] is None]
        # Where nothing is known stands last, whichever way the rest is sorted.
        return [*sorted(known, key=lambda row: row.figures[place] or 0, reverse=sort.startswith("-")), *unknown]
    if name == "state":
        order = [str(value) for value in S.values]
        return sorted(found, key=lambda row: order.index(row.forecast.state), reverse=sort.startswith("-"))
    return found[::-1] if sort == "-department" else found


def next_of(found: list[ForecastRow], cycle: Cycle, actor: Actor) -> Next | None:
    """What the person can do about these forecasts."""
    waiting = sum(row.forecast.state == S.SUBMITTED for row in found)
    if actor.may(Can.REVIEW_FORECAST) and waiting:
        text = ngettext("%(n)s forecast waits for a decision", "%(n)s forecasts wait for a decision", waiting)
        return Next(text % {"n": waiting}, _("Accept it, or send it back with a comment."), "", "flag")
    owed = sum(row.forecast.state in (S.DRAFT, S.RETURNED) for row in found)
    if actor.sees_everything and owed:
        text = ngettext("%(n)s department has not submitted yet", "%(n)s departments have not submitted yet", owed)
        return Next(text % {"n": owed}, "", "wait", "hourglass-split")
    return None


def summary(found: list[ForecastRow]) -> dict[str, Any]:
    """How many are accepted, of how many, and how many are late."""
    return {
        "count": len(found),
        "accepted": sum(row.forecast.state == S.ACCEPTED for row in found),
        "late": sum(row.late_days > 0 for row in found),
    }

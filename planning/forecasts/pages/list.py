"""The forecasts of a year, a row per department, and their spreadsheet."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import cycle_with_windows, dates_of, extensions_of
from planning.forecasts import exports
from planning.forecasts.figures import METRICS, Figure, headings
from planning.forecasts.forms import ForecastFilter
from planning.forecasts.models import Forecast
from planning.forecasts.pages.header import owed_day
from planning.forecasts.queries.forecasts import figures_of_year
from planning.forecasts.workflow import FORECAST
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.components import NextBox
from sop_portal.foundation.kit.filters import sort_asked
from sop_portal.foundation.kit.formats import day_short, late
from sop_portal.foundation.kit.paging import paginate_list
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Can

State = Forecast.State
SORTS = ("department", "state", *METRICS)


@dataclass(frozen=True)
class ForecastRow:
    """One department: how far its forecast is, until when, and what it comes to."""

    forecast: Forecast
    due_on: date | None
    late_days: int
    is_extended: bool
    figures: list[Figure]
    heads: list[str]
    today: date

    @property
    def url(self) -> str:
        """The department's forecast."""
        return f"{address('forecasts', self.forecast.cycle.year)}{self.forecast.department.slug}/"

    @property
    def name(self) -> str:
        """The department's name."""
        return self.forecast.department.name

    @property
    def state(self) -> SafeString:
        """The label of the row: how late the forecast is, else its state."""
        if self.late_days:
            return state("late", late(self.late_days))
        now = self.forecast.state
        return state(FORECAST.tones[now], FORECAST.states(now).label, plain=now == State.ACCEPTED)

    @property
    def was_late(self) -> bool:
        """Whether it was submitted after its day."""
        return self.forecast.is_late

    @property
    def due(self) -> str:
        """The due day of the forecast."""
        return day_short(self.due_on, self.today)

    @property
    def extended(self) -> bool:
        """Whether the day is one of an extension."""
        return self.is_extended and self.due_on is not None

    @property
    def cells(self) -> list[tuple[str, Figure]]:
        """The figures, each with the head of its column for the narrow page."""
        return list(zip(self.heads, self.figures, strict=True))


@page(Can.SEE_RECORDS)
def forecasts(request: Request, year: int) -> HttpResponse:
    """Every forecast one may see: state, due day, totals."""
    cycle = cycle_with_windows(request, year)
    found = rows(Forecast.objects.filter(cycle=cycle).visible_to(request.actor), cycle, request.today)
    narrowing = ForecastFilter(request.GET)
    asked = narrowing.chosen["state"]
    sort = sort_asked(request.GET, SORTS)
    turned = paginate_list(wanted(found, asked, sort), request.GET)
    context = summary(found) | {
        "cycle": cycle,
        "filter": narrowing,
        "asked": request.GET.urlencode(),
        "headings": list(zip(METRICS, headings(cycle.currency), strict=True)),
        "rows": turned.rows,
        "turned": turned,
        "next": next_of(found, cycle, request.actor),
    }
    return render(request, "planning/forecasts/list.html", context)


@page(Can.SEE_RECORDS)
def export(request: Request, year: int) -> HttpResponse:
    """Every figure of the forecasts in the list, narrowed in the same way, as a spreadsheet."""
    cycle = cycle_with_windows(request, year)
    found = rows(Forecast.objects.filter(cycle=cycle).visible_to(request.actor), cycle, request.today)
    shown = wanted(found, ForecastFilter(request.GET).chosen["state"], "")
    figures = figures_of_year(cycle, request.actor).filter(line__forecast__in=[row.forecast.pk for row in shown])
    sort_asked(request.GET, SORTS)
    return exports.forecasts(cycle, figures, request.GET.get("format") or "xlsx")


def rows(forecasts: QuerySet[Forecast], cycle: Cycle, on: date) -> list[ForecastRow]:
    """The forecasts of a year as rows, by department, with the sums kept on them."""
    found = list(forecasts.select_related("department").order_by("department__name"))
    dates, extensions = dates_of(cycle, Stage.FORECAST), extensions_of(cycle, Stage.FORECAST)
    heads = headings(cycle.currency)
    shown = []
    for forecast in found:
        forecast.cycle = cycle
        owed = owed_day(forecast, dates, extensions.get(forecast.department_id), on)
        figures = [getattr(forecast, metric) for metric in METRICS]
        is_extended = owed.extension is not None
        shown.append(ForecastRow(forecast, owed.due_on, owed.late_days, is_extended, figures, heads, on))
    return shown


def wanted(found: list[ForecastRow], asked: str, sort: str) -> list[ForecastRow]:
    """The rows that were asked for, in the order of the address."""
    if asked == "late":
        found = [row for row in found if row.late_days or row.forecast.is_late]
    elif asked:
        found = [row for row in found if row.forecast.state == asked]
    name = sort.removeprefix("-")
    if name in METRICS:
        place = METRICS.index(name)
        known = [row for row in found if row.figures[place] is not None]
        unknown = [row for row in found if row.figures[place] is None]
        # Where nothing is known stands last, whichever way the rest is sorted.
        return [*sorted(known, key=lambda row: row.figures[place] or 0, reverse=sort.startswith("-")), *unknown]
    if name == "state":
        order = [str(value) for value in State.values]
        return sorted(found, key=lambda row: order.index(row.forecast.state), reverse=sort.startswith("-"))
    return found[::-1] if sort == "-department" else found


def next_of(found: list[ForecastRow], cycle: Cycle, actor: Actor) -> NextBox | None:
    """What the person can do about these forecasts."""
    waiting = sum(row.forecast.state in FORECAST["accept"].sources for row in found)
    if actor.may(Can.REVIEW_FORECAST) and waiting:
        text = ngettext("%(n)s forecast waits for a decision", "%(n)s forecasts wait for a decision", waiting)
        return NextBox(text % {"n": waiting}, _("Accept it, or send it back with a comment."), "", "flag")
    owed = sum(row.forecast.state in FORECAST["submit"].sources for row in found)
    if actor.sees_everything and owed:
        text = ngettext("%(n)s department has not submitted yet", "%(n)s departments have not submitted yet", owed)
        return NextBox(text % {"n": owed}, "", "wait", "hourglass-split")
    return None


def summary(found: list[ForecastRow]) -> dict[str, Any]:
    """How many are accepted, of how many, and how many are late."""
    return {
        "count": len(found),
        "accepted": sum(row.forecast.state == State.ACCEPTED for row in found),
        "late": sum(row.late_days > 0 for row in found),
    }

"""What each role finds beside its work: the few figures that role looks at first, each a link."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.forecasts.figures import METRICS, change
from planning.forecasts.forecastpage import heading
from planning.models import Actual, Cycle, Forecast, Pool, ResourceRequest, Stage
from sop_portal.dashboards.pastandplan import finding, past_of, planned_by
from sop_portal.dashboards.projectrail import elapsed, share
from sop_portal.dashboards.rails import led_by, rails
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.charts import Caption, LinePoint, YearAhead, capacity_bar, line_chart
from sop_portal.foundation.kit.components import Link, Pair
from sop_portal.foundation.kit.components import PoolCapacity as PoolBar
from sop_portal.foundation.kit.sentences import typed
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import Role

MOST_NAMED = 6
__all__ = ["panels", "rails"]
PLANNING = (Role.HEAD, Role.RESOURCE)


@dataclass(frozen=True)
class Panel:
    """One box beside the tasks."""

    title: Any
    pairs: list[Pair] = field(default_factory=list)
    chart: Any = None
    pools: list[PoolBar] = field(default_factory=list)
    chain: list[Link] = field(default_factory=list)
    figures: "Comparison | None" = None
    note: Any = ""


@dataclass(frozen=True)
class Comparison:
    """Figures of one year beside their change on another: (measure, figure, change)."""

    heads: tuple[Any, Any, Any]
    rows: list[tuple[Any, str, str]]


def panels(actor: Actor, cycle: Cycle | None, running: Cycle | None = None) -> list[Panel]:
    """The boxes of every role this person holds, then where the year stands.

    Who plans looks at the newest year; who spends, reports and decides at the one in execution.
    """
    if cycle is None:
        return []
    found = [
        HOMES[role](actor, cycle if role in PLANNING else running or cycle) for role in actor.roles if role in HOMES
    ]
    return [*found, where_the_year_stands(cycle, actor.on)]


def page(name: str, cycle: Cycle, query: str = "") -> str:
    """A list of the year, perhaps filtered."""
    return reverse(name, args=[cycle.year]) + query


def head(actor: Actor, cycle: Cycle) -> Panel:
    """My department against the years before, and what it plans."""
    rows = (
        Actual.objects.filter(department_id__in=actor.headed_ids, year__gte=cycle.year - 6, year__lt=cycle.year)
        .exclude(year__in=Cycle.objects.exclude(state="closed").values("year"))
        .values("year")
        .annotate(n=Sum("participants"))
        .order_by("year")
    )
    readings = [LinePoint(str(row["year"]), row["n"]) for row in rows]
    known = [r for r in readings if r.value is not None]
    if len(known) < 2:
        return Panel(_("My department"), note=_("Past figures will appear here once two years are known."))
    planned, before = planned_by(actor, cycle), past_of(actor, int(known[-1].label))
    ahead = YearAhead(str(cycle.year), proposal=planned["participants"]) if planned.get("participants") else None
    by_label = {r.label: r for r in readings}
    years = [str(year) for year in range(int(readings[0].label), cycle.year)]
    readings = [by_label.get(year, LinePoint(year, None)) for year in years]
    summary = _("Participants of my department in the past years")
    chart = line_chart(readings, ahead, Caption(finding(known), summary), is_small=True)
    heads = (
        _("%(year)s forecast") % {"year": cycle.year}, _("Figure"), _("On %(year)s") % {"year": known[-1].label},
    )  # fmt: skip
    compared = [
        (heading(m, cycle.currency), formats.number(planned[m]), formats.signed_percent(change(planned[m], before[m])))
        for m in METRICS
        if planned.get(m) is not None
    ]
    return Panel(_("My department"), chart=chart, figures=Comparison(heads, compared) if compared else None)


def lead(actor: Actor, cycle: Cycle) -> Panel:
    """My projects: money spent against the budget, participants against the plan."""
    time = formats.percent(elapsed(cycle.starts_on, cycle.ends_on, actor.on))
    rows = [
        (
            typed(p.name),
            formats.percent(share(p.spent, p.budgeted)),
            formats.percent(share(p.participants_reached, p.participants_planned)),
        )
        for p in led_by(actor, cycle)
    ]
    heads = (_("My projects"), _("Money"), _("Participants"))
    if not rows:
        return Panel(_("Plan against actual"), note=_("You lead no project this year."))
    note = _("Of the plan of %(year)s; %(time)s of the time is over.") % {"year": cycle.year, "time": time}
    return Panel(_("Plan against actual"), figures=Comparison(heads, rows), note=note)


def resource(actor: Actor, cycle: Cycle) -> Panel:
    """What is available, who has not filed, and how many days are left."""
    pools = [
        PoolBar(
            pool.name,
            f"{formats.number(pool.capacity)} {pool.unit}",
            capacity_bar(pool.capacity, pool.committed),
            _("%(free)s free") % {"free": formats.number(pool.free)},
        )
        for pool in Pool.objects.filter(cycle_id=cycle.pk)[:8]
    ]
    pairs = [
        *_filing(
            Forecast.objects.filter(cycle_id=cycle.pk),
            Stage.FORECAST,
            _("Forecasts not filed"),
            "forecasts",
            cycle,
            actor.on,
        ),
        *_filing(
            ResourceRequest.objects.filter(cycle_id=cycle.pk),
            Stage.REQUEST,
            _("Requests not filed"),
            "requests",
            cycle,
            actor.on,
        ),
    ]
    note = "" if pools else _("No pools yet: say what there is in the year before it is allocated.")
    return Panel(_("Capacity and filing %(year)s") % {"year": cycle.year}, pairs, pools=pools, note=note)


def _filing(records: Any, stage: str, label: str, name: str, cycle: Cycle, on: date) -> list[Pair]:
    """How many departments still owe a record, which ones, and until when; nothing before there are any."""
    owing = list(
        records.filter(state__in=["draft", "returned"])
        .values_list("department__name", flat=True)
        .order_by("department__name")
    )
    if not records.exists():
        return []
    found = [Pair(label, str(len(owing)), page(name, cycle))]
    if owing:
        shown = formats.listed(owing[:MOST_NAMED]) + (" …" if len(owing) > MOST_NAMED else "")
        found.append(Pair(shown, "", is_typed=True))
    window = next((w for w in cycle.windows.all() if w.stage == stage), None)
    if owing and window:
        found.append(Pair(_("Days left"), formats.until(window.due_on, on)))
    return found


def where_the_year_stands(cycle: Cycle, on: date) -> Panel:
    """The five stages as a chain, the open one filled."""
    windows = {window.stage: window for window in cycle.windows.all()}
    links = []
    for stage in Stage:
        window = windows.get(stage)
        if window is None:
            continue
        is_now = window.opens_on <= on <= window.grace_until
        words = _("open until %(day)s") if is_now else _("%(from)s to %(to)s")
        days = {
            "day": formats.day_short(window.due_on, on),
            "from": formats.day_short(window.opens_on, on),
            "to": formats.day_short(window.due_on, on),
        }
        links.append(Link(stage.label, "", words % days, is_here=is_now, is_open=window.opens_on > on))
    return Panel(_("Where %(year)s stands") % {"year": cycle.year}, chain=links)


HOMES: dict[Role, Callable[[Actor, Cycle], Panel]] = {
    Role.HEAD: head,
    Role.LEAD: lead,
    Role.RESOURCE: resource,
}

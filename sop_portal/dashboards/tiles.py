"""Six figures of the year, each with its trend over the years and the list that adds up to it."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Confirmation
from evaluations.models import Measure
from planning.models import Cycle, Forecast, Project
from sop_portal.dashboards.accuracy import Accuracy, closeness, newest
from sop_portal.dashboards.projectrail import elapsed, share
from sop_portal.dashboards.queries import NOTHING, Sums
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.charts import spark
from sop_portal.foundation.kit.components import Tile

YEARS = 6
Trend = dict[int, Decimal]


def page(name: str, cycle: Cycle, query: str = "") -> str:
    """A list of this year, perhaps filtered."""
    return reverse(name, args=[cycle.year]) + query


def tiles(cycle: Cycle, sums: Sums, accuracy: dict[int, list[Accuracy]], on: date) -> list[Tile]:
    """Six figures of the year; each tile leads to the list that adds up to it."""
    money = money_by_year(cycle, sums)
    return [
        on_time(cycle),
        accurate(cycle, accuracy),
        granted(cycle, sums, money),
        confirmed(cycle),
        spent(cycle, sums, money, on),
        improved(cycle, on),
    ]


def around(cycle: Cycle, path: str = "cycle__year") -> Q:
    """The years up to this one that a trend shows."""
    return Q(**{f"{path}__range": (cycle.year - YEARS + 1, cycle.year)})


def tile(name: Any, figure: Any, unit: Any, note: Any, url: str, trend: Trend) -> Tile:
    """A tile with its trend and, where there is a year before, the change on it in words."""
    known = dict(sorted(trend.items()))
    change = changed(known)
    said = _("%(change)s; %(note)s") % {"change": change, "note": note} if change and note else change or note
    return Tile(name, figure, unit, said, url, spark([*known.values()]))


def changed(trend: Trend) -> str:
    """ "+4 points on 2025"; nothing without a year before."""
    if len(trend) < 2:
        return ""
    before, now = list(trend)[-2:]
    points = round(trend[now]) - round(trend[before])
    if not points:
        return _("as in %(year)s") % {"year": before}
    words = ngettext("%(points)s point on %(year)s", "%(points)s points on %(year)s", abs(points))
    return words % {"points": formats.signed(points), "year": before}


def percent_of(part: Any, whole: Any) -> Decimal:
    """A share in percent; nothing of nothing is nothing."""
    return share(part or 0, whole or 0) or NOTHING


def on_time(cycle: Cycle) -> Tile:
    """How many forecasts came in time."""
    rows = Forecast.objects.filter(around(cycle)).exclude(state="waived").values("cycle__year").order_by()
    found = {
        row["cycle__year"]: row
        for row in rows.annotate(
            filed=Count("pk", filter=Q(submitted_at__isnull=False)),
            late=Count("pk", filter=Q(submitted_at__isnull=False, is_late=True)),
            all=Count("pk"),
        )
    }
    trend = {year: percent_of(row["filed"] - row["late"], row["all"]) for year, row in found.items() if row["filed"]}
    own = found.get(cycle.year, {"filed": 0, "late": 0, "all": 0})
    note = _("%(late)s late, %(open)s not filed") % {"late": own["late"], "open": own["all"] - own["filed"]}
    figure, unit = str(own["filed"] - own["late"]), _("of %(n)s") % {"n": own["all"]}
    return tile(_("Forecasts filed on time"), figure, unit, note, page("forecasts", cycle), trend)


def accurate(cycle: Cycle, years: dict[int, list[Accuracy]]) -> Tile:
    """How close the last forecast of participants came, weighted: 100 % minus WAPE."""
    url, rows = page("accuracy", cycle), newest(years)
    if not rows:
        return Tile(_("Forecast accuracy, participants"), "–", "", _("no year with forecast and actual yet"), url)
    total = sum((row.actual for row in rows), NOTHING)
    whole = (sum((row.forecast for row in rows), NOTHING) - total) * 100 / total
    words = {"year": rows[0].year, "sum": formats.signed_percent(whole)}
    note = _("%(year)s; %(sum)s on the organisation’s total") % words
    trend = {year: closeness(found) for year, found in years.items()}
    return tile(_("Forecast accuracy, participants"), formats.number(trend[rows[0].year]), "%", note, url, trend)


def money_by_year(cycle: Cycle, sums: Sums) -> dict[int, dict[str, Any]]:
    """The money of every year a trend shows, from the totals kept on its projects; of this year it is known already."""
    rows: Any = Project.objects.filter(around(cycle), cycle__year__lt=cycle.year).values("cycle__year").order_by()
    names = ("asked", "granted", "budgeted", "spent")
    found = {row["cycle__year"]: row for row in rows.annotate(**{name: Sum(name) for name in names})}
    return found | {cycle.year: {name: getattr(sums, name) for name in names}}


def granted(cycle: Cycle, sums: Sums, money: dict[int, dict[str, Any]]) -> Tile:
    """How much of what was asked was granted."""
    part = share(sums.granted, sums.asked)
    note = _("%(currency)s %(amount)s not granted") % {
        "currency": cycle.currency,
        "amount": formats.money(sums.asked - sums.granted),
    }
    trend = {year: percent_of(row["granted"], row["asked"]) for year, row in money.items() if row["asked"]}
    figure, unit = (formats.number(part), "%") if part is not None else ("–", "")
    url = page("projects", cycle, "?sort=-asked")
    return tile(_("Granted of what was asked"), figure, unit, note if part is not None else "", url, trend)


def confirmed(cycle: Cycle) -> Tile:
    """How many departments agree with their lines: their newest answer counts, an amendment asks only some."""
    rows = Confirmation.objects.filter(around(cycle, "budget__cycle__year")).exclude(budget__state="draft")
    answers: dict[int, dict[int, str]] = {}
    for year, department, state in rows.order_by("budget__number").values_list(
        "budget__cycle__year", "department_id", "state"
    ):
        answers.setdefault(year, {})[department] = state
    trend = {year: percent_of([*found.values()].count("confirmed"), len(found)) for year, found in answers.items()}
    own = [*answers.get(cycle.year, {}).values()]
    overruled = own.count("overruled")
    note = _("%(n)s overruled, with a reason") % {"n": overruled} if overruled else _("none overruled")
    unit, url = _("of %(n)s") % {"n": len(own)}, page("cycle", cycle)
    return tile(_("Departments that confirmed the budget"), str(own.count("confirmed")), unit, note, url, trend)


def spent(cycle: Cycle, sums: Sums, money: dict[int, dict[str, Any]], on: date) -> Tile:
    """How much of the budget is spent, beside how much of the year is over."""
    part, time = share(sums.spent, sums.budgeted), elapsed(cycle.starts_on, cycle.ends_on, on)
    trend = {year: percent_of(row["spent"], row["budgeted"]) for year, row in money.items() if row["spent"]}
    url, name = page("projects", cycle, "?sort=-spent"), _("Spent of the budget")
    if part is None:
        return Tile(name, "–", "", _("nothing is budgeted yet"), url)
    points = abs(round(part) - round(time))
    words = {"time": formats.percent(time), "n": points}
    ahead = ngettext(
        "at %(time)s of the time: %(n)s point ahead", "at %(time)s of the time: %(n)s points ahead", points
    )
    behind = ngettext(
        "at %(time)s of the time: %(n)s point behind", "at %(time)s of the time: %(n)s points behind", points
    )
    note = (ahead if part >= time else behind) % words
    # Set beside years that are over, a year in execution would always seem to fall: the shape alone is shown.
    return Tile(name, formats.number(part), "%", note, url, spark([*dict(sorted(trend.items())).values()]))


def improved(cycle: Cycle, on: date) -> Tile:
    """How many improvement measures are closed: verified, or declined with a reason."""
    rows = Measure.objects.filter(around(cycle)).values("cycle__year").order_by()
    found = {
        row["cycle__year"]: row
        for row in rows.annotate(
            closed=Count("pk", filter=Q(state__in=["verified", "declined"])),
            all=Count("pk"),
            overdue=Count("pk", filter=Q(state="adopted", due__lt=on)),
        )
    }
    trend = {year: percent_of(row["closed"], row["all"]) for year, row in found.items()}
    own = found.get(cycle.year, {"closed": 0, "all": 0, "overdue": 0})
    note = ngettext("%(n)s overdue", "%(n)s overdue", own["overdue"]) % {"n": own["overdue"]}
    unit, url = _("of %(n)s") % {"n": own["all"]}, page("improvements", cycle)
    return Tile(
        _("Improvements closed"), str(own["closed"]), unit, note, url, spark([*dict(sorted(trend.items())).values()])
    )

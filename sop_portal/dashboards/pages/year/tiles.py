"""Six figures of the year, each with its trend over the years and the list that adds up to it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Confirmation
from budgets.spending.figures import percent_of, planned_share, share_of_time
from budgets.spending.queries import year_facts
from evaluations.models import Measure
from planning.models import Cycle, Forecast, Project, ResourceRequest
from planning.requests.workflow import REQUEST
from sop_portal.dashboards.figures import ZERO, percentage
from sop_portal.dashboards.pages.year.accuracy import Accuracy, closeness, newest
from sop_portal.dashboards.queries.money import MONEY, DecidedMoney, MoneyTotals, plan_of_year
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts import sparkline
from sop_portal.foundation.kit.charts.sparklines import Sparkline
from sop_portal.foundation.kit.components import Tile

YEARS = 6
Trend = dict[int, Decimal]
MoneyByYear = dict[int, dict[str, Decimal]]


def tiles(
    cycle: Cycle, totals: MoneyTotals, decided: DecidedMoney, accuracy: dict[int, list[Accuracy]], on: date
) -> list[Tile]:
    """Six figures of the year; each tile leads to the list that adds up to it."""
    money = money_by_year(cycle, totals)
    over = years_over(cycle, on)
    return [
        on_time(cycle, over),
        accurate(cycle, accuracy),
        granted(cycle, decided, {year: row for year, row in money.items() if year not in waiting_years(cycle, over)}),
        confirmed(cycle, over),
        spent(cycle, totals, {year: row for year, row in money.items() if year in over}, on),
        improved(cycle, on, over),
    ]


def years_over(cycle: Cycle, on: date) -> set[int]:
    """The years of a trend whose execution is over; what still runs would always seem to fall beside them."""
    years = Cycle.objects.filter(year__range=(cycle.year - YEARS + 1, cycle.year), ends_on__lt=on)
    return set(years.values_list("year", flat=True))


def waiting_years(cycle: Cycle, over: set[int]) -> set[int]:
    """The years before this one of which some requests still wait for a decision, and may get one."""
    waiting = ResourceRequest.objects.filter(years_of_trend(cycle), cycle__year__lt=cycle.year)
    waiting = waiting.exclude(state__in=REQUEST.closed).order_by()
    return set(waiting.values_list("cycle__year", flat=True)) - over


def years_of_trend(cycle: Cycle, path: str = "cycle__year") -> Q:
    """The years up to this one that a trend shows."""
    return Q(**{f"{path}__range": (cycle.year - YEARS + 1, cycle.year)})


def with_trend(tile: Tile, trend: Trend, year: int) -> Tile:
    """A tile with its trend and, where its year and one before are in it, the change in words before its note."""
    change, note = changed(trend, year), tile.note
    text = _("%(change)s; %(note)s") % {"change": change, "note": note} if change and note else change or note
    return replace(tile, note=text, sparkline=sparkline_of(trend))


def sparkline_of(trend: Trend) -> Sparkline | None:
    """The trend as a small line, in the order of the years."""
    return sparkline([trend[year] for year in sorted(trend)])


def changed(trend: Trend, year: int) -> str:
    """ "+4 points on 2025"; nothing without a year before, or while there is no figure of the year itself."""
    if len(trend) < 2 or max(trend) != year:
        return ""
    before, now = sorted(trend)[-2:]
    points = round(trend[now]) - round(trend[before])
    if not points:
        return _("the same as in %(year)s") % {"year": before}
    words = ngettext("%(points)s point compared with %(year)s", "%(points)s points compared with %(year)s", abs(points))
    return words % {"points": formats.signed(points), "year": before}


def percentage_or_zero(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal:
    """A share in percent; nothing of nothing is nothing."""
    return percentage(part or 0, whole or 0) or ZERO


def on_time(cycle: Cycle, over: set[int]) -> Tile:
    """How many forecasts came in time."""
    rows = Forecast.objects.filter(years_of_trend(cycle)).exclude(state="waived").values("cycle__year").order_by()
    found = {
        row["cycle__year"]: row
        for row in rows.annotate(
            filed=Count("pk", filter=Q(submitted_at__isnull=False)),
            late=Count("pk", filter=Q(submitted_at__isnull=False, is_late=True)),
            all=Count("pk"),
        )
    }
    name, url, own = _("Forecasts filed on time"), address("forecasts", cycle.year), found.get(cycle.year)
    # While some may still come in time, the share is not that of the year yet.
    trend = {
        year: percentage_or_zero(row["filed"] - row["late"], row["all"])
        for year, row in found.items()
        if row["filed"] and (year in over or row["filed"] == row["all"])
    }
    if own is None:
        return Tile(name, "–", "", _("no forecast is owed yet"), url, sparkline_of(trend))
    if not own["filed"]:
        note = _("none is filed yet; %(n)s are owed") % {"n": own["all"]}
        return Tile(name, "–", "", note, url, sparkline_of(trend))
    note = _("%(late)s late, %(open)s not filed") % {"late": own["late"], "open": own["all"] - own["filed"]}
    figure, unit = str(own["filed"] - own["late"]), _("of %(n)s") % {"n": own["all"]}
    return with_trend(Tile(name, figure, unit, note, url), trend, cycle.year)


def accurate(cycle: Cycle, years: dict[int, list[Accuracy]]) -> Tile:
    """How close the last forecast of participants came, weighted: 100 % minus WAPE."""
    url, rows = address("accuracy", cycle.year), newest(years)
    if not rows:
        return Tile(_("Forecast accuracy, participants"), "–", "", _("no year with forecast and actual yet"), url)
    total = sum((row.actual for row in rows), ZERO)
    whole = (sum((row.forecast for row in rows), ZERO) - total) * 100 / total
    note = _("the organisation’s total was off by %(sum)s") % {"sum": formats.signed_percent(whole)}
    trend = {year: closeness(found) for year, found in years.items()}
    figure, year = formats.number(trend[rows[0].year]), rows[0].year
    name = _("Forecast accuracy %(year)s, participants") % {"year": year}
    return with_trend(Tile(name, figure, "%", note, url), trend, year)


def money_by_year(cycle: Cycle, totals: MoneyTotals) -> MoneyByYear:
    """The money of every year a trend shows, from the totals kept on its projects; of this year it is known already."""
    before = Project.objects.filter(years_of_trend(cycle), cycle__year__lt=cycle.year).order_by()
    rows = before.values_list("cycle__year").annotate(*(Sum(name) for name in MONEY))
    found = {year: dict(zip(MONEY, sums, strict=True)) for year, *sums in rows}
    return found | {cycle.year: {name: getattr(totals, name) for name in MONEY}}


def granted(cycle: Cycle, decided: DecidedMoney, money: MoneyByYear) -> Tile:
    """How much of what was asked was granted, in the requests that are decided."""
    name, url, part = _("Granted of what was asked"), address("projects", cycle.year), decided.part
    trend = {
        year: percentage_or_zero(row["granted"], row["asked"])
        for year, row in money.items()
        if row["asked"] and (year != cycle.year or decided.is_complete)
    }
    if part is None:
        return Tile(name, "–", "", _("no request is decided yet"), url, sparkline_of(trend))
    words = {"currency": cycle.currency, "amount": formats.money(decided.asked - decided.granted)}
    note = _("%(currency)s %(amount)s not granted") % words
    if not decided.is_complete:
        note = _("%(n)s of %(all)s requests are decided") % {"n": decided.requests, "all": decided.all_requests}
    return with_trend(Tile(name, formats.number(part), "%", note, url), trend, cycle.year)


def confirmed(cycle: Cycle, over: set[int]) -> Tile:
    """How many departments agree with their lines: their newest answer counts, an amendment asks only some."""
    shared = Confirmation.objects.exclude(budget__state="draft").filter(years_of_trend(cycle, "budget__cycle__year"))
    rows = shared.order_by("budget__number").values_list("budget__cycle__year", "department_id", "state")
    answers: dict[int, dict[int, str]] = {}
    for year, department, state in rows:
        answers.setdefault(year, {})[department] = state
    name, url = _("Departments that confirmed the budget"), address("cycle", cycle.year)
    own = [*answers.get(cycle.year, {}).values()]
    waiting, overruled = own.count("awaiting"), own.count("overruled")
    trend = {
        year: percentage_or_zero([*found.values()].count("confirmed"), len(found))
        for year, found in answers.items()
        if year in over or "awaiting" not in found.values()
    }
    if not own:
        return Tile(name, "–", "", _("the budget is not shared yet"), url, sparkline_of(trend))
    note = _("%(n)s overruled, with a reason") % {"n": overruled} if overruled else _("none overruled")
    if waiting:
        note = ngettext("%(n)s has not answered yet", "%(n)s have not answered yet", waiting) % {"n": waiting}
    unit = _("of %(n)s") % {"n": len(own)}
    return with_trend(Tile(name, str(own.count("confirmed")), unit, note, url), trend, cycle.year)


def spent(cycle: Cycle, totals: MoneyTotals, money: MoneyByYear, on: date) -> Tile:
    """How much of the budget is spent, beside how much of it is planned by now."""
    part = percentage(totals.spent, totals.budgeted)
    url, name = f"{address('projects', cycle.year)}?sort=-spent", _("Spent of the budget")
    if part is None:
        return Tile(name, "–", "", _("nothing is budgeted yet"), url)
    trend = {year: percentage_or_zero(row["spent"], row["budgeted"]) for year, row in money.items() if row["spent"]}
    if on < cycle.starts_on:
        begins = _("execution begins on %(day)s") % {"day": formats.day_of_year(cycle.starts_on)}
        return Tile(name, "–", "", begins, url, sparkline_of(trend))
    planned = planned_share(plan_of_year(cycle), year_facts(cycle, on), on)
    note = beside_the_time(part, cycle, on) if planned is None else beside_the_plan(part, planned, cycle, on)
    return Tile(name, formats.number(part), "%", note, url, sparkline_of(trend))


def beside_the_plan(part: Decimal, planned: Decimal, cycle: Cycle, on: date) -> str:
    """By how many points the spending is ahead of what the quarters plan until the end of the month, or behind it."""
    points = abs(round(part) - round(planned))
    ahead = ngettext(
        "%(plan)s planned until the end of %(month)s: %(n)s point ahead",
        "%(plan)s planned until the end of %(month)s: %(n)s points ahead",
        points,
    )
    behind = ngettext(
        "%(plan)s planned until the end of %(month)s: %(n)s point behind",
        "%(plan)s planned until the end of %(month)s: %(n)s points behind",
        points,
    )
    words = {"plan": formats.percent(planned), "month": formats.month(min(on, cycle.ends_on)), "n": points}
    return (ahead if part >= planned else behind) % words


def beside_the_time(part: Decimal, cycle: Cycle, on: date) -> str:
    """Where nothing is phased, there is only a straight line to compare with, and it says so."""
    time = percent_of(share_of_time(cycle.starts_on, cycle.ends_on, on))
    words = {"time": formats.percent(time), "n": abs(round(part) - round(time))}
    ahead = _("no plan by quarters; in even parts %(time)s until the end of the month: %(n)s points ahead")
    behind = _("no plan by quarters; in even parts %(time)s until the end of the month: %(n)s points behind")
    return (ahead if part >= time else behind) % words


def improved(cycle: Cycle, on: date, over: set[int]) -> Tile:
    """How many improvement measures are closed: verified, or declined with a reason."""
    rows = Measure.objects.filter(years_of_trend(cycle)).values("cycle__year").order_by()
    found = {
        row["cycle__year"]: row
        for row in rows.annotate(
            closed=Count("pk", filter=Q(state__in=["verified", "declined"])),
            all=Count("pk"),
            overdue=Count("pk", filter=Q(state="adopted", due__lt=on)),
        )
    }
    trend = {year: percentage_or_zero(row["closed"], row["all"]) for year, row in found.items() if year in over}
    name, url, own = _("Improvements closed"), address("improvements", cycle.year), found.get(cycle.year)
    if own is None:
        return Tile(name, "–", "", _("no measure is proposed yet"), url, sparkline_of(trend))
    note = ngettext("%(n)s overdue", "%(n)s overdue", own["overdue"]) % {"n": own["overdue"]}
    unit = _("of %(n)s") % {"n": own["all"]}
    return Tile(name, str(own["closed"]), unit, note, url, sparkline_of(trend))

"""Six figures of the year, each with its trend over the years and the list that adds up to it."""

from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Confirmation
from evaluations.models import Measure
from planning.models import Cycle, Forecast, Project
from sop_portal.dashboards.figures import ZERO, elapsed, percentage
from sop_portal.dashboards.pages.year.accuracy import Accuracy, closeness, newest
from sop_portal.dashboards.queries.money import MONEY, MoneyTotals
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.charts import spark
from sop_portal.foundation.kit.charts.sparks import Spark
from sop_portal.foundation.kit.components import Tile

YEARS = 6
Trend = dict[int, Decimal]
MoneyByYear = dict[int, dict[str, Decimal]]


def tiles(cycle: Cycle, totals: MoneyTotals, accuracy: dict[int, list[Accuracy]], on: date) -> list[Tile]:
    """Six figures of the year; each tile leads to the list that adds up to it."""
    money = money_by_year(cycle, totals)
    return [
        on_time(cycle),
        accurate(cycle, accuracy),
        granted(cycle, totals, money),
        confirmed(cycle),
        spent(cycle, totals, money, on),
        improved(cycle, on),
    ]


def years_of_trend(cycle: Cycle, path: str = "cycle__year") -> Q:
    """The years up to this one that a trend shows."""
    return Q(**{f"{path}__range": (cycle.year - YEARS + 1, cycle.year)})


def tile(name: str, figure: str, unit: str, note: str, url: str, trend: Trend) -> Tile:
    """A tile with its trend and, where there is a year before, the change on it in words."""
    change = changed(trend)
    text = _("%(change)s; %(note)s") % {"change": change, "note": note} if change and note else change or note
    return Tile(name, figure, unit, text, url, spark_of(trend))


def spark_of(trend: Trend) -> Spark | None:
    """The trend as a small line, in the order of the years."""
    return spark([trend[year] for year in sorted(trend)])


def changed(trend: Trend) -> str:
    """ "+4 points on 2025"; nothing without a year before."""
    if len(trend) < 2:
        return ""
    before, now = sorted(trend)[-2:]
    points = round(trend[now]) - round(trend[before])
    if not points:
        return _("as in %(year)s") % {"year": before}
    words = ngettext("%(points)s point on %(year)s", "%(points)s points on %(year)s", abs(points))
    return words % {"points": formats.signed(points), "year": before}


def percentage_or_zero(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal:
    """A share in percent; nothing of nothing is nothing."""
    return percentage(part or 0, whole or 0) or ZERO


def on_time(cycle: Cycle) -> Tile:
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
    trend = {
        year: percentage_or_zero(row["filed"] - row["late"], row["all"]) for year, row in found.items() if row["filed"]
    }
    own = found.get(cycle.year, {"filed": 0, "late": 0, "all": 0})
    note = _("%(late)s late, %(open)s not filed") % {"late": own["late"], "open": own["all"] - own["filed"]}
    figure, unit = str(own["filed"] - own["late"]), _("of %(n)s") % {"n": own["all"]}
    return tile(_("Forecasts filed on time"), figure, unit, note, address("forecasts", cycle.year), trend)


def accurate(cycle: Cycle, years: dict[int, list[Accuracy]]) -> Tile:
    """How close the last forecast of participants came, weighted: 100 % minus WAPE."""
    url, rows = address("accuracy", cycle.year), newest(years)
    if not rows:
        return Tile(_("Forecast accuracy, participants"), "–", "", _("no year with forecast and actual yet"), url)
    total = sum((row.actual for row in rows), ZERO)
    whole = (sum((row.forecast for row in rows), ZERO) - total) * 100 / total
    words = {"year": rows[0].year, "sum": formats.signed_percent(whole)}
    note = _("%(year)s; %(sum)s on the organisation’s total") % words
    trend = {year: closeness(found) for year, found in years.items()}
    return tile(_("Forecast accuracy, participants"), formats.number(trend[rows[0].year]), "%", note, url, trend)


def money_by_year(cycle: Cycle, totals: MoneyTotals) -> MoneyByYear:
    """The money of every year a trend shows, from the totals kept on its projects; of this year it is known already."""
    before = Project.objects.filter(years_of_trend(cycle), cycle__year__lt=cycle.year).order_by()
    rows = before.values_list("cycle__year").annotate(*(Sum(name) for name in MONEY))
    found = {year: dict(zip(MONEY, sums, strict=True)) for year, *sums in rows}
    return found | {cycle.year: {name: getattr(totals, name) for name in MONEY}}


def granted(cycle: Cycle, totals: MoneyTotals, money: MoneyByYear) -> Tile:
    """How much of what was asked was granted."""
    part = percentage(totals.granted, totals.asked)
    note = _("%(currency)s %(amount)s not granted") % {
        "currency": cycle.currency,
        "amount": formats.money(totals.asked - totals.granted),
    }
    trend = {year: percentage_or_zero(row["granted"], row["asked"]) for year, row in money.items() if row["asked"]}
    figure, unit = (formats.number(part), "%") if part is not None else ("–", "")
    url = f"{address('projects', cycle.year)}?sort=-asked"
    return tile(_("Granted of what was asked"), figure, unit, note if part is not None else "", url, trend)


def confirmed(cycle: Cycle) -> Tile:
    """How many departments agree with their lines: their newest answer counts, an amendment asks only some."""
    shared = Confirmation.objects.exclude(budget__state="draft").filter(years_of_trend(cycle, "budget__cycle__year"))
    rows = shared.order_by("budget__number").values_list("budget__cycle__year", "department_id", "state")
    answers: dict[int, dict[int, str]] = {}
    for year, department, state in rows:
        answers.setdefault(year, {})[department] = state
    trend = {
        year: percentage_or_zero([*found.values()].count("confirmed"), len(found)) for year, found in answers.items()
    }
    own = [*answers.get(cycle.year, {}).values()]
    overruled = own.count("overruled")
    note = _("%(n)s overruled, with a reason") % {"n": overruled} if overruled else _("none overruled")
    unit, url = _("of %(n)s") % {"n": len(own)}, address("cycle", cycle.year)
    return tile(_("Departments that confirmed the budget"), str(own.count("confirmed")), unit, note, url, trend)


def spent(cycle: Cycle, totals: MoneyTotals, money: MoneyByYear, on: date) -> Tile:
    """How much of the budget is spent, beside how much of the year is over."""
    part, time = percentage(totals.spent, totals.budgeted), elapsed(cycle.starts_on, cycle.ends_on, on)
    url, name = f"{address('projects', cycle.year)}?sort=-spent", _("Spent of the budget")
    if part is None:
        return Tile(name, "–", "", _("nothing is budgeted yet"), url)
    trend = {year: percentage_or_zero(row["spent"], row["budgeted"]) for year, row in money.items() if row["spent"]}
    # Set beside years that are over, a year in execution would always seem to fall: the shape alone is shown.
    return Tile(name, formats.number(part), "%", beside_the_time(part, time), url, spark_of(trend))


def beside_the_time(part: Decimal, time: Decimal) -> str:
    """By how many points the spending is ahead of the time, or behind it."""
    points = abs(round(part) - round(time))
    ahead = ngettext(
        "at %(time)s of the time: %(n)s point ahead", "at %(time)s of the time: %(n)s points ahead", points
    )
    behind = ngettext(
        "at %(time)s of the time: %(n)s point behind", "at %(time)s of the time: %(n)s points behind", points
    )
    return (ahead if part >= time else behind) % {"time": formats.percent(time), "n": points}


def improved(cycle: Cycle, on: date) -> Tile:
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
    trend = {year: percentage_or_zero(row["closed"], row["all"]) for year, row in found.items()}
    own = found.get(cycle.year, {"closed": 0, "all": 0, "overdue": 0})
    note = ngettext("%(n)s overdue", "%(n)s overdue", own["overdue"]) % {"n": own["overdue"]}
    unit, url = _("of %(n)s") % {"n": own["all"]}, address("improvements", cycle.year)
    return Tile(_("Improvements closed"), str(own["closed"]), unit, note, url, spark_of(trend))

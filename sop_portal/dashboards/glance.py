"""The year at a glance: six tiles, the flow of money, exceptions in sentences. Every number leads to its list."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Confirmation
from evaluations.models import Measure
from planning.models import Cycle, Forecast, ForecastFigure
from sop_portal.dashboards.projectpage import elapsed, share
from sop_portal.dashboards.queries import NOTHING, Sums
from sop_portal.kit import formats
from sop_portal.kit.charts import Amount, Miss, bias_chart, flow_chart
from sop_portal.kit.pages import Tile


@dataclass(frozen=True)
class Accuracy:
    """Forecast and actual participants of one department; `off` in percent of the actual (positive: too high)."""

    department: str
    forecast: Decimal
    actual: Decimal

    @property
    def off(self) -> Decimal:
        """How far the forecast missed, in percent of what happened."""
        return (self.forecast - self.actual) * 100 / self.actual


def page(name: str, cycle: Cycle, query: str = "") -> str:
    """A list of this year, perhaps filtered."""
    return reverse(name, args=[cycle.year]) + query


def tiles(cycle: Cycle, sums: Sums, accuracy: list[Accuracy], on: date) -> list[Tile]:
    """Six figures of the year; each tile leads to the list that adds up to it."""
    return [
        on_time(cycle),
        accurate(cycle, accuracy),
        granted(cycle, sums),
        confirmed(cycle),
        spent(cycle, sums, on),
        improved(cycle, on),
    ]


def on_time(cycle: Cycle) -> Tile:
    """How many forecasts came in time."""
    found = (
        Forecast.objects.filter(cycle_id=cycle.pk)
        .exclude(state="waived")
        .aggregate(
            filed=Count("pk", filter=Q(submitted_at__isnull=False)),
            late=Count("pk", filter=Q(submitted_at__isnull=False, is_late=True)),
            all=Count("pk"),
        )
    )
    good = found["filed"] - found["late"]
    note = _("%(late)s late, %(open)s not filed") % {"late": found["late"], "open": found["all"] - found["filed"]}
    return Tile(
        _("Forecasts filed on time"), str(good), _("of %(n)s") % {"n": found["all"]}, note, page("forecasts", cycle)
    )


def accurate(cycle: Cycle, rows: list[Accuracy]) -> Tile:
    """How close the last forecast of participants came, weighted: 100 % minus WAPE."""
    url = page("accuracy", cycle)
    total = sum((row.actual for row in rows), NOTHING)
    if not total:
        return Tile(_("Forecast accuracy, participants"), "–", "", _("no year with forecast and actual yet"), url)
    missed = sum((abs(row.forecast - row.actual) for row in rows), NOTHING) * 100 / total
    whole = (sum((row.forecast for row in rows), NOTHING) - total) * 100 / total
    note = _("%(sum)s on the organisation’s total") % {"sum": formats.signed_percent(whole)}
    return Tile(_("Forecast accuracy, participants"), formats.number(100 - missed), "%", note, url)


def granted(cycle: Cycle, sums: Sums) -> Tile:
    """How much of what was asked was granted."""
    part = share(sums.granted, sums.asked)
    note = _("%(amount)s not granted") % {"amount": formats.money(sums.asked - sums.granted)}
    figure = formats.number(part) if part is not None else "–"
    return Tile(
        _("Granted of what was asked"),
        figure,
        "%" if part is not None else "",
        note,
        page("projects", cycle, "?sort=-asked"),
    )


def confirmed(cycle: Cycle) -> Tile:
    """How many departments agree with their lines: their newest answer counts, an amendment asks only some."""
    rows = Confirmation.objects.filter(budget__cycle_id=cycle.pk).exclude(budget__state="draft")
    newest = dict(rows.order_by("budget__number").values_list("department_id", "state"))
    answers = list(newest.values())
    note = _("%(n)s overruled, with a reason") % {"n": answers.count("overruled")}
    unit, url = _("of %(n)s") % {"n": len(answers)}, page("cycle", cycle)
    return Tile(_("Departments that confirmed the budget"), str(answers.count("confirmed")), unit, note, url)


def spent(cycle: Cycle, sums: Sums, on: date) -> Tile:
    """How much of the budget is spent, beside how much of the year is over."""
    part, time = share(sums.spent, sums.budgeted), elapsed(cycle.starts_on, cycle.ends_on, on)
    note = _("at %(time)s of the time") % {"time": formats.percent(time)}
    figure = formats.number(part) if part is not None else "–"
    url = page("projects", cycle, "?sort=-spent")
    return Tile(_("Spent of the budget"), figure, "%" if part is not None else "", note, url)


def improved(cycle: Cycle, on: date) -> Tile:
    """How many improvement measures are closed."""
    found = (
        Measure.objects.filter(cycle_id=cycle.pk)
        .exclude(state="declined")
        .aggregate(
            closed=Count("pk", filter=Q(state="verified")),
            all=Count("pk"),
            overdue=Count("pk", filter=Q(state="adopted", due__lt=on)),
        )
    )
    note = ngettext("%(n)s overdue", "%(n)s overdue", found["overdue"]) % {"n": found["overdue"]}
    unit = _("of %(n)s") % {"n": found["all"]}
    return Tile(_("Improvements closed"), str(found["closed"]), unit, note, page("improvements", cycle))


def flow(cycle: Cycle, sums: Sums) -> Any:
    """Needed, asked, granted, budgeted, spent: five bars, each a link to the list that adds up to it."""
    names = [
        (_("needed"), sums.needed, "?sort=-needed"),
        (_("asked"), sums.asked, "?sort=-asked"),
        (_("granted"), sums.granted, "?sort=-granted"),
        (_("budgeted"), sums.budgeted, "?sort=-budgeted"),
        (_("spent"), sums.spent, "?sort=-spent"),
    ]
    amounts = [Amount(name, value or None, page("projects", cycle, query)) for name, value, query in names]
    part = share(sums.granted, sums.asked)
    title = _("The money of the year, from need to spending")
    if part is not None and part < 100:
        title = _("%(share)s of what was asked was not granted") % {"share": formats.percent(100 - part)}
    note = _("%(currency)s, all projects") % {"currency": cycle.currency}
    return flow_chart(amounts, title=title, summary=_("Money needed, asked, granted, budgeted and spent"), note=note)


def accuracy(cycle: Cycle) -> list[Accuracy]:
    """Participants forecast for the last finished year beside what was counted, by department."""
    figures = (
        ForecastFigure.objects.filter(measure="participants", figure__isnull=False, line__is_planned=True)
        .filter(line__forecast__cycle__year__lt=cycle.year, line__forecast__state="accepted")
        .order_by("-line__forecast__cycle__year")
    )
    year = figures.values_list("line__forecast__cycle__year", flat=True).first()
    return accuracy_of(year) if year else []


def accuracy_of(year: int) -> list[Accuracy]:
    """The same for one year; projects without an actual are left out on both sides."""
    rows = ForecastFigure.objects.filter(measure="participants", line__forecast__cycle__year=year).filter(
        line__project__department__actuals__year=year,
        line__project__department__actuals__slug=F("line__project__slug"),
        line__project__department__actuals__participants__isnull=False,
    )
    sums = rows.values("line__project__department__name").annotate(
        forecast=Sum("figure"), actual=Sum("line__project__department__actuals__participants")
    )
    return [
        Accuracy(row["line__project__department__name"], row["forecast"], row["actual"])
        for row in sums.order_by("line__project__department__name")
        if row["actual"] and row["forecast"] is not None
    ]


def bias(cycle: Cycle, rows: list[Accuracy]) -> Any:
    """How far each department's forecast missed, the worst first; None without figures."""
    if not rows:
        return None
    worst = sorted(rows, key=lambda row: -abs(row.off))[:12]
    misses = [Miss(r.department, r.off, page("accuracy", cycle)) for r in sorted(worst, key=lambda r: -r.off)]
    small = sum(1 for row in rows if abs(row.off) < 5)
    title = _("%(n)s of %(all)s departments forecast within 5 %%") % {"n": small, "all": len(rows)}
    return bias_chart(misses, title=title, summary=_("Forecast against actual participants by department"))

"""The year at a glance: six tiles, the flow of money, exceptions in sentences. Every number leads to its list."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budgets.models import Appropriation, Confirmation, Finding
from evaluations.models import Measure, ProgressReport
from planning.models import Cycle, Forecast, ForecastFigure, Project
from sop_portal.dashboards.projectpage import elapsed, share
from sop_portal.dashboards.queries import NOTHING, Sums
from sop_portal.kit import formats
from sop_portal.kit.charts import Amount, Miss, bias_chart, flow_chart
from sop_portal.kit.pages import Tile

MOST = 5
AHEAD = Decimal("1.2")


@dataclass(frozen=True)
class Deviation:
    """One thing that is not as planned, as a sentence with its link."""

    who: str
    sentence: str
    url: str


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
    """How many departments confirmed their lines of the latest budget."""
    latest = Confirmation.objects.filter(budget__cycle_id=cycle.pk).order_by("-budget__number").values("budget_id")[:1]
    found = Confirmation.objects.filter(budget_id__in=list(latest.values_list("budget_id", flat=True))).aggregate(
        confirmed=Count("pk", filter=Q(state="confirmed")),
        overruled=Count("pk", filter=Q(state="overruled")),
        all=Count("pk"),
    )
    note = _("%(n)s overruled, with a reason") % {"n": found["overruled"]}
    unit = _("of %(n)s") % {"n": found["all"]}
    return Tile(
        _("Departments that confirmed the budget"), str(found["confirmed"]), unit, note, page("budget-latest", cycle)
    )


def spent(cycle: Cycle, sums: Sums, on: date) -> Tile:
    """How much of the budget is spent, beside how much of the year is over."""
    part, time = share(sums.spent, sums.budgeted), elapsed(cycle.starts_on, cycle.ends_on, on)
    note = _("at %(time)s of the time") % {"time": formats.percent(time)}
    figure = formats.number(part) if part is not None else "–"
    return Tile(_("Spent of the budget"), figure, "%" if part is not None else "", note, page("appropriations", cycle))


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


def exceptions(cycle: Cycle, on: date) -> list[Deviation]:
    """What is not as planned, the most urgent first."""
    return [*overspending(cycle, on), *owing(cycle, on), *unanswered(cycle, on), *idle(cycle, on)][: MOST * 2]


def planned_share(time: Decimal, quarter: int) -> Decimal:
    """How much of a quarter is over when so many percent of the year are."""
    return min(max(time / 25 - quarter, NOTHING), Decimal(1))


def overspending(cycle: Cycle, on: date) -> list[Deviation]:
    """Lines of running projects that are a fifth or more ahead of what their quarters planned until today."""
    time = elapsed(cycle.starts_on, cycle.ends_on, on)
    if not time or on > cycle.ends_on:
        return []
    first, *others = (F(f"line__q{n + 1}") * planned_share(time, n) for n in range(4))
    planned = ExpressionWrapper(sum(others, first), DecimalField(max_digits=15, decimal_places=2))
    used = ExpressionWrapper(F("spent") * Decimal(100) / F("planned"), DecimalField(max_digits=9, decimal_places=2))
    lines = Appropriation.objects.filter(cycle_id=cycle.pk, approved__gt=0, project__state="active")
    ahead = lines.annotate(planned=planned).filter(planned__gt=0).annotate(used=used).filter(used__gt=AHEAD * 100)
    ahead = ahead.select_related("project", "department").order_by("-used", "pk")
    return [
        Deviation(
            f"{line.project}, {line.department}",
            _("%(category)s: %(used)s of plan at %(time)s of the time")
            % {
                "category": line.get_category_display(),
                "used": formats.percent(line.used),
                "time": formats.percent(time),
            },
            page("expenses", cycle, f"?project={line.project_id}"),
        )
        for line in ahead[:MOST]
    ]


def owing(cycle: Cycle, on: date) -> list[Deviation]:
    """Departments that owe progress reports."""
    late = ProgressReport.objects.filter(cycle_id=cycle.pk, state__in=["draft", "returned"], due__lt=on)
    rows = late.values_list("department_id", "department__name").annotate(n=Count("pk")).order_by("-n")
    return [
        Deviation(
            name,
            ngettext("owes %(n)s progress report", "owes %(n)s progress reports", n) % {"n": n},
            page("progress", cycle, f"?department={department}&state=draft"),
        )
        for department, name, n in rows[:MOST]
    ]


def unanswered(cycle: Cycle, on: date) -> list[Deviation]:
    """Audit findings without an answer in time."""
    late = Finding.objects.filter(audit__cycle_id=cycle.pk, state="open", due__lt=on).select_related(
        "audit__department", "audit__cycle"
    )
    return [
        Deviation(
            str(f.audit.department),
            _("has not answered an audit finding since %(day)s") % {"day": formats.day_short(f.due)},
            f.get_absolute_url(),
        )
        for f in late.order_by("due")[:MOST]
    ]


def idle(cycle: Cycle, on: date) -> list[Deviation]:
    """Departments that will probably leave money over: less than half of the pace after a quarter of the year."""
    time = elapsed(cycle.starts_on, cycle.ends_on, on)
    if time < 25 or on > cycle.ends_on + timedelta(days=31):
        return []
    rows = Project.objects.filter(cycle_id=cycle.pk, budgeted__gt=0).values("department_id", "department__name")
    found = []
    for row in rows.annotate(spent_sum=Sum("spent"), budget_sum=Sum("budgeted")):
        used = share(row["spent_sum"], row["budget_sum"]) or NOTHING
        if used < time / 2:
            left = row["budget_sum"] - row["spent_sum"] * 100 / time
            words = {"used": formats.percent(used), "left": formats.money(left), "currency": cycle.currency}
            sentence = _("spent %(used)s; at this pace %(currency)s %(left)s is left over") % words
            url = page("projects", cycle, f"?department={row['department_id']}")
            found.append(Deviation(row["department__name"], sentence, url))
    return found[:MOST]


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

"""A head's departments: what they plan, what they reached, and what changed last, in words."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from planning.forecasts.figures import METRICS, change, heading
from planning.models import Actual, Cycle, ForecastFigure
from sop_portal.dashboards.figures import ZERO
from sop_portal.dashboards.pages.my_work.blocks import Panel, YearComparison
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.charts import Caption, LinePoint, YearAhead, line_chart
from sop_portal.foundation.organisation.actor import Actor

YEARS_BEFORE = 6
NOTICEABLE = Decimal("0.5")


def department_panel(actor: Actor, cycle: Cycle) -> Panel:
    """My department against the years before, and what it plans."""
    points = points_of(actor, cycle)
    known = [point for point in points if point.value is not None]
    if len(known) < 2:
        return Panel(_("My department"), note=_("Past figures will appear here once two years are known."))
    planned = planned_by(actor, cycle)
    participants = planned.get("participants")
    chart = line_chart(
        with_gaps(points, cycle.year),
        YearAhead(str(cycle.year), proposal=participants) if participants else None,
        Caption(trend_sentence(known), _("Participants of my department in the past years")),
        is_small=True,
    )
    return Panel(_("My department"), chart=chart, figures=comparison(actor, cycle, planned, known[-1].label))


def points_of(actor: Actor, cycle: Cycle) -> list[LinePoint]:
    """The participants of my departments in each year that is over."""
    rows = Actual.objects.filter(
        department_id__in=actor.headed_ids, year__gte=cycle.year - YEARS_BEFORE, year__lt=cycle.year
    )
    over = rows.exclude(year__in=Cycle.objects.exclude(state="closed").values("year"))
    sums = over.values("year").annotate(n=Sum("participants")).order_by("year")
    return [LinePoint(str(row["year"]), row["n"]) for row in sums]


def with_gaps(points: list[LinePoint], until: int) -> list[LinePoint]:
    """The points with an empty one for every year of which nothing is known."""
    by_label = {point.label: point for point in points}
    years = [str(year) for year in range(int(points[0].label), until)]
    return [by_label.get(year, LinePoint(year, None)) for year in years]


def comparison(actor: Actor, cycle: Cycle, planned: dict[str, Decimal], year: str) -> YearComparison | None:
    """What is planned, beside its change on the last year known; None without a plan."""
    before = past_of(actor, int(year))
    heads = (_("%(year)s forecast") % {"year": cycle.year}, _("Figure"), _("On %(year)s") % {"year": year})
    rows: list[tuple[str, str, str]] = [
        (
            heading(metric, cycle.currency),
            formats.number(planned[metric]),
            formats.signed_percent(change(planned[metric], before[metric])),
        )
        for metric in METRICS
        if planned.get(metric) is not None
    ]
    return YearComparison(heads, rows) if rows else None


def planned_by(actor: Actor, cycle: Cycle) -> dict[str, Decimal]:
    """What my departments forecast for the year, by measure."""
    figures = ForecastFigure.objects.filter(
        line__forecast__cycle_id=cycle.pk, line__forecast__department_id__in=actor.headed_ids, line__is_planned=True
    )
    return dict(figures.values_list("metric").annotate(Sum("figure")))


def past_of(actor: Actor, year: int) -> dict[str, Decimal | None]:
    """What my departments reached in a year, by measure."""
    rows = Actual.objects.filter(department_id__in=actor.headed_ids, year=year)
    return rows.aggregate(**{metric: Sum(metric) for metric in METRICS})


def trend_sentence(known: list[LinePoint]) -> str:
    """The last change as a sentence."""
    moved = change(Decimal(known[-1].value or 0), Decimal(known[-2].value or 0))
    names = {"year": known[-1].label, "change": formats.percent(abs(moved or ZERO))}
    if moved is None or abs(moved) < NOTICEABLE:
        return _("Participants hardly changed in %(year)s") % names
    return (
        _("Participants rose by %(change)s in %(year)s")
        if moved > 0
        else _("Participants fell by %(change)s in %(year)s")
    ) % names

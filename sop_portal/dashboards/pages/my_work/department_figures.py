"""A head's departments: what they plan, what they reached, and what changed last, in words."""

from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from planning.forecasts.figures import METRICS, change, heading, whole
from planning.forecasts.queries.history import actuals_by_year, actuals_in
from planning.forecasts.queries.planners import all_planners_in
from planning.models import Cycle, ForecastFigure
from planning.projects.queries import years_under_way
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
        YearAhead(str(cycle.year), own=participants) if participants else None,
        Caption(trend_sentence(known), _("Participants of my department in the past years")),
        is_small=True,
    )
    return Panel(_("My department"), chart=chart, figures=compared_with_year(actor, cycle, planned, known[-1].label))


def points_of(actor: Actor, cycle: Cycle) -> list[LinePoint]:
    """The participants of my departments, and of those planned under them now, in each year that is over."""
    planners = all_planners_in(cycle.pk)
    years = set(range(cycle.year - YEARS_BEFORE, cycle.year)) - years_under_way()
    known = actuals_by_year(years, planners.parts_of_all(actor.headed_ids), planners)
    sums = {year: whole(own.get("participants") for own in known[year].values()) for year in sorted(known)}
    return [LinePoint(str(year), participants) for year, participants in sums.items()]


def with_gaps(points: list[LinePoint], until: int) -> list[LinePoint]:
    """The points with an empty one for every year of which nothing is known."""
    by_label = {point.label: point for point in points}
    years = [str(year) for year in range(int(points[0].label), until)]
    return [by_label.get(year, LinePoint(year, None)) for year in years]


def compared_with_year(actor: Actor, cycle: Cycle, planned: dict[str, Decimal], year: str) -> YearComparison | None:
    """What is planned, beside its change on the last year known; None without a plan."""
    before = past_of(actor, cycle, int(year))
    heads = (_("%(year)s forecast") % {"year": cycle.year}, _("Figure"), _("Compared with %(year)s") % {"year": year})
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


def past_of(actor: Actor, cycle: Cycle, year: int) -> dict[str, Decimal | None]:
    """What my departments, and those that are planned under them now, reached in a year, by measure."""
    planners = all_planners_in(cycle.pk)
    found = actuals_in(year, planners.parts_of_all(actor.headed_ids), planners).values()
    return {metric: whole(own.get(metric) for own in found) for metric in METRICS}


def trend_sentence(known: list[LinePoint]) -> str:
    """The last change as a sentence; none where the year before is not known, or nobody came in it."""
    if int(known[-1].label) - int(known[-2].label) != 1 or not known[-2].value:
        return _("Participants of my department in the past years")
    moved = change(Decimal(known[-1].value or 0), Decimal(known[-2].value or 0))
    names = {"year": known[-1].label, "change": formats.percent(abs(moved or ZERO))}
    if moved is None or abs(moved) < NOTICEABLE:
        return _("Participants hardly changed in %(year)s") % names
    return (
        _("Participants rose by %(change)s in %(year)s")
        if moved > 0
        else _("Participants fell by %(change)s in %(year)s")
    ) % names

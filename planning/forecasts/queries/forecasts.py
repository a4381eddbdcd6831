"""Forecasts, their lines and figures: for a page, within what a person may see."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet, Sum
from django.shortcuts import get_object_or_404

from planning.cycles.models import Cycle
from planning.forecasts.figures import Figure
from planning.forecasts.models import Forecast, ForecastFigure, ForecastLine
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import Actor


def find_forecast(request: Request, *, year: int, department: str) -> Forecast:
    """The forecast of a department; an act reads windows and extensions itself, with the row it locks."""
    forecasts = Forecast.objects.visible_to(request.actor)
    forecasts = forecasts.select_related("cycle", "department", "submitted_by", "accepted_by")
    if request.method != "POST":
        forecasts = forecasts.prefetch_related("cycle__windows", "cycle__extensions__granted_by")
    return get_object_or_404(forecasts, cycle__year=year, department__slug=department)


def find_line(request: Request, *, year: int, department: str, project: str) -> ForecastLine:
    """The line of a project."""
    lines = ForecastLine.objects.visible_to(request.actor)
    lines = lines.select_related("forecast__cycle", "forecast__department", "project__lead")
    lines = lines.prefetch_related("figures", "forecast__cycle__windows", "forecast__cycle__extensions__granted_by")
    where = {"forecast__cycle__year": year, "forecast__department__slug": department, "project__slug": project}
    return get_object_or_404(lines, **where)


def lines_of(forecast: Forecast) -> list[ForecastLine]:
    """Every line of a forecast with its project and figures, by name; two queries."""
    lines = forecast.lines.select_related("project").prefetch_related("figures")
    return list(lines.order_by("project__name", "pk"))


def figures_of_year(cycle: Cycle, actor: Actor) -> QuerySet[ForecastFigure]:
    """Every figure of every forecast of a year that a person may see, by department and project."""
    figures = ForecastFigure.objects.filter(line__forecast__cycle=cycle).visible_to(actor)
    figures = figures.select_related("line__project", "line__forecast__department")
    return figures.order_by("line__forecast__department__name", "line__project__name", "line_id", "pk")


def planned_sums(forecasts: Iterable[Forecast]) -> dict[int, dict[str, Figure]]:
    """What the planned projects of each forecast come to, added up from their figures, for the totals kept there."""
    planned = ForecastFigure.objects.filter(line__forecast__in=[f.pk for f in forecasts], line__is_planned=True)
    sums: dict[int, dict[str, Figure]] = defaultdict(dict)
    for pk, metric, figure in planned.order_by().values_list("line__forecast_id", "metric").annotate(Sum("figure")):
        sums[pk][metric] = figure
    return sums

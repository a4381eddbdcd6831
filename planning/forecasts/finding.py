"""Fetching what a page of stage 1 is about: what a person may not see is not there."""

from typing import Any

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404

from planning.cycles.models import Cycle
from planning.cycles.queries import in_year, years_of
from planning.forecasts.models import DemandReport, Forecast, ForecastLine
from sop_portal.foundation.organisation.access import Request


def find_cycle(request: Request, year: int) -> Cycle:
    """The year; before it is published nobody forecasts in it."""
    published = [cycle for cycle in years_of(request) if cycle.state != Cycle.State.DRAFT]
    cycle = in_year(published, year)
    prefetch_related_objects([cycle], "windows", "extensions")
    return cycle


def find_forecast(request: Request, *, year: int, department: str, **_more: Any) -> Forecast:
    """The forecast of a department."""
    forecasts = Forecast.objects.visible_to(request.actor)
    forecasts = forecasts.select_related("cycle", "department", "submitted_by", "accepted_by")
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
    lines = forecast.lines.select_related("project__lead").prefetch_related("figures")
    return list(lines.order_by("project__name", "pk"))


def find_report(request: Request, *, year: int, number: int, **_more: Any) -> DemandReport:
    """One version of the demand report."""
    reports = DemandReport.objects.visible_to(request.actor).select_related("cycle", "published_by")
    reports = reports.prefetch_related("cycle__windows", "cycle__extensions__granted_by")
    return get_object_or_404(reports, cycle__year=year, number=number)

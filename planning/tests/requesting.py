"""A year on its way to the allocation, reached through actions alone."""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from django.test import Client

from planning.cycles.actions import create_cycle
from planning.forecasts import actions as forecasts
from planning.forecasts.models import Forecast
from planning.requests import actions
from planning.requests.models import Pool, RequestLine, ResourceRequest
from sop_portal.foundation.organisation.models import Department, User

Browser = Callable[[User], Client]

MARCH = datetime(2027, 3, 12, 17, tzinfo=UTC)
APRIL = datetime(2027, 4, 1, 16, tzinfo=UTC)
DURING = APRIL + timedelta(days=5)
TYPED = {"activities": 10, "participants": 200, "people": 120, "materials": 300, "money": 1200}


def forecast_year(cast: SimpleNamespace) -> SimpleNamespace:
    """In March the forecasts of Arts and Sports for 2027 are accepted, with one project each."""
    cycle = create_cycle(year=2027, by=cast.ada, at=MARCH)
    cycle = forecasts.publish_year(cycle, by=cast.ada, at=MARCH, seen=1)
    projects = {}
    for head, slug, name in ((cast.amina, "arts", "Story hours"), (cast.bao, "sports", "Swimming")):
        department = Department.objects.get(slug=slug)
        forecast = Forecast.objects.get(cycle=cycle, department=department)
        lead = cast.ben if slug == "arts" else None
        projects[slug] = forecasts.add_project(forecast, forecasts.NewProject(name, lead=lead), by=head, at=MARCH)
        actions.set_importance(projects[slug], 4, by=cast.chidi, at=MARCH)
        line = projects[slug].forecast_line
        typed = {
            metric: forecasts.Typed(Decimal(figure), "feedback", "Counted on the waiting list.")
            for metric, figure in TYPED.items()
        }
        forecasts.set_figures(line, typed, by=head, at=MARCH, seen=line.forecast.version)
        forecast.refresh_from_db()
        forecasts.submit(forecast, by=head, at=MARCH, seen=forecast.version)
        forecasts.accept(forecast, by=cast.chidi, at=MARCH, seen=forecast.version)
    return SimpleNamespace(cycle=cycle, story=projects["arts"], swimming=projects["sports"])


def open_year(cast: SimpleNamespace, *, pools: bool = True) -> SimpleNamespace:
    """The demand report of 2027 is published on 1 April; Arts and Sports each have one project and a draft request."""
    year = forecast_year(cast)
    cycle = year.cycle
    if pools:
        add_pools(year, cast)
    report = forecasts.start_report(cycle, by=cast.chidi, at=APRIL)
    year.report = actions.publish_report(report, by=cast.chidi, at=APRIL, seen=report.version)
    year.arts = ResourceRequest.objects.get(cycle=cycle, department__slug="arts")
    year.sports = ResourceRequest.objects.get(cycle=cycle, department__slug="sports")
    for project in (year.story, year.swimming):
        project.refresh_from_db()
    return year


def add_pools(year: SimpleNamespace, cast: SimpleNamespace, at: datetime = MARCH) -> None:
    """The usual fund; the Bookmobile, paid from it by the day; the hours of people with a salary, usual too."""
    fund = actions.PoolTerms("Programme fund", "USD", Decimal(2000), is_usual=True, takes_materials=True)
    year.fund = actions.add_pool(year.cycle, "money", fund, by=cast.chidi, at=at)
    bus = actions.PoolTerms("Bookmobile", "days", Decimal(32), rate=Decimal("1.50"), paid_from=year.fund)
    year.bus = actions.add_pool(year.cycle, "materials", bus, by=cast.chidi, at=at)
    hours = actions.PoolTerms("Librarian hours", "hours", Decimal(200), is_paid_for=True, is_usual=True)
    year.hours = actions.add_pool(year.cycle, "people", hours, by=cast.chidi, at=at)


def ask_bus(year: SimpleNamespace, by: User, days: str = "50", at: datetime = DURING) -> RequestLine:
    """One more line: days of the Bookmobile, for the department the person heads."""
    request = year.arts if by.name.startswith(("Amina", "Ben")) else year.sports
    project = year.story if request is year.arts else year.swimming
    asked = actions.AskedLine(
        year.bus, "Bookmobile", Decimal(days), why="The hall is too far.", forecast_line=project.forecast_line
    )
    return actions.add_line(request, project, asked, by=by, at=at, seen=request.version)


def terms(pool: Pool, **other: Any) -> actions.PoolTerms:
    """The terms of a pool, some of them changed."""
    said = {field.name: getattr(pool, field.name) for field in fields(actions.PoolTerms)}
    return actions.PoolTerms(**said | other)


def submitted(year: SimpleNamespace, cast: SimpleNamespace, at: datetime = DURING) -> SimpleNamespace:
    """Both requests handed in."""
    actions.submit(year.arts, by=cast.amina, at=at, seen=year.arts.version)
    actions.submit(year.sports, by=cast.bao, at=at, seen=year.sports.version)
    return year


def decide(
    line: RequestLine, by: User, *decided: str | int | Decimal, at: datetime = DURING, seen_decision: str | None = None
) -> RequestLine:
    """A decision on a line as it stands now: in full, or as said by decision, quantity and reason."""
    line = RequestLine.objects.select_related("request").get(pk=line.pk)
    decision, granted, reason = (*decided, *("full", 0, "")[len(decided) :])
    said = actions.LineDecision(decision, Decimal(granted), reason)
    return actions.grant(line, said, by=by, at=at, seen=line.request.version, seen_decision=seen_decision)


def decide_all(request: ResourceRequest, by: User) -> None:
    """Every line granted in full."""
    for line in request.lines.order_by("pk"):
        decide(line, by)


def post(client: Client, url: str, **fields: object) -> Any:
    """Send a form with a fresh key."""
    return client.post(url, {"key": str(uuid4()), **fields})

"""A year on its way to the allocation, reached through actions alone."""

from collections.abc import Callable
from dataclasses import replace
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
POOLS = [
    ("bus", "Bookmobile", "materials", "days", 32),
    ("hours", "Librarian hours", "people", "hours", 200),
    ("fund", "Programme fund", "money", "USD", 2000),
]
TYPED = {"activities": 10, "participants": 200, "people": 120, "materials": 300, "money": 1200}


def open_year(cast: SimpleNamespace, *, pools: bool = True) -> SimpleNamespace:
    """The demand report of 2027 is published on 1 April; Arts and Sports each have one project and a draft request."""
    cycle = create_cycle(year=2027, by=cast.ada, at=MARCH)
    cycle = forecasts.publish_year(cycle, by=cast.ada, at=MARCH, seen=1)
    projects = {}
    for head, slug, name in ((cast.amina, "arts", "Story hours"), (cast.bao, "sports", "Swimming")):
        department = Department.objects.get(slug=slug)
        forecast = Forecast.objects.get(cycle=cycle, department=department)
        lead = cast.ben if slug == "arts" else None
        projects[slug] = forecasts.add_project(
            forecast, forecasts.NewProject(name, lead=lead, importance=4), by=head, at=MARCH
        )
        line = projects[slug].forecast_line
        typed = {
            metric: forecasts.Typed(Decimal(figure), "feedback", "Counted on the waiting list.")
            for metric, figure in TYPED.items()
        }
        forecasts.set_figures(line, typed, by=head, at=MARCH, seen=line.forecast.version)
        forecast.refresh_from_db()
        forecasts.submit(forecast, by=head, at=MARCH, seen=forecast.version)
        forecasts.accept(forecast, by=cast.chidi, at=MARCH, seen=forecast.version)
    year = SimpleNamespace(cycle=cycle, story=projects["arts"], swimming=projects["sports"])
    if pools:
        for attribute, name, kind, unit, capacity in POOLS:
            new = actions.PoolTerms(name, unit, Decimal(capacity))
            pool = actions.add_pool(cycle, kind, new, by=cast.chidi, at=MARCH)
            setattr(year, attribute, pool)
    report = forecasts.start_report(cycle, by=cast.chidi, at=APRIL)
    year.report = actions.publish_report(report, by=cast.chidi, at=APRIL, seen=report.version)
    year.arts = ResourceRequest.objects.get(cycle=cycle, department__slug="arts")
    year.sports = ResourceRequest.objects.get(cycle=cycle, department__slug="sports")
    for project in (year.story, year.swimming):
        project.refresh_from_db()
    return year


def ask_bus(year: SimpleNamespace, by: User, days: str = "50", at: datetime = DURING) -> RequestLine:
    """One more line: days of the Bookmobile, for the department the person heads."""
    request = year.arts if by.name.startswith(("Amina", "Ben")) else year.sports
    project = year.story if request is year.arts else year.swimming
    asked = actions.AskedLine(
        year.bus, "Bookmobile", Decimal(days), unit_cost=Decimal("1.50"), forecast_line=project.forecast_line
    )
    return actions.add_line(request, project, asked, by=by, at=at, seen=request.version)


def terms(pool: Pool, **other: object) -> actions.PoolTerms:
    """The terms of a pool, some of them changed."""
    return replace(actions.PoolTerms(pool.name, pool.unit, pool.capacity), **other)


def submitted(year: SimpleNamespace, cast: SimpleNamespace, at: datetime = DURING) -> SimpleNamespace:
    """Both requests handed in."""
    actions.submit(year.arts, by=cast.amina, at=at, seen=year.arts.version)
    actions.submit(year.sports, by=cast.bao, at=at, seen=year.sports.version)
    return year


def decide(
    line: RequestLine, by: User, *decided: str | int, at: datetime = DURING, seen_decision: str | None = None
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

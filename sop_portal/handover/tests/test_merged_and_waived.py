"""A merged department that plans no year itself any more leaves no gap: its heir is offered what it runs."""

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from planning.forecasts import actions
from planning.forecasts.queries.planners import all_planners_in
from planning.models import Cycle, Forecast, ReportSum
from planning.requests.actions import publish_report
from planning.tests.stage_one import accepted
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.organisation.models import Department
from sop_portal.handover.actions import merge
from sop_portal.handover.tests.test_merged_series import figures, next_year
from sop_portal.handover.tests.test_merged_series import running as running
from sop_portal.people.actions import add_department, give_role
from sop_portal.people.terms import Term

BOTH = {("arts", "story-hours"): Decimal(3600), ("arts", "chess"): Decimal(40)}


def waive(cycle: Cycle, department: Department, cast: SimpleNamespace, at: datetime) -> None:
    forecast = Forecast.objects.get(cycle=cycle, department=department)
    actions.waive(forecast, by=cast.ada, at=at, seen=forecast.version, comment="Arts plans it")


def publish(cycle: Cycle, cast: SimpleNamespace, at: datetime) -> None:
    report = actions.start_report(cycle, by=cast.chidi, at=at)
    publish_report(report, by=cast.chidi, at=at, seen=report.version)


def of_arts(cycle: Cycle) -> dict[tuple[str, str], Decimal | None]:
    return {key: value for key, value in figures(cycle).items() if key[0] == "arts"}


def test_its_projects_are_offered_to_the_heir_once_its_own_forecast_is_waived(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    cycle = next_year(cast, noon)
    merge(sports, arts, by=cast.ada, at=noon)
    assert of_arts(cycle) == {("arts", "story-hours"): Decimal(1100)}
    waive(cycle, sports, cast, noon)
    assert of_arts(cycle) == BOTH
    assert problems() == []


def test_the_heir_is_offered_them_at_the_merger_where_the_forecast_was_waived_before(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    cycle = next_year(cast, noon)
    waive(cycle, sports, cast, noon)
    merge(sports, arts, by=cast.ada, at=noon)
    assert of_arts(cycle) == BOTH
    assert problems() == []


def test_whoever_was_excused_and_merged_itself_plans_for_nobody(
    running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    """Sports became part of Games before the year, and Games, which was excused, of Arts within it."""
    games = add_department(name="Games", slug="games", by=cast.ada, at=noon)
    give_role(cast.farid, role="head", department=games, term=Term(noon.date()), by=cast.ada, at=noon)
    cycle = next_year(cast, noon)
    waive(cycle, sports, cast, noon)
    merge(sports, games, by=cast.ada, at=noon)
    assert of_arts(cycle) == {("arts", "story-hours"): Decimal(1100)}
    waive(cycle, games, cast, noon)
    merge(games, arts, by=cast.ada, at=noon)
    planners = all_planners_in(cycle.pk)
    assert {planners.of(department.pk) for department in (arts, games, sports)} == {arts.pk}
    # Games planned Story hours and Chess in this year already, so Arts is offered what ran before, and both pasts.
    assert of_arts(cycle) == BOTH
    assert problems() == []


@pytest.mark.parametrize("order", [("waive", "publish", "merge"), ("merge", "publish", "waive")])
def test_a_published_report_keeps_the_past_that_its_departments_had_then(
    order: tuple[str, ...], running: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, noon: datetime
) -> None:
    """Arts had 1,100 participants in 2026 when the report said so; the 2,540 of Sports came to it afterwards."""
    moments = {act: noon + timedelta(days) for days, act in enumerate(order)}
    accepted(arts, cast.amina, cast.chidi, noon)
    acts = {
        "waive": lambda at: waive(running, sports, cast, at),
        "merge": lambda at: merge(sports, arts, by=cast.ada, at=at),
        "publish": lambda at: publish(running, cast, at),
    }
    for act, at in moments.items():
        acts[act](at)
    assert ReportSum.objects.get(department=arts, year=2026).participants == Decimal(1100)
    assert problems() == []

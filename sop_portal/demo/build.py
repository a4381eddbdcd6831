"""Make the demonstration: three years of twelve libraries, in the order of time, in one transaction."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from planning.models import Actual
from planning.projects.actions import import_history
from sop_portal.demo import (
    allocating,
    auditing,
    budgeting,
    cast,
    forecasting,
    history,
    looking_back,
    running,
    spending,
    years,
)
from sop_portal.demo.years import World

SINCE = timedelta(days=45)


@transaction.atomic
def make(now: datetime) -> dict[str, Any]:
    """Make everything, or, where one act is refused, nothing."""
    world = years.world_around(now, settings.TIME_ZONE)
    begins = world.last.forecast_from - SINCE
    cast.let_everybody_in(world.cast, world.agenda, begins)
    world.agenda.on(begins + timedelta(days=10), lambda at: bring_history(world, at))
    for year in (world.last, world.running, world.coming):
        plan_year(world, year)
    plan_this_year(world)
    acts = world.agenda.run()
    return {"acts": acts}


def plan_year(world: World, year: years.Year) -> None:
    """Put down a whole year; what lies ahead of today will not happen."""
    world.agenda.on(year.forecast_from - years.SET_UP_BEFORE, lambda at: years.set_up(world, year, at))
    forecasting.plan(world, year)
    if year is world.coming:
        return
    for stage in (allocating, budgeting, running, spending, looking_back):
        stage.plan(world, year)
    if year is world.last:
        closed_on = year.ends_on + looking_back.CLOSED_AFTER
        world.agenda.on(closed_on, lambda at: looking_back.close(world, year, at))


def plan_this_year(world: World) -> None:
    """What makes this year one of many: amendments, exceptions, troubles, measures, talks."""
    budgeting.plan_amendments(world)
    spending.plan_exceptions(world)
    world.agenda.on(world.running.month(1) + timedelta(days=15), lambda at: spending.correct_one(world, world.running, at))
    auditing.plan(world)
    running.plan_troubles(world)
    looking_back.plan_measures(world)
    looking_back.plan_talks(world)


def bring_history(world: World, at: datetime) -> None:
    """Ada imports the past figures; the year the demonstration lives through is not among them."""
    rows = history.past_rows(world.last.number)
    import_history(rows, file_name=history.FILE.name, by=world.cast["Ada Moreno"], at=at)

"""Make the demonstration: three years of twelve libraries, in the order of time, in one transaction."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from budgets.models import Expense
from evaluations.models import Evaluation, ProgressReport
from planning.models import Actual, Project
from planning.projects.actions import import_history
from sop_portal.demo import cast, history, years
from sop_portal.demo.chinese import currency, is_chinese, said
from sop_portal.demo.stages import (
    ahead,
    allocating,
    answering,
    asking,
    auditing,
    budgeting,
    forecasting,
    meeting,
    reviewing,
    running,
    spending,
    training,
)
from sop_portal.demo.years import World
from sop_portal.foundation.kit.dates import start_of_day
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import Department, Organisation, User
from sop_portal.foundation.trail.actions import record_verification, verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.handbook.models import KIND, Edition

SINCE, STILL_NEWS = timedelta(days=45), timedelta(days=8)
COUNTED = (Department, User, Project, Actual, Expense, ProgressReport, Evaluation, Entry)


def make(now: datetime, language: str = "en") -> dict[str, Any]:
    """Make everything in one of the languages, or, where one act is refused, nothing."""
    with translation.override(language), transaction.atomic():
        acts = make_it(now)
    return {"acts": acts} | {str(model._meta.verbose_name_plural): model.objects.count() for model in COUNTED}


def make_it(now: datetime) -> int:
    """Let the years pass, act by act, and count the acts."""
    world = years.world_around(now, settings.TIME_ZONE)
    begins = world.last.forecast_from - SINCE
    mark_as_demonstration()
    cast.let_everybody_in(world.cast, world.agenda, begins)
    first = Edition.objects.filter(number=1)
    first.update(published_at=start_of_day(begins, settings.TIME_ZONE))
    seal_rows(KIND, first.values_list("pk", flat=True))
    world.agenda.on(begins + timedelta(days=10), lambda at: bring_history(world, at))
    world.agenda.on(date(world.last.number, 1, 4), lambda at: bring_history(world, at))
    for year in (world.last, world.running, world.coming):
        plan_year(world, year)
    plan_this_year(world)
    ahead.plan(world)
    acts = world.agenda.run()
    spending.warn_today(now)
    leave_in_peace(now)
    record_verification(verify(), at=now)
    return acts


def mark_as_demonstration() -> None:
    """Only what says so of itself is called a demonstration, and can be left for one's own organisation."""
    Organisation.objects.create(
        pk=1,
        name=said("Libraries of Connecticut"),
        language="zh-hans" if is_chinese() else "en",
        currency=currency(),
        is_demonstration=True,
    )
    seal_rows("organisation", [1])


def plan_year(world: World, year: years.DemoYear) -> None:
    """Put down a whole year; what lies ahead of today will not happen."""
    world.agenda.on(year.forecast_from - years.SET_UP_BEFORE, lambda at: years.set_up(world, year, at))
    forecasting.plan(world, year)
    if year is world.coming:
        world.agenda.on(year.forecast_from + timedelta(days=4), lambda at: allocating.add_pools(world, year, at))
        asking.plan(world)
        return
    for stage in (allocating, budgeting, running, spending, reviewing):
        stage.plan(world, year)
    spending.plan_warnings(world, year)
    if year is world.last:
        closed_on = year.ends_on + reviewing.CLOSED_AFTER
        world.agenda.on(closed_on, lambda at: reviewing.close(world, year, at))


def plan_this_year(world: World) -> None:
    """What makes this year one of many: amendments, exceptions, troubles, measures, talks."""
    year = world.running
    world.agenda.on(year.month(1) + timedelta(days=15), lambda at: spending.correct_one(world, year, at))
    budgeting.plan_amendments(world)
    spending.plan_exceptions(world)
    auditing.plan(world)
    running.plan_troubles(world)
    running.plan_corrections(world)
    reviewing.plan_measures(world)
    reviewing.plan_feedback(world)
    meeting.plan(world)
    training.plan(world)
    answering.plan(world)


def leave_in_peace(now: datetime) -> None:
    """Nobody is written to about years that never were, and what was told long ago counts as read."""
    Notice.objects.update(mail=None)
    Mail.objects.all().delete()
    Notice.objects.filter(at__lt=now - STILL_NEWS).update(read_at=now)


def bring_history(world: World, at: datetime) -> None:
    """Ada imports the past figures of years that have ended, the last of them when it is over.

    The year the demonstration lives through is not among them.
    """
    last = world.last.number - 1
    is_over = at.year > last
    rows = [row for row in history.past_rows(world.last.number) if (row.year == last) == is_over]
    import_history(rows, file_name=said(history.FILE.name), by=world.cast["Ada Moreno"], at=at)

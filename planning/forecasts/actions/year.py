"""The year opens: every department owes a forecast, with its projects of the year before."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from planning.cycles.actions import tell_publisher
from planning.cycles.models import Cycle, Stage
from planning.cycles.queries import dates_of
from planning.cycles.workflow import CYCLE
from planning.forecasts.actions.lines import create_lines, update_totals
from planning.forecasts.figures import METRICS
from planning.forecasts.models import Forecast
from planning.forecasts.queries.projects import carried_over, carried_over_to, planned_ahead
from planning.forecasts.workflow import FORECAST
from planning.projects.actions import history_locked
from planning.projects.models import Project
from sop_portal.foundation.organisation.actor import Grant
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import created_together, note, step


@CYCLE.act("publish")
def publish_year(cycle: Cycle, *, by: User, at: datetime, seen: int, comment: str = "") -> Cycle:
    """Open the year: every active department owes a forecast, with the projects of the year before.

    Where the plan of the year was approved elsewhere, nobody forecasts.
    """
    with transaction.atomic():
        with step(CYCLE, cycle, "publish", by=by, at=at, seen=seen, comment=comment) as locked:
            if not locked.is_plan_outside:
                _open_forecasts(locked, authority(Can.RUN_CYCLE, locked, by, at), by, at)
        tell_publisher(cycle, by=by, at=at)
    return cycle


def _open_forecasts(cycle: Cycle, role: Grant, by: User, at: datetime) -> None:
    departments = Department.objects.filter(is_active=True).order_by("pk")
    made = Forecast.objects.bulk_create(Forecast(cycle=cycle, department=department) for department in departments)
    forecasts = {forecast.department_id: forecast for forecast in made}
    projects = beginning_with(cycle, forecasts, carried_over(cycle))
    create_lines(forecasts, projects)
    update_totals(*forecasts.values())
    Forecast.objects.bulk_update(forecasts.values(), METRICS, batch_size=200)
    _note_openings(forecasts, projects, role, by, at)


def beginning_with(cycle: Cycle, asked: Collection[int], carried: list[Project]) -> list[Project]:
    """What these departments begin the year with: what was planned ahead, and the other projects of the year before."""
    ahead = planned_ahead(cycle).filter(department_id__in=asked).order_by("department_id", "name", "pk")
    known = {(project.department_id, project.slug) for project in ahead}
    return [*ahead, *(project for project in carried if (project.department_id, project.slug) not in known)]


def _note_openings(
    forecasts: dict[int, Forecast], projects: list[Project], role: Grant, by: User, at: datetime
) -> None:
    """Leave a trail of who opened each forecast, and of the projects it began with."""
    taken: dict[int, list[Change]] = defaultdict(list)
    for project in projects:
        taken[project.department_id].append(Change("project", "", project.name))
    created_together(FORECAST, list(forecasts.values()), by=by, at=at, grant=role)
    for department_id, forecast in forecasts.items():
        changes = taken[department_id]
        if changes:
            note(FORECAST.kind, forecast, "carry-over", by=by, at=at, behalf=role.behalf, changes=changes)


def owe_newcomer(department: Department, *, by: User, at: datetime) -> list[Forecast]:
    """A department that joins while forecasts are still taken owes one too, with its projects of the year before."""
    if not department.is_active:
        return []
    taking = Cycle.objects.filter(state=Cycle.State.PUBLISHED, windows__stage=Stage.FORECAST).order_by("pk")
    taking = taking.exclude(is_plan_outside=True).exclude(forecasts__department=department).prefetch_related("windows")
    owed = []
    with history_locked():
        for cycle in taking:
            dates = dates_of(cycle, Stage.FORECAST)
            if dates is None or cycle.day(at) > dates.grace_until:
                continue
            forecast = Forecast.objects.create(cycle=cycle, department=department)
            own = beginning_with(cycle, [department.pk], carried_over_to(department.pk, cycle))
            create_lines({department.pk: forecast}, own)
            update_totals(forecast)
            forecast.save(update_fields=METRICS)
            _note_openings({department.pk: forecast}, own, authority(Can.KEEP_PEOPLE, None, by, at), by, at)
            owed.append(forecast)
    return owed

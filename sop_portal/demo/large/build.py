"""A large year to measure with, loaded straight into the tables: the one place where rows are made without actions.

The kept totals are reckoned while the rows are made, so that `check_invariants` passes. Nothing here is real.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from budgets.spending.actions.warnings import measure_year
from planning.cycles import actions as cycles
from planning.cycles.calendar import WindowDates
from planning.forecasts import actions as forecasts
from planning.models import Actual, Cycle, HistoryImport, Project
from sop_portal.demo.build import mark_as_demonstration
from sop_portal.demo.cast import LOGINS, PASSWORD
from sop_portal.demo.large import money, plans, work
from sop_portal.demo.large.rows import Load, rows
from sop_portal.demo.years import World, world_around
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.seals import KEPT_ROWS, seal_loaded, seal_loaded_rows
from sop_portal.stages import ALL_WORKFLOWS

PROJECTS, PAST_YEARS = 100, 4
PROJECT_TOTALS = [
    *("needed", "asked", "granted", "budgeted", "spent"),
    *("activities_planned", "participants_planned", "activities_held", "participants_reached"),
]
DIVISION, IN_DIVISION = "Shoreline", 2
HEADED = {"Amina Diallo": 0, "Ben Carter": 0, "Bao Nguyen": 1}


@transaction.atomic
def make(size: int, now: datetime) -> dict[str, int]:
    """Load so many departments, with 100 projects, 1,000 budget lines and 2,000 expenses each."""
    world = world_around(now, settings.TIME_ZONE)
    mark_as_demonstration()
    load = people_and_places(size, world)
    load.projects = rows(Project, projects_of(load))
    rows(Actual, history_of(load))
    granted = plans.make(load)
    made = money.make(load, granted) | work.make(load)
    Project.objects.bulk_update(load.projects, PROJECT_TOTALS, batch_size=500)
    measure_year(load.cycle, at=now)
    for workflow in ALL_WORKFLOWS:
        seal_loaded(workflow)
    for kind in KEPT_ROWS:
        seal_loaded_rows(kind)
    with connection.cursor() as cursor:
        # So much came at once that the database does not know yet what it holds.
        cursor.execute("ANALYZE")
    return {"departments": size, "projects": len(load.projects)} | made


def people_and_places(size: int, world: World) -> Load:
    """The cast, a head for every department, and a published year."""
    password = make_password(PASSWORD)
    since = world.running.forecast_from - timedelta(days=400)
    people = {
        login.name: User(
            email=login.email, name=login.name, language=login.language, password=password, invited_at=world.agenda.now
        )
        for login in LOGINS
    }
    rows(User, people.values())
    at = world.agenda.now - timedelta(days=60)
    rows(Membership, [Membership(person=people["Ada Moreno"], role=Role.ADMINISTRATOR, from_on=since)])
    # Published while there is no department, so that no forecast is made: forecasts are loaded.
    cycle = published(world, people["Ada Moreno"], at)
    numbers = range(1, size + 1)
    divisions = {n: DIVISION for n in numbers if n <= IN_DIVISION}
    departments = rows(
        Department,
        (Department(name=f"Branch {n:03}", slug=f"branch-{n:03}", division=divisions.get(n, "")) for n in numbers),
    )
    others = rows(
        User,
        (
            User(email=f"head{n}@example.org", name=f"Head {n:03}", invited_at=world.agenda.now)
            for n in range(3, size + 1)
        ),
    )
    heads = [people["Amina Diallo"], people["Bao Nguyen"], *others][:size]
    memberships = [
        Membership(
            person=people[login.name],
            role=login.role,
            from_on=since,
            department=departments[HEADED[login.name] % size] if login.name in HEADED else None,
            division=DIVISION if login.role == Role.PROGRAMME else "",
        )
        for login in LOGINS
        if login.role not in (None, Role.ADMINISTRATOR)
    ]
    memberships += [
        Membership(person=head, role=Role.HEAD, department=department, from_on=since)
        for head, department in zip(heads[2:], departments[2:], strict=True)
    ]
    rows(Membership, memberships)
    return Load(cycle, people, departments, heads, at, world.agenda.today)


def published(world: World, ada: User, at: datetime) -> Cycle:
    """The year, set up and published by its actions."""
    year = world.running
    cycle = cycles.create_cycle(
        year=year.number, plan=cycles.YearPlan(starts_on=year.starts_on, ends_on=year.ends_on), by=ada, at=at
    )
    for stage, opens_on, due_on in (
        ("forecast", year.forecast_from, year.forecast_due),
        ("request", year.report_on, year.request_due),
        ("budget", year.report_on, year.starts_on),
    ):
        cycles.set_window(cycle, cycles.WindowMove(stage, WindowDates(opens_on, due_on, due_on)), by=ada, at=at)
    return forecasts.publish_year(cycle, by=ada, at=at, seen=cycle.version)


def projects_of(load: Load) -> Iterator[Project]:
    """A hundred projects per department; every tenth is completed."""
    for number, department in enumerate(load.departments):
        for place in range(PROJECTS):
            ended: dict[str, Any] = {"state": "completed", "completed_at": load.at, "completed_by": load.heads[number]}
            yield Project(
                cycle=load.cycle,
                department=department,
                name=f"Project {place + 1:03} of {department.name}",
                slug=f"project-{place + 1:03}",
                lead=load.people["Ben Carter"] if number == 0 else None,
                purpose="Made to measure with.",
                importance=1 + place % 5,
                starts_on=load.cycle.starts_on,
                ends_on=load.cycle.ends_on,
                activated_at=load.at,
                activated_by=load.heads[number],
                budget_approved_at=load.at,
                **(ended if place % 10 == 9 else {"state": "active"}),
            )


def history_of(load: Load) -> Iterator[Actual]:
    """Some years of figures behind every project."""
    count = len(load.projects) * PAST_YEARS
    file = HistoryImport.objects.create(file_name="history.csv", at=load.at, rows=count)
    for number, project in enumerate(load.projects):
        for back in range(1, PAST_YEARS + 1):
            base = Decimal(80 + (number * 7 + back * 13) % 60)
            yield Actual(
                department_id=project.department_id,
                slug=project.slug,
                name=project.name,
                year=load.cycle.year - back,
                activities=base,
                participants=base * 12,
                people=base * 2,
                materials=base * 10,
                money=base * 40,
                taken_from=file,
            )

"""What a waived forecast or request says stays to be read; nobody needs it or asks for it any more, in no sum."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection

from planning.forecasts import actions as forecasts
from planning.models import Cycle, Project, RequestLine
from planning.requests import actions
from planning.tests.requesting import DURING, ask_bus
from planning.tests.requesting import open_year as open_requests
from planning.tests.stage_one import filled, forecast_of, open_year
from sop_portal.dashboards.checks.equations import PROJECTS
from sop_portal.foundation.kit.triggers import existing_triggers
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.test_migrations import promised

BY_FIELD = {equation.field: equation for equation in PROJECTS}
ASKED = BY_FIELD["asked"]
NEEDS = ("needed", "activities_planned", "participants_planned")
BEFORE = "0006_versions_of_past_figures"


def asked_of_arts() -> Decimal:
    """What the projects of Arts ask for."""
    return sum(Project.objects.filter(department__slug="arts").values_list("asked", flat=True), Decimal(0))


def waive_arts(cast: SimpleNamespace) -> Decimal:
    """Arts asks for a bus and is excused; what the bus costs."""
    year = open_requests(cast)
    ask_bus(year, cast.amina)
    year.arts.refresh_from_db()
    before = asked_of_arts()
    assert before == year.arts.cost
    actions.waive(year.arts, by=cast.ada, at=DURING, seen=year.arts.version, comment="No events this year")
    return before


def test_projects_ask_for_nothing_once_their_request_is_waived(cast: SimpleNamespace) -> None:
    cost = waive_arts(cast)
    lines = RequestLine.objects.filter(request__department__slug="arts")
    assert (cost > 0, asked_of_arts()) == (True, 0)
    assert sum(lines.values_list("cost", flat=True)) == cost
    assert list(ASKED.broken()) == []


def test_a_project_that_still_counts_what_was_waived_is_found(cast: SimpleNamespace) -> None:
    cost = waive_arts(cast)
    project = RequestLine.objects.filter(request__department__slug="arts").values("project")[:1]
    Project.objects.filter(pk=project).update(asked=cost)
    assert [row.gap for row in ASKED.broken()] == [cost]


@pytest.fixture
def year(cast: SimpleNamespace, arts: Department, noon: datetime) -> Cycle:
    """The published year, in which Arts plans one project."""
    cycle = open_year(cast, noon)
    filled(arts, "Story hours", cast.amina, noon)
    return cycle


def needs_of_arts() -> dict[str, tuple[Decimal | int, ...]]:
    """What the projects of Arts need, by name."""
    rows = Project.objects.filter(department__slug="arts").values_list("name", *NEEDS)
    return {name: tuple(needs) for name, *needs in rows}


def waive_forecast_of_arts(
    arts: Department, cast: SimpleNamespace, noon: datetime
) -> dict[str, tuple[Decimal | int, ...]]:
    """Arts forecasts and is excused; what its projects needed."""
    forecast, before = forecast_of(arts), needs_of_arts()
    assert all(min(needs) > 0 for needs in before.values())
    forecasts.waive(forecast, by=cast.ada, at=noon, seen=forecast.version, comment="Closed for the year.")
    return before


NOTHING = (0, 0, 0)


def test_projects_need_nothing_once_their_forecast_is_waived(
    year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    before = waive_forecast_of_arts(arts, cast, noon)
    assert needs_of_arts() == dict.fromkeys(before, NOTHING)
    assert [list(BY_FIELD[name].broken()) for name in NEEDS] == [[], [], []]


@pytest.mark.parametrize("field", NEEDS)
def test_a_project_that_still_counts_what_its_waived_forecast_says_is_found(
    field: str, year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime
) -> None:
    waive_forecast_of_arts(arts, cast, noon)
    Project.objects.filter(pk=Project.objects.filter(department=arts).values("pk")[:1]).update(**{field: 7})
    assert [row.gap for row in BY_FIELD[field].broken()] == [7]


@pytest.mark.django_db(transaction=True)
def test_forecasts_waived_before_count_nothing_after_an_upgrade(
    year: Cycle, arts: Department, cast: SimpleNamespace, noon: datetime, brought_forward: None
) -> None:
    before = waive_forecast_of_arts(arts, cast, noon)
    call_command("migrate", "planning", BEFORE, interactive=False, verbosity=0)
    assert needs_of_arts() == before
    call_command("migrate", interactive=False, verbosity=0)
    assert needs_of_arts() == dict.fromkeys(before, NOTHING)


@pytest.fixture
def brought_forward() -> Iterator[None]:
    """Whatever happens, the database is up to date again."""
    yield
    call_command("migrate", interactive=False, verbosity=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("state", [Cycle.State.PUBLISHED, Cycle.State.CLOSED])
def test_years_from_before_are_counted_anew_even_closed_ones(
    state: str, cast: SimpleNamespace, brought_forward: None, on_postgresql: bool
) -> None:
    cost = waive_arts(cast)
    Cycle.objects.update(state=state, closed_at=DURING, closed_by=cast.ada)
    call_command("migrate", "planning", BEFORE, interactive=False, verbosity=0)
    assert asked_of_arts() == cost
    call_command("migrate", interactive=False, verbosity=0)
    assert asked_of_arts() == 0
    assert existing_triggers(connection) == promised(on_postgresql)

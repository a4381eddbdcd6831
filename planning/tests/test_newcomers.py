"""A department that joins while forecasts are taken owes one as well."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

from django.test import Client

from planning.forecasts.actions import owe_newcomer
from planning.models import Cycle, Forecast, ForecastLine
from planning.tests.stage_one import open_year, posted
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import add_department, change_department


def test_a_department_added_after_publication_finds_a_draft(
    planning_year: Cycle, cast: SimpleNamespace, as_person: Callable[..., Client]
) -> None:
    as_person(cast.ada).post("/set-up/departments/add/", posted(name="Music", is_active="on"))
    forecast = Forecast.objects.get(department__name="Music")
    assert (forecast.cycle, forecast.state) == (planning_year, "draft")


def test_one_that_takes_part_again_finds_its_projects_of_the_year_before(
    planning_year: Cycle, cast: SimpleNamespace, sports: Department, noon: datetime
) -> None:
    change_department(sports, by=cast.ada, at=noon, is_active=False)
    later = noon + timedelta(days=365)
    cycle = open_year(cast, later, year=2028)
    assert Forecast.objects.filter(cycle=cycle, department=sports).count() == 0
    change_department(sports, by=cast.ada, at=later, is_active=True)
    assert [f.cycle for f in owe_newcomer(sports, by=cast.ada, at=later)] == [cycle]
    assert ForecastLine.objects.filter(forecast__cycle=cycle, forecast__department=sports).count() == 1
    assert owe_newcomer(sports, by=cast.ada, at=later) == []


def test_its_forecast_says_what_its_projects_come_to(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    change_department(arts, by=cast.ada, at=noon, is_active=False)
    later = noon + timedelta(days=365)
    open_year(cast, later, year=2028)
    change_department(arts, by=cast.ada, at=later, is_active=True)
    [forecast] = owe_newcomer(arts, by=cast.ada, at=later)
    assert Forecast.objects.get(pk=forecast.pk).participants == 2400
    assert Entry.objects.filter(kind="forecast", record_id=forecast.pk, verb="carry-over").count() == 1
    assert problems() == []


def test_nothing_is_owed_once_forecasts_are_closed(planning_year: Cycle, cast: SimpleNamespace, noon: datetime) -> None:
    late = noon + timedelta(days=60)
    music = add_department(name="Music", by=cast.ada, at=late)
    assert owe_newcomer(music, by=cast.ada, at=late) == []
    assert owe_newcomer(music, by=cast.ada, at=noon) == [Forecast.objects.get(department=music)]

"""Two things of a kind are not called alike but for capitals, blanks and the width of their letters."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from budgets.drafting import actions as funds
from budgets.drafting.actions import FundTerms
from budgets.models import Fund
from planning.forecasts import actions as forecasts
from planning.models import Forecast, Pool
from planning.projects import actions as projects
from planning.requests import actions as requests
from planning.requests.actions import PoolTerms
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import Department
from sop_portal.people import actions as people
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    found = filled_year(cast)
    Forecast.objects.update(state=Forecast.State.DRAFT)
    people.add_department(name="Music School", by=cast.ada, at=NOW)
    return found


def a_department(year: SimpleNamespace, name: str) -> None:
    people.add_department(name=name, by=year.cast.ada, at=NOW)


def a_department_renamed(year: SimpleNamespace, name: str) -> None:
    people.change_department(year.arts, name=name, by=year.cast.ada, at=NOW)


def called_as_before(year: SimpleNamespace, name: str) -> None:
    music = Department.objects.get(name="Music School")
    people.change_department(music, name="Sound", by=year.cast.ada, at=NOW)
    people.add_department(name=name, by=year.cast.ada, at=NOW)


def a_pool(year: SimpleNamespace, name: str) -> None:
    for called in ("Music School", name):
        terms = PoolTerms(called, "hours", year.pool.capacity, is_paid_for=True)
        requests.add_pool(year.cycle, "people", terms, by=year.cast.chidi, at=NOW)


def a_pool_renamed(year: SimpleNamespace, name: str) -> None:
    a_pool(year, "Guides")
    pool = Pool.objects.get(name="Guides")
    terms = PoolTerms(name, "hours", pool.capacity, is_paid_for=True)
    requests.change_pool(pool, terms, by=year.cast.chidi, at=NOW, seen=pool.version)


def a_fund(year: SimpleNamespace, name: str) -> None:
    for called in ("Music School", name):
        funds.add_fund(FundTerms(called), by=year.cast.dora, at=NOW)


def a_fund_renamed(year: SimpleNamespace, name: str) -> None:
    a_fund(year, "Friends")
    fund = Fund.objects.get(name="Friends")
    funds.change_fund(fund, FundTerms(name), by=year.cast.dora, at=NOW, seen=fund.version)


def a_project(year: SimpleNamespace, name: str) -> None:
    for called in ("Music School", name):
        year.forecast.refresh_from_db()
        forecasts.add_project(year.forecast, forecasts.NewProject(called), by=year.cast.amina, at=NOW)


def a_project_renamed(year: SimpleNamespace, name: str) -> None:
    forecasts.add_project(year.forecast, forecasts.NewProject("Music School"), by=year.cast.amina, at=NOW)
    year.project.refresh_from_db()
    projects.rename_project(year.project, name=name, by=year.cast.amina, at=NOW, seen=year.project.version)


@pytest.mark.parametrize(
    "called",
    [
        a_department, a_department_renamed, called_as_before, a_pool, a_pool_renamed, a_fund, a_fund_renamed,
        a_project, a_project_renamed,
    ],
    ids=lambda called: called.__name__,
)  # fmt: skip
@pytest.mark.parametrize("name", ["MUSIC school", "Music\u3000 School", "Ｍｕｓｉｃ School", "MusicSchool"])
def test_nothing_is_called_as_another_one_is(
    year: SimpleNamespace, called: Callable[[SimpleNamespace, str], None], name: str
) -> None:
    with pytest.raises(NotReady) as refusal:
        called(year, name)
    said = f"{refusal.value} {refusal.value.missing}"
    assert "Music School" in said or "of this name" in said or "has or had another project" in said


def test_what_is_called_otherwise_and_what_keeps_its_own_name_are_taken(year: SimpleNamespace) -> None:
    a_department(year, "Music Schools")
    people.change_department(year.arts, name=year.arts.name.upper(), by=year.cast.ada, at=NOW)
    year.arts.refresh_from_db()
    assert year.arts.name == "ARTS"
    assert Fund.objects.filter(name="Music School").count() == 0

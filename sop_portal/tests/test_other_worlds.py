"""What belongs to another record's world is refused: a currency, a department that ended, time that nobody owes."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from budgets.models import Budget
from evaluations.models import Evaluation
from planning.cycles import actions as cycles
from planning.cycles.actions import MoreTime
from planning.extensions import actions as extensions
from planning.models import Cycle, Pool, Project, ResourceRequest
from planning.requests import actions as requests
from planning.requests.actions import PoolTerms
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.tests.every_act import NOW, TODAY, every_act, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def test_a_money_pool_counts_in_the_currency_of_its_year(year: SimpleNamespace) -> None:
    made = {"by": year.cast.chidi, "at": NOW}
    with pytest.raises(NotReady, match="is counted in USD") as refusal:
        requests.add_pool(year.cycle, "money", PoolTerms("Gifts", "EUR", Decimal(50)), **made)
    assert refusal.value.way_out
    pool = requests.add_pool(year.cycle, "money", PoolTerms("Gifts", "USD", Decimal(50)), **made)
    with pytest.raises(NotReady, match="is counted in USD"):
        requests.change_pool(pool, PoolTerms("Gifts", "hours", Decimal(50)), seen=pool.version, **made)
    assert Pool.objects.get(pk=pool.pk).unit == "USD"


def test_a_figure_goes_to_a_pool_of_its_year_that_serves_it(year: SimpleNamespace) -> None:
    chosen, seen = {"activities": year.pool}, year.request.version
    type(year.request).objects.update(state="draft", due=TODAY + timedelta(days=90))
    for wrong in (chosen, {"people": Pool.objects.filter(kind="money")[0]}):
        with pytest.raises(NotReady) as refusal:
            requests.fill_in(year.request, wrong, by=year.cast.amina, at=NOW, seen=seen)
        assert refusal.value.way_out


@pytest.mark.parametrize("name", ["evaluations.feedback.give", "evaluations.improvements.propose"])
@pytest.mark.parametrize("is_merged", [False, True])
def test_nothing_is_said_for_a_department_that_ended(year: SimpleNamespace, name: str, is_merged: bool) -> None:
    heir = Department.objects.get(slug="sports") if is_merged else None
    Department.objects.filter(pk=year.arts.pk).update(is_active=False, merged_into=heir)
    year.arts = Department.objects.get(pk=year.arts.pk)
    with pytest.raises(NotNow, match="no longer takes part") as refusal:
        every_act()[name].try_on(year)
    expected = "It became part of Sports: do it there." if is_merged else "Let it take part again first"
    assert str(refusal.value.way_out).startswith(expected)
    Department.objects.filter(pk=year.arts.pk).update(is_active=True, merged_into=None)
    year.arts = Department.objects.get(pk=year.arts.pk)
    assert every_act()[name].try_on(year).pk


def handed_in(year: SimpleNamespace) -> None:
    """Every project of the department has ended, and no evaluation is left to be written."""
    done = {"completed_at": NOW, "completed_by": year.cast.omar, "activated_at": NOW, "activated_by": year.cast.omar}
    Project.objects.filter(department=year.arts).update(state="completed", **done)
    Evaluation.objects.filter(department=year.arts).update(state="submitted", submitted_at=NOW)


NOTHING_OWED: dict[str, Callable[[SimpleNamespace], Any]] = {
    "forecast": lambda year: None,
    "request": lambda year: None,
    "budget": lambda year: Budget.objects.exclude(state__in=["approved", "superseded"]).exists(),
    "execution": handed_in,
    "evaluation": handed_in,
}


@pytest.mark.parametrize("stage", NOTHING_OWED)
@pytest.mark.parametrize("way", ["ask", "extend"])
def test_no_more_time_is_given_where_nothing_is_owed(year: SimpleNamespace, stage: str, way: str) -> None:
    do, by = (extensions.ask, year.cast.amina) if way == "ask" else (cycles.extend, year.cast.emil)
    due = year.cycle.windows.get(stage=stage).due_on
    more = MoreTime(stage, year.arts, max(due, TODAY) + timedelta(days=9), "Illness")
    NOTHING_OWED[stage](year)
    with pytest.raises(NotNow, match=r"[Nn]othing (in|is owed)") as refusal:
        do(Cycle.objects.get(pk=year.cycle.pk), more, by=by, at=NOW)
    assert refusal.value.way_out


@pytest.mark.parametrize("stage", ["execution", "evaluation"])
def test_whoever_still_runs_projects_gets_more_time(year: SimpleNamespace, stage: str) -> None:
    due = year.cycle.windows.get(stage=stage).due_on
    more = MoreTime(stage, year.arts, due + timedelta(days=9), "Illness")
    assert cycles.extend(year.cycle, more, by=year.cast.emil, at=NOW).until_on == more.until_on


def ended(year: SimpleNamespace, *, is_merged: bool) -> Department:
    """Arts takes part no longer, on its own or as a part of Sports."""
    heir = Department.objects.get(slug="sports") if is_merged else None
    Department.objects.filter(pk=year.arts.pk).update(is_active=False, merged_into=heir)
    return Department.objects.get(pk=year.arts.pk)


@pytest.mark.parametrize("is_merged", [False, True])
@pytest.mark.parametrize("way", ["ask", "extend"])
@pytest.mark.parametrize("stage", ["forecast", "request", "execution"])
def test_a_department_that_ended_and_still_owes_gets_more_time(
    year: SimpleNamespace, stage: str, way: str, is_merged: bool
) -> None:
    year.forecast.__class__.objects.update(state="draft")
    ResourceRequest.objects.update(state="draft")
    due = max(year.cycle.windows.get(stage=stage).due_on, TODAY)
    more = MoreTime(stage, ended(year, is_merged=is_merged), due + timedelta(days=9), "Two at once")
    do, by = (extensions.ask, year.cast.amina) if way == "ask" else (cycles.extend, year.cast.emil)
    assert do(year.cycle, more, by=by, at=NOW).until_on == more.until_on


@pytest.mark.parametrize("way", ["ask", "extend"])
@pytest.mark.parametrize("stage", ["forecast", "request", "execution"])
def test_a_department_that_left_nothing_gets_no_more_time(year: SimpleNamespace, stage: str, way: str) -> None:
    heir = Department.objects.get(slug="sports")
    other = Department.objects.create(name="Chess", slug="chess", is_active=False, merged_into=heir)
    Membership.objects.create(person=year.cast.amina, role=Role.HEAD, department=other, from_on=date(2020, 1, 1))
    due = max(year.cycle.windows.get(stage=stage).due_on, TODAY)
    do, by = (extensions.ask, year.cast.amina) if way == "ask" else (cycles.extend, year.cast.emil)
    with pytest.raises(NotNow, match="no longer takes part"):
        do(year.cycle, MoreTime(stage, other, due + timedelta(days=9), "Two at once"), by=by, at=NOW)

"""However departments are renamed and merged: what all of them did last year is what next year's forecasts read."""

from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning.forecasts.actions import NewProject, add_project
from planning.forecasts.queries.history import actuals_in
from planning.forecasts.queries.planners import all_planners_in
from planning.models import Actual, Cycle, Forecast, ForecastFigure, ForecastLine
from planning.projects.actions import import_history
from planning.projects.figures import HistoryRow
from planning.projects.queries import known_history_of_all_departments
from planning.tests.stage_one import open_year
from sop_portal.dashboards.checks.history import history_problems
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.handover.actions import merge
from sop_portal.people.actions import add_department, change_department
from sop_portal.tests.shared_fixtures import shared_fixture

NAMES = ("Alpha", "Beta", "Gamma", "Delta")
PROJECTS = ("Chess", "Choir", "Chorus")


@shared_fixture
def organisation(cast: SimpleNamespace, noon: datetime) -> SimpleNamespace:
    """Four departments of one head, which all ran the year 2027."""
    made = []
    for name in NAMES:
        department = add_department(name=name, by=cast.ada, at=noon)
        Membership.objects.create(person=cast.farid, role="head", department=department, from_on=noon.date())
        made.append(department)
    cycle = open_year(cast, noon)
    return SimpleNamespace(cycle=cycle, departments=made)


PLACE = st.integers(0, len(NAMES) - 1)
PAST = st.dictionaries(st.tuples(PLACE, st.sampled_from(PROJECTS)), st.integers(0, 9999), min_size=1, max_size=8)
ACT = st.one_of(
    st.tuples(st.just("merge"), PLACE, PLACE),
    st.tuples(st.just("rename"), PLACE, st.integers(0, 99)),
    st.tuples(st.just("next"), st.none(), st.none()),
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(past=PAST, acts=st.lists(ACT, max_size=6))
def test_no_figure_of_the_past_is_lost_or_counted_twice(
    organisation: SimpleNamespace, cast: SimpleNamespace, noon: datetime, past: dict[Any, int], acts: list[Any]
) -> None:
    with transaction.atomic():
        play(organisation, cast, noon, past, acts)
        transaction.set_rollback(True)


def play(world: SimpleNamespace, cast: SimpleNamespace, at: datetime, past: dict[Any, int], acts: list[Any]) -> None:
    departments = [Department.objects.get(pk=department.pk) for department in world.departments]
    for place, project in past:
        forecast = Forecast.objects.get(department=departments[place], cycle=world.cycle)
        add_project(forecast, NewProject(project), by=cast.farid, at=at)
    rows = [
        HistoryRow.of(NAMES[place], project, 2026, {"participants": Decimal(figure)}, number)
        for number, ((place, project), figure) in enumerate(past.items(), 2)
    ]
    import_history(rows, file_name="2026.csv", by=cast.ada, at=at)
    year = 2028
    for act, first, second in acts:
        if act == "next":
            if year == 2028:
                check(open_year(cast, at, year=year), past)
                year += 1
        elif act == "rename":
            renamed = Department.objects.get(pk=departments[first].pk)
            change_department(renamed, name=f"New {second}-{first}", by=cast.ada, at=at)
        else:
            part, heir = (Department.objects.get(pk=departments[place].pk) for place in (first, second))
            with suppress(NotReady):
                merge(part, heir, by=cast.ada, at=at)
    known = known_history_of_all_departments(rows)
    assert [known.departments[name.lower()] for name in {row.department for row in rows}] == [
        departments[NAMES.index(name)].pk for name in {row.department for row in rows}
    ]
    for cycle in Cycle.objects.filter(year__in=(2027, 2028)) if year > 2028 else [open_year(cast, at, year=2028)]:
        check(cycle, past)
    assert list(history_problems()) == []


def check(cycle: Cycle, past: dict[Any, int]) -> None:
    """All departments together read what all of them did, as figures of last year and as proposals."""
    total = sum(past.values())
    planners, asked = all_planners_in(cycle.pk), Forecast.objects.filter(cycle=cycle)
    seen = actuals_in(2026, asked.values_list("department_id", flat=True), planners)
    assert sum((own.get("participants") or Decimal(0) for own in seen.values()), Decimal(0)) == total
    figures = ForecastFigure.objects.filter(line__forecast__cycle=cycle, metric="participants")
    assert (figures.aggregate(sum=Sum("proposal"))["sum"] or Decimal(0)) == total
    assert Actual.objects.aggregate(sum=Sum("participants"))["sum"] == total
    assert ForecastLine.objects.filter(forecast__cycle=cycle).count() <= len(past)

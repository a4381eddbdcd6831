"""A year in which one project of a department is not known is not known of the department: no part is its measure."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from planning.forecasts.actions import publish_report, start_report
from planning.models import Cycle, ReportSum
from planning.tests.stage_one import accepted, known, text_of
from sop_portal.dashboards.checks.history import frozen_sums
from sop_portal.dashboards.pages.my_work.department_figures import past_of, points_of
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User

LogIn = Callable[[User], Client]


@pytest.mark.parametrize(("figures", "change"), [({"participants": "800"}, 0), ({}, None)])
def test_a_department_with_an_unknown_project_is_not_compared_as_if_that_were_zero(
    figures: dict[str, str],
    change: int | None,
    planning_year: Cycle,
    cast: SimpleNamespace,
    arts: Department,
    noon: datetime,
    as_person: LogIn,
) -> None:
    """Arts forecasts 3,200 participants; in 2026 it had 2,400 in the projects that are known."""
    known(arts, "summer-league", 2026, activities="4", **figures)
    accepted(arts, cast.amina, cast.chidi, noon)
    report = start_report(planning_year, by=cast.chidi, at=noon)
    shown = as_person(cast.chidi).get(report.get_absolute_url()).context["shown"]
    [row] = shown.included
    assert (row.changes[1], shown.moved["participants"], row.before[0]) == (change, change, 240)
    head = Actor.of(cast.amina, noon)
    past = None if change is None else Decimal(3200)
    assert past_of(head, planning_year, 2026)["participants"] == past
    assert [point.value for point in points_of(head, planning_year) if point.label == "2026"] == [past]
    said = "not known for 2026" in text_of(as_person(cast.amina).get("/2027/forecasts/arts/check/"))
    assert (said, as_person(cast.amina).get("/").status_code) == (True, 200)


def test_a_report_that_was_published_with_the_known_part_stays_as_it_is(
    planning_year: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    accepted(arts, cast.amina, cast.chidi, noon)
    report = start_report(planning_year, by=cast.chidi, at=noon)
    publish_report(report, by=cast.chidi, at=noon, seen=report.version)
    known(arts, "summer-league", 2026, activities="0")
    assert ReportSum.objects.get(department=arts, year=2026).participants == 2400
    assert list(frozen_sums()) == []

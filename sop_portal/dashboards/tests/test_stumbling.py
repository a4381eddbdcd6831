"""A row that a check cannot even read hides nothing: it is named, and so is what the other checks find."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db.models import F

from planning.models import Pool, Project
from sop_portal.dashboards.checks.invariants import problems, title_of
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import small_year
from sop_portal.tests.without_constraints import unguarded

# What a check finds is the same on every database.
pytestmark = pytest.mark.once


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """All five stages in small."""
    return small_year(cast)


def test_a_project_that_ends_before_it_starts_is_named(year: SimpleNamespace) -> None:
    project = Project.objects.filter(state="active").order_by("pk")[0]
    with unguarded("planning_project"):
        Project.objects.filter(pk=project.pk).update(ends_on=F("starts_on") - timedelta(days=1))
        found = problems()
    assert f"{title_of(project)}: it lies outside of its year." in found
    assert [problem for problem in found if "came to no end" in problem] == [
        "The check of absent came to no end, because of a value that it cannot read: "
        "ValueError('A project does not end before it starts.')."
    ]


def test_what_a_later_check_finds_is_said_too(year: SimpleNamespace) -> None:
    pool = Pool.objects.order_by("pk")[0]
    with unguarded("planning_cycle", "planning_pool"):
        Pool.objects.filter(pk=pool.pk).update(name="Fund of nobody")
        type(year.cycle).objects.filter(pk=year.cycle.pk).update(starts_on=date.min)
        found = problems()
    assert f"Pool {pool.pk}: a row of planning_pool was changed by no act." in found

"""What the administrator reads before a year is published."""

import re
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from planning.cycles.actions import create_cycle
from planning.models import Cycle
from sop_portal.dashboards.checks.readiness import MOST_STEPS, publishing_checklist
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Role


@pytest.fixture
def draft(cast: SimpleNamespace, noon: datetime) -> Cycle:
    """The year 2027, not yet published."""
    return create_cycle(year=2027, by=cast.ada, at=noon)


def open_points(draft: Cycle, noon: datetime) -> list[str]:
    return [str(entry) for entry in publishing_checklist(draft, draft.day(noon)) if not entry.is_done]


def test_what_is_in_order_is_ticked_and_the_rest_is_named(draft: Cycle, noon: datetime) -> None:
    assert open_points(draft, noon) == [
        "1 person has no role yet.",
        "No pools yet; the resource team needs them before it allocates.",
    ]
    Department.objects.create(name="Music", slug="music")
    assert "Music has no department head." in open_points(draft, noon)


def test_a_step_nobody_can_take_is_named(draft: Cycle, noon: datetime) -> None:
    Membership.objects.filter(role=Role.RESOURCE).delete()
    steps = next(text for text in open_points(draft, noon) if text.startswith("Steps nobody can take"))
    assert "Accept forecast" in steps
    assert "Publish demand report" in steps


def test_a_decision_left_to_the_head_alone_is_named(
    draft: Cycle, cast: SimpleNamespace, arts: Department, noon: datetime
) -> None:
    sentence = "Nobody may accept or send back a forecast for Arts: the only person who could is its head."
    since = Membership.objects.get(person=cast.chidi).from_on
    Membership.objects.create(person=cast.chidi, role=Role.HEAD, department=arts, from_on=since)
    assert not any(point.startswith(sentence) for point in open_points(draft, noon))
    Membership.objects.filter(person=cast.chen).delete()
    point = next(point for point in open_points(draft, noon) if point.startswith(sentence))
    assert "one more person as Resource team" in point


def test_where_almost_nobody_is_there_yet_the_first_steps_stand_for_all(
    draft: Cycle, cast: SimpleNamespace, noon: datetime
) -> None:
    Membership.objects.exclude(person=cast.ada).delete()
    steps = next(text for text in open_points(draft, noon) if text.startswith("Steps nobody can take"))
    assert steps.split("…")[0].count(",") == MOST_STEPS - 1


def test_a_plan_from_outside_asks_nobody_for_a_forecast(
    draft: Cycle, cast: SimpleNamespace, as_person: Callable[..., Client]
) -> None:
    page = as_person(cast.ada).get("/2027/publish/").content.decode()
    assert "2 departments owe a forecast from then on." in page
    Cycle.objects.update(is_plan_outside=True)
    page = as_person(cast.ada).get("/2027/publish/").content.decode()
    assert "Nobody owes a forecast: the plan of this year was approved outside the portal." in page
    assert (
        "Then the plan can be confirmed; nobody owes a forecast." in as_person(cast.ada).get("/2027/").content.decode()
    )


def test_every_link_of_a_year_that_is_not_published_yet_opens(
    draft: Cycle, cast: SimpleNamespace, as_person: Callable[..., Client]
) -> None:
    browser = as_person(cast.ada)
    links = set(re.findall(r'href="(/2027/[^"#]*)"', browser.get("/2027/").content.decode()))
    assert {"/2027/forecasts/", "/2027/report/"} <= links
    assert {link: browser.get(link, follow=True).status_code for link in links} == dict.fromkeys(links, 200)


def test_only_who_publishes_reads_the_list(
    draft: Cycle, cast: SimpleNamespace, as_person: Callable[..., Client]
) -> None:
    assert (
        "Every role that the process needs is held by somebody." in as_person(cast.ada).get("/2027/").content.decode()
    )
    assert as_person(cast.emil).get("/2027/").status_code == 404

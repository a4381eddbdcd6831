"""The steps of the set-up: what is open, what it blocks, and what nobody could do."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Cycle
from sop_portal.dashboards.checks.four_eyes import left_with, stuck_decisions
from sop_portal.dashboards.checks.readiness import decisions_left_to_nobody, publishing_checklist
from sop_portal.foundation.organisation.models import Department, Membership, Organisation, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.people.actions import Newcomer, OrganisationTerms, let_in_first, set_organisation
from sop_portal.set_up.steps import if_it_opened_today, step_groups
from sop_portal.tests.cast import FROM

Browser = Callable[[User], Client]
SHANGHAI = OrganisationTerms("Sunrise", "zh-hans", "Asia/Shanghai", "CNY", 9, 1)


def states(noon: datetime) -> dict[str, str]:
    return {str(step.title): step.state for group in step_groups(noon.date()) for step in group.steps}


def test_nothing_is_done_in_an_empty_portal_and_every_step_says_what_it_blocks(db: None, noon: datetime) -> None:
    let_in_first(Newcomer("Li Wei", "li.wei@real.org"), at=noon)
    steps = [step for group in step_groups(noon.date()) for step in group.steps]
    assert [step.is_done for step in steps] == [False] * 8
    assert [bool(step.blocks) for step in steps] == [True] * 7 + [False]
    sentences = [str(entry) for entry in if_it_opened_today(noon.date())]
    assert sentences == [
        "There is no department that could submit.",
        "Nobody holds these roles: Department head, Resource team, Finance, Management.",
        "No proposals: past figures are missing.",
    ]


def test_a_step_is_done_as_soon_as_what_it_asks_for_is_there(cast: SimpleNamespace, noon: datetime) -> None:
    set_organisation(SHANGHAI, by=cast.ada, at=noon)
    cycle = create_cycle(year=2027, by=cast.ada, at=noon)
    assert states(noon) == {
        "Organisation": "Done",
        "Departments": "Done",
        "People and roles": "Done",
        "Pools and hourly rates": "Not done yet",
        "Funds": "Not done yet",
        "Past figures": "Not done yet",
        "Planning year 2027": "Not done yet",
        "Invitations": "Not done yet",
    }
    publish_year(cycle, by=cast.ada, at=noon, seen=cycle.version)
    assert states(noon)["Planning year 2027"] == "Done"


def test_a_department_without_a_head_is_a_gap(cast: SimpleNamespace, noon: datetime) -> None:
    Department.objects.create(name="Music", slug="music")
    people = step_groups(noon.date())[0].steps[2]
    assert (people.state, people.blocks) == ("1 gap", "Blocks: the forecasts of Music, which have no head.")


def test_the_page_is_the_administrators_alone_and_names_the_next_step(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.ada).get(reverse("set-up")).content.decode()
    assert "Step 1: Organisation" in page
    assert [as_person(person).get(reverse("set-up")).status_code for person in (cast.emil, cast.farid)] == [403, 403]


@pytest.mark.parametrize(
    ("able", "writers", "heads", "left"),
    [
        ({1}, {1}, set(), 1),
        ({1}, {1, 2}, set(), None),
        ({1, 2}, {1}, set(), None),
        ({1}, {2}, {1}, 1),
        ({1, 2}, {3}, {1, 2}, 1),
        ({1, 2}, {2}, {1}, 2),
        (set(), {1}, set(), None),
        ({1}, set(), set(), None),
    ],
)
def test_a_decision_is_left_to_whom_four_eyes_bar(
    able: set[int], writers: set[int], heads: set[int], left: int | None
) -> None:
    assert left_with(frozenset(able), frozenset(writers), frozenset(heads)) == left


def test_with_everybody_of_the_story_no_decision_is_stuck(cast: SimpleNamespace, noon: datetime) -> None:
    assert stuck_decisions(noon.date()) == []


def test_whoever_alone_compiles_and_approves_the_budget_reads_the_cheapest_way_out(
    cast: SimpleNamespace, noon: datetime
) -> None:
    Membership.objects.filter(role__in=[Role.FINANCE, Role.MANAGEMENT]).exclude(person=cast.dora).delete()
    Membership.objects.create(person=cast.dora, role=Role.MANAGEMENT, from_on=FROM)
    found = [str(missing) for missing in decisions_left_to_nobody(noon.date())]
    sentence = next(text for text in found if "Dora Weiss alone" in text and "approve or send back" in text)
    assert "one more person as Management" in sentence
    assert Can.APPROVE_BUDGET in {stuck.can for stuck in stuck_decisions(noon.date())}
    Membership.objects.create(person=cast.omar, role=Role.MANAGEMENT, from_on=FROM)
    assert Can.APPROVE_BUDGET not in {stuck.can for stuck in stuck_decisions(noon.date())}


def test_a_second_approval_with_one_manager_is_pointed_out(cast: SimpleNamespace, noon: datetime) -> None:
    cycle = create_cycle(year=2027, by=cast.ada, at=noon)
    Membership.objects.filter(person__name="Elif Aydin").delete()
    assert [str(p) for p in publishing_checklist(cycle, noon.date()) if "a second manager" in str(p)] == []
    Cycle.objects.filter(pk=cycle.pk).update(second_approval_above=1000)
    cycle.refresh_from_db()
    assert [str(p) for p in publishing_checklist(cycle, noon.date()) if "Above 1,000" in str(p)] != []


def test_who_has_no_role_reads_who_can_give_one_and_how_to_write_to_them(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    page = as_person(cast.farid).get("/").content.decode()
    assert ("Ada Moreno" in page, page.count('href="mailto:ada@example.org"')) == (True, 1)
    assert "mailto:" not in as_person(cast.amina).get("/").content.decode()


def test_the_organisation_is_one_row_with_a_trail(cast: SimpleNamespace, noon: datetime) -> None:
    set_organisation(SHANGHAI, by=cast.ada, at=noon)
    set_organisation(SHANGHAI, by=cast.ada, at=noon)
    assert Organisation.objects.values_list("pk", "name", "currency").get() == (1, "Sunrise", "CNY")

"""The steps of the set-up: what is open, what it blocks, and what nobody could do."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from planning.cycles.actions import YearPlan, approve_by_two, create_cycle
from planning.forecasts.actions import publish_year
from planning.models import Cycle
from sop_portal.dashboards.checks.four_eyes import left_with, stuck_decisions
from sop_portal.dashboards.checks.readiness import decisions_left_to_nobody, publishing_checklist, ways_by_deputy
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotYours
from sop_portal.foundation.organisation.models import Department, Membership, Organisation, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.people.actions import Newcomer, OrganisationTerms, delegate, let_in_first, set_organisation
from sop_portal.people.terms import Term
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


def test_before_a_year_is_drafted_a_file_is_asked_for_where_one_is_taken(cast: SimpleNamespace, noon: datetime) -> None:
    def ways() -> dict[str, tuple[str, bool]]:
        steps = [step for group in step_groups(noon.date()) for step in group.steps]
        return {str(step.title): (step.url, step.takes_file) for step in steps}

    before, new, file = ways(), reverse("year-new"), reverse("workbook")
    assert [before[name] for name in ("Pools and hourly rates", "Funds", "Past figures")] == [
        (new, False),
        (file, False),
        (file, False),
    ]
    create_cycle(year=2027, by=cast.ada, at=noon)
    assert [ways()[name][1] for name in ("Pools and hourly rates", "Funds", "Past figures")] == [True] * 3


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
    assert "Such a person can approve or send back the budget" in sentence
    assert Can.APPROVE_BUDGET in {stuck.can for stuck in stuck_decisions(noon.date())}
    Membership.objects.create(person=cast.omar, role=Role.MANAGEMENT, from_on=FROM)
    assert Can.APPROVE_BUDGET not in {stuck.can for stuck in stuck_decisions(noon.date())}


def test_what_a_deputy_writes_is_decided_by_whoever_was_alone(cast: SimpleNamespace, noon: datetime) -> None:
    Membership.objects.filter(role__in=[Role.FINANCE, Role.MANAGEMENT]).exclude(person=cast.dora).delete()
    Membership.objects.create(person=cast.dora, role=Role.MANAGEMENT, from_on=FROM)

    def left_to_dora() -> bool:
        return Can.APPROVE_BUDGET in {stuck.can for stuck in stuck_decisions(noon.date())}

    before, term = left_to_dora(), Term(noon.date(), noon.date() + timedelta(days=90))
    delegate(giver=cast.dora, deputy=cast.omar, role=Role.FINANCE, term=term, by=cast.dora, at=noon)
    assert (before, left_to_dora()) == (True, False)


def test_the_administrator_names_the_deputy_from_the_checklist(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    Membership.objects.filter(role__in=[Role.FINANCE, Role.MANAGEMENT]).exclude(person=cast.dora).delete()
    Membership.objects.create(person=cast.dora, role=Role.MANAGEMENT, from_on=FROM)
    (way,) = ways_by_deputy(noon.date())
    address = reverse("person-deputy", args=[cast.dora.pk])
    assert (str(way), way.url) == (
        "Or name a deputy for Dora Weiss: what the deputy writes, Dora Weiss decides.",
        address,
    )
    assert way in if_it_opened_today(noon.date())
    days = {"deputy-from_on": noon.date().isoformat(), "deputy-until_on": "2027-06-30"}
    typed = {"deputy-deputy": str(cast.omar.pk), "deputy-role": "finance", "key": str(uuid.uuid4()), **days}
    with clock.at(noon):
        assert as_person(cast.emil).post(address, {**typed, "key": str(uuid.uuid4())}).status_code == 403
        assert as_person(cast.ada).get(address).status_code == 200
        late = {**typed, "deputy-until_on": "2020-01-01", "key": str(uuid.uuid4())}
        assert as_person(cast.ada).post(address, late).status_code == 422
        assert as_person(cast.ada).post(address, typed)["Location"] == reverse("person", args=[cast.dora.pk])
    assert list(ways_by_deputy(noon.date())) == []


def test_the_way_out_leads_to_a_board_member_in_one_role_that_ends_by_itself(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    Membership.objects.filter(role=Role.MANAGEMENT).delete()
    cycle = create_cycle(year=2027, by=cast.ada, at=noon)
    steps = next(p for p in publishing_checklist(cycle, noon.date()) if "Steps nobody can take" in str(p))
    browser = as_person(cast.ada)
    assert (steps.url, "as Management" in str(steps)) == (
        "/set-up/people/new/?role=management&until_on=2028-03-11",
        True,
    )
    form = browser.get(steps.url).context["form"]
    typed = {name: form[name].value() for name in ("role", "until_on", "language")}
    typed |= {"key": str(uuid.uuid4()), "name": "Board Member", "email": "board@example.org"}
    browser.post("/set-up/people/add/", typed)
    held = Membership.objects.get(person__email="board@example.org")
    assert (held.role, held.until_on) == ("management", date(2028, 3, 11))
    assert [p for p in publishing_checklist(cycle, noon.date()) if "Steps nobody can take" in str(p)] == []


@pytest.mark.parametrize(
    ("role", "until", "sentence"),
    [
        ("", "2028-03-11", "Choose the role that ends on this day"),
        ("management", "2020-01-01", "The last day is before the first"),
        ("management", "2199-01-01", "is-invalid"),
    ],
)
def test_a_last_day_that_fits_no_role_is_said_beside_it(
    role: str, until: str, sentence: str, cast: SimpleNamespace, as_person: Browser
) -> None:
    typed = {"key": str(uuid.uuid4()), "name": "Board Member", "email": "board@example.org", "language": "en"}
    answer = as_person(cast.ada).post("/set-up/people/add/", typed | {"role": role, "until_on": until})
    assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    assert not User.objects.filter(email="board@example.org").exists()


def test_one_manager_is_made_enough_before_the_year_is_published_and_not_after(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    cycle = create_cycle(year=2027, plan=YearPlan(second_approval_above=Decimal(1000)), by=cast.ada, at=noon)
    Membership.objects.filter(person__name="Elif Aydin").delete()

    def pointed_out() -> list[str]:
        cycle.refresh_from_db()
        return [p.url for p in publishing_checklist(cycle, noon.date()) if "manager" in str(p)]

    assert pointed_out() == [
        "/set-up/people/new/?role=management&until_on=2028-03-11",
        "/2027/windows/#approvals",
    ]
    browser = as_person(cast.ada)
    assert 'id="approvals"' in browser.get("/2027/windows/").content.decode()
    typed = {"key": str(uuid.uuid4()), "seen": cycle.version, "above": "much"}
    assert browser.post("/2027/windows/approvals/", typed).status_code == 422
    blank = typed | {"key": str(uuid.uuid4()), "above": ""}
    assert browser.post("/2027/windows/approvals/", blank).status_code == 302
    assert pointed_out() == []
    with pytest.raises(NotYours):
        approve_by_two(cycle, Decimal(5), by=cast.emil, at=noon, seen=cycle.version)
    publish_year(cycle, by=cast.ada, at=noon, seen=cycle.version)
    cycle.refresh_from_db()
    with pytest.raises(NotNow):
        approve_by_two(cycle, Decimal(5), by=cast.ada, at=noon, seen=cycle.version)
    assert 'id="approvals"' not in browser.get("/2027/windows/").content.decode()


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


def test_the_set_up_says_while_the_year_runs_that_a_second_manager_is_missing(
    cast: SimpleNamespace, noon: datetime
) -> None:
    cycle = create_cycle(year=2027, by=cast.ada, at=noon)
    Cycle.objects.filter(pk=cycle.pk).update(second_approval_above=1000)
    assert [str(point) for point in if_it_opened_today(noon.date()) if "Above 1,000" in str(point)] == []
    Membership.objects.filter(person__name="Elif Aydin").delete()
    assert [str(point) for point in if_it_opened_today(noon.date()) if "Above 1,000" in str(point)] == [
        "Above 1,000 a second manager approves, and there is only one. The cheapest way out: let a board member be a "
        "manager for one year; the role ends by itself.",
    ]

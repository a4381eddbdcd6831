"""The register of improvement measures and the page of each."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from evaluations.improvements import actions
from evaluations.improvements.actions import Assignment, MeasureProposal
from evaluations.models import Measure
from evaluations.tests.posting import NAUGHTY, page, queries, send
from planning.models import Cycle, Project
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[..., Client]
LIST, HERE = "/2027/improvements/", "/2027/improvements/1/"
ORIGIN = Measure.Origin.EVALUATION


@shared_fixture
def proposed(ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime) -> Measure:
    """Amina proposed something for Arts."""
    return actions.propose(ending, arts, MeasureProposal("One calendar for all rooms", ORIGIN), by=cast.amina, at=july)


@pytest.mark.parametrize("step", ["", "adopt/", "decline/", "finish/", "verify/", "reopen/"])
def test_another_department_finds_nothing(
    proposed: Measure, cast: SimpleNamespace, as_person: LogIn, step: str
) -> None:
    assert as_person(cast.bao).get(f"{HERE}{step}").status_code == 404
    if step:
        assert send(as_person(cast.bao), f"{HERE}{step}", seen=1, comment="x").status_code == 404


def test_the_register_holds_what_one_may_see(
    proposed: Measure, sports: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.propose(proposed.cycle, sports, MeasureProposal("New nets", ORIGIN), by=cast.bao, at=july)
    assert "One calendar" not in page(as_person(cast.bao), LIST)
    text = page(as_person(cast.omar), LIST)
    assert ("One calendar" in text, "New nets" in text) == (True, True)


@pytest.mark.parametrize(
    ("asked", "is_there"),
    [
        ("?state=adopted", True),
        ("?state=proposed", False),
        ("?state=overdue", False),
        ("?department=arts", True),
        ("?department=sports", False),
        ("?sort=number", True),
    ],
)
def test_the_register_is_narrowed_and_sorted(
    proposed: Measure,
    sports: Department,
    cast: SimpleNamespace,
    as_person: LogIn,
    july: datetime,
    asked: str,
    is_there: bool,
) -> None:
    actions.adopt(proposed, Assignment(cast.dora, date(2028, 9, 30)), by=cast.emil, at=july, seen=1)
    assert ("One calendar" in page(as_person(cast.emil), f"{LIST}{asked}")) == is_there


def test_the_register_finds_what_is_overdue_and_what_somebody_owns(
    proposed: Measure, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.adopt(proposed, Assignment(cast.dora, date(2028, 7, 13)), by=cast.emil, at=july, seen=1)
    Measure.objects.update(due=date(2028, 7, 1))
    assert "11 days late" in page(as_person(cast.emil), f"{LIST}?state=overdue")
    assert "One calendar" in page(as_person(cast.emil), f"{LIST}?owner={cast.dora.pk}")


def test_an_adopted_measure_waits_for_those_responsible_and_not_for_every_role(
    proposed: Measure, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.adopt(proposed, Assignment(cast.dora, date(2028, 9, 30)), by=cast.emil, at=july, seen=1)
    text = words_of(as_person(cast.emil).get(HERE))
    assert "Waits for Amina Diallo or Dora Weiss Report as done" in text
    assert "Only those responsible may carry out improvement measures. Amina Diallo or Dora Weiss can." in text
    User.objects.filter(pk__in=[cast.amina.pk, cast.dora.pk]).update(is_active=False)
    assert "Waits for the department head" in words_of(as_person(cast.emil).get(HERE))


def test_a_measure_is_proposed_on_the_page(
    ending: Cycle, stories: Project, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    assert "Story hours" in page(as_person(cast.ben), f"{LIST}new/")
    typed = {"what": "Paint the hall", "department": "arts", "project": stories.pk}
    answer = send(as_person(cast.ben), f"{LIST}new/", **typed)
    assert (answer.status_code, Measure.objects.get().project_slug) == (302, "story-hours")


def test_a_project_of_another_department_is_not_chosen(
    stories: Project, league: Project, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    typed = {"what": "Paint", "department": "arts", "project": league.pk}
    assert send(as_person(cast.amina), f"{LIST}new/", **typed).status_code == 422
    assert send(as_person(cast.emil), f"{LIST}new/", **typed).status_code == 422
    assert Measure.objects.count() == 0


@pytest.mark.parametrize("who", ["chidi", "dora", "ada", "omar", "farid"])
def test_those_who_propose_nothing_are_refused(
    ending: Cycle, cast: SimpleNamespace, as_person: LogIn, who: str
) -> None:
    assert as_person(getattr(cast, who)).get(f"{LIST}new/").status_code == 403


def test_the_whole_life_of_a_measure_on_its_pages(proposed: Measure, cast: SimpleNamespace, as_person: LogIn) -> None:
    assert "Adopt measure" in page(as_person(cast.emil), HERE)
    typed = {"seen": 1, "owner": cast.dora.pk, "due": "2028-09-30"}
    assert send(as_person(cast.emil), f"{HERE}adopt/", **typed).status_code == 302
    assert "Report as done" in page(as_person(cast.dora), HERE)
    assert send(as_person(cast.dora), f"{HERE}finish/", seen=2, evidence="Seen").status_code == 302
    assert "Seen" in page(as_person(cast.omar), HERE)
    assert send(as_person(cast.emil), f"{HERE}verify/", seen=3).status_code == 302
    assert Measure.objects.get().state == "verified"


@pytest.mark.parametrize(
    "typed",
    [
        {"due": "2028-09-30"},
        {"owner": "1", "due": "30.9."},
        {"owner": "999999", "due": "2028-09-30"},
        {"owner": "x", "due": "2028-13-01"},
        {},
    ],
)
def test_an_adoption_without_owner_or_date_stays_on_the_page(
    proposed: Measure, cast: SimpleNamespace, as_person: LogIn, typed: dict[str, str]
) -> None:
    answer = send(as_person(cast.emil), f"{HERE}adopt/", seen=1, **typed)
    assert (answer.status_code, Measure.objects.get().state) == (422, "proposed")


def test_a_due_date_in_the_past_is_said_on_the_page(proposed: Measure, cast: SimpleNamespace, as_person: LogIn) -> None:
    answer = send(as_person(cast.emil), f"{HERE}adopt/", seen=1, owner=cast.dora.pk, due="2028-07-01")
    assert (answer.status_code, "Choose a day from 13 July 2028 to 12 July 2030." in words_of(answer)) == (422, True)


def test_whoever_may_not_decide_reads_who_can(proposed: Measure, cast: SimpleNamespace, as_person: LogIn) -> None:
    answer = as_person(cast.amina).get(f"{HERE}adopt/")
    assert (answer.status_code, "Elif Aydin or Emil Novak can." in words_of(answer)) == (403, True)


def test_what_is_typed_stays_text(
    ending: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.propose(ending, arts, MeasureProposal(NAUGHTY, ORIGIN), by=cast.amina, at=july)
    for address in (LIST, HERE, f"{HERE}adopt/"):
        text = page(as_person(cast.emil), address)
        assert ("<script>alert(1)" in text, "&lt;script&gt;alert(1)" in text) == (False, True)


def test_three_measures_ask_the_database_as_often_as_one(
    proposed: Measure, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    browser = as_person(cast.emil)
    first = queries(browser, LIST)
    for what in ("Two", "Three"):
        actions.propose(proposed.cycle, arts, MeasureProposal(what, ORIGIN), by=cast.amina, at=july)
    assert queries(browser, LIST) == first


def test_reopening_asks_for_a_day_and_a_measure_that_waits_for_management_is_nobodys_delay(
    proposed: Measure, cast: SimpleNamespace, july: datetime, as_person: LogIn
) -> None:
    actions.adopt(proposed, Assignment(cast.dora, date(2028, 9, 29)), by=cast.emil, at=july, seen=1)
    actions.finish(proposed, evidence="rooms.example.org", by=cast.dora, at=july, seen=proposed.version)
    with clock.at(july + timedelta(days=90)):
        client = as_person(cast.emil)
        said = words_of(client.get(HERE))
        assert ("late" in said, "Reported as done on" in said) == (False, True)
        form = client.get(f"{HERE}reopen/").context["form"]
        assert (form["due"].initial, form.fields["due"].required) == (None, True)
        typed = {"seen": proposed.version, "comment": "Two rooms are missing"}
        assert send(client, f"{HERE}reopen/", **typed, due="2028-09-29").status_code == 422
        assert send(client, f"{HERE}reopen/", **typed, due="2028-11-01").status_code == 302
    proposed.refresh_from_db()
    assert (proposed.state, proposed.due) == ("adopted", date(2028, 11, 1))

"""What a meeting decides becomes an action of the portal: work, more time, money moved, or a change of the process."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from evaluations.improvements import actions
from evaluations.improvements.actions import Assignment, MeasureProposal
from evaluations.improvements.pages.measure import form_of
from evaluations.meetings import actions as meetings
from evaluations.meetings.actions import MeetingTerms
from evaluations.models import ChangeProposal, Evaluation, Measure, Meeting
from evaluations.tests.posting import page, send
from planning.cycles import actions as cycles
from planning.cycles.actions import MoreTime
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[..., Client]
DUE = date(2028, 8, 1)
TIME = MeasureProposal("Two more weeks", "meeting", "/2027/meetings/1/", way="extension", stage="evaluation")


@shared_fixture
def called(ending: Cycle, cast: SimpleNamespace, july: datetime) -> Meeting:
    """A review meeting is called for the end of July."""
    return meetings.call(ending, MeetingTerms(date(2028, 7, 28), "Town hall"), by=cast.emil, at=july)


@shared_fixture
def decided(ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime) -> Measure:
    """More time for the evaluations of Arts, proposed in a meeting by Elif and adopted by Emil; Amina sees to it."""
    wanted = replace(TIME, owner=cast.amina, due=DUE)
    proposed = actions.propose(ending, arts, wanted, by=elif_of(cast), at=july)
    assignment = Assignment(cast.amina, DUE)
    return actions.adopt(proposed, assignment, by=cast.emil, at=july, seen=proposed.version)


def elif_of(cast: SimpleNamespace) -> Any:
    return vars(cast)["elif"]


def typed(**more: str) -> dict[str, str]:
    return {"department": "arts", "what": "Two more weeks", "way": "work", "stage": "", "owner": "", "due": "", **more}


def test_a_decision_becomes_an_action_with_owner_and_day_that_leads_back(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    here = called.get_absolute_url()
    sent = typed(way="extension", stage="evaluation", owner=str(cast.amina.pk), due="2028-08-01")
    answer = send(as_person(cast.emil), f"{here}measure/", **sent)
    found = Measure.objects.get()
    assert answer.status_code == 302
    assert (found.way, found.stage, found.owner, found.due, found.origin_url) == (
        "extension",
        "evaluation",
        cast.amina,
        DUE,
        here,
    )
    assert here in page(as_person(cast.emil), found.get_absolute_url())


def test_whoever_adopts_finds_owner_and_day_filled_in(
    ending: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    wanted = replace(TIME, owner=cast.amina, due=DUE)
    found = actions.propose(ending, arts, wanted, by=elif_of(cast), at=july)
    answer = as_person(cast.emil).get(f"{found.get_absolute_url()}adopt/")
    form = answer.context["form"]
    assert (form["owner"].value(), form["due"].value()) == (cast.amina.pk, DUE)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"way": "party"}, "Carried out as"),
        ({"stage": ""}, "Stage"),
        ({"way": "work"}, "Only more time is for a stage"),
        ({"due": date(2028, 7, 1)}, "Due"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(NotReady) as refused:
        actions.propose(ending, arts, replace(TIME, **more), by=cast.emil, at=july)
    assert said in f"{refused.value.sentence} {refused.value.missing}"
    actions.propose(ending, arts, TIME, by=cast.emil, at=july)


def test_an_owner_of_another_department_is_refused_beside_the_field(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn
) -> None:
    sent = typed(owner=str(cast.bao.pk))
    answer = send(as_person(cast.emil), f"{called.get_absolute_url()}measure/", **sent)
    assert (answer.status_code, Measure.objects.count()) == (422, 0)
    assert "cannot own this measure" in answer.content.decode()


def test_more_time_is_done_once_it_is_given(
    drafted: Evaluation, decided: Measure, arts: Department, cast: SimpleNamespace, july: datetime
) -> None:
    later = july + timedelta(days=1)
    with pytest.raises(NotReady) as refused:
        actions.finish(decided, evidence="Granted", by=cast.amina, at=later, seen=decided.version)
    assert "not given more time" in str(refused.value.missing)
    due = decided.cycle.windows.get(stage="evaluation").due_on
    more = MoreTime("evaluation", arts, max(due, later.date()) + timedelta(days=14), "Decided in the meeting")
    cycles.extend(decided.cycle, more, by=cast.emil, at=later)
    done = actions.finish(decided, evidence="Granted", by=cast.amina, at=later, seen=decided.version)
    verified = actions.verify(done, by=cast.emil, at=later, seen=done.version)
    assert verified.state == "verified"


@pytest.mark.parametrize(("who", "path"), [("emil", "/2027/extend/"), ("amina", "/2027/extensions/ask/")])
def test_the_measure_leads_to_the_form_with_everything_filled_in(
    decided: Measure, cast: SimpleNamespace, as_person: LogIn, july: datetime, who: str, path: str
) -> None:
    person = getattr(cast, who)
    request = SimpleNamespace(actor=Actor.of(person, july), user=person)
    button = form_of(request, decided)  # type: ignore[arg-type]
    assert button is not None
    with clock.at(july):
        form = as_person(person).get(button.url).context["form"]
    assert urlsplit(button.url).path == path
    assert [form[name].value() for name in ("stage", "department", "reason")] == [
        "evaluation",
        "arts",
        f"{decided}: Two more weeks",
    ]
    assert set(parse_qs(urlsplit(button.url).query)) == {"stage", "department", "reason"}


@pytest.mark.parametrize("who", ["ben", "dora"])
def test_whoever_can_neither_give_nor_ask_for_it_finds_no_form(
    decided: Measure, cast: SimpleNamespace, july: datetime, who: str
) -> None:
    person = getattr(cast, who)
    assert form_of(SimpleNamespace(actor=Actor.of(person, july), user=person), decided) is None  # type: ignore[arg-type]


def test_more_time_without_a_stage_is_kept_out_by_the_database(decided: Measure) -> None:
    for wrong in ({"stage": ""}, {"way": "work"}, {"way": "party"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Measure.objects.filter(pk=decided.pk).update(**wrong)


def test_a_change_of_the_process_proposed_in_the_meeting_stands_on_it(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn
) -> None:
    here = called.get_absolute_url()
    assert f"proposals/new/?came_from={here}" in page(as_person(cast.emil), here)
    words = {"area": "window", "title": "Three weeks", "what": "Three weeks", "because": "Two were short"}
    send(as_person(cast.emil), "/2027/proposals/new/", origin_url=here, **words)
    found = ChangeProposal.objects.get()
    assert found.get_absolute_url() in page(as_person(cast.bao), here)
    assert here in page(as_person(cast.bao), found.get_absolute_url())


def test_the_meeting_says_who_still_adopts_what_it_decided_and_asks_them(
    called: Meeting, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    """Whoever wrote the decision down proposed the measure: the other manager adopts it, and finds it in My work."""
    here = called.get_absolute_url()
    with clock.at(july):
        send(as_person(cast.emil), f"{here}measure/", **typed(owner=str(cast.amina.pk), due="2028-08-01"))
        found = Measure.objects.get()
        waiting = words_of(as_person(cast.emil).get(here))
        asked = {name: found.get_absolute_url() in page(as_person(vars(cast)[name]), "/") for name in ("elif", "emil")}
        actions.adopt(found, Assignment(cast.amina, DUE), by=elif_of(cast), at=july, seen=found.version)
        adopted = words_of(as_person(cast.emil).get(here))
    said = "It still has to be adopted: Elif Aydin"
    assert ([said in waiting, said in adopted], asked) == ([True, False], {"elif": True, "emil": False})

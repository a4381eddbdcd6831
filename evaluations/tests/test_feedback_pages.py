"""Feedback: given by a department, answered by management, and what follows from it."""

from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from evaluations.feedback import actions
from evaluations.models import Feedback, Measure
from evaluations.tests.posting import NAUGHTY, page, queries, send
from planning.models import Cycle
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[..., Client]
LIST = "/2027/feedback/"


@shared_fixture
def given(ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime) -> Feedback:
    """Ben says that two weeks are short."""
    return actions.give(ending, arts, title="Two weeks are short", text="Schools reply late.", by=cast.ben, at=july)


@pytest.mark.parametrize("who", ["amina", "ben", "chidi", "dora", "emil", "ada"])
def test_everybody_who_takes_part_gives_feedback(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime, who: str
) -> None:
    assert actions.give(ending, arts, title="T", text="X", by=getattr(cast, who), at=july).state == "open"


@pytest.mark.parametrize("who", ["bao", "omar", "farid"])
def test_nobody_gives_it_for_another_department(
    ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime, who: str
) -> None:
    with pytest.raises(NotYours):
        actions.give(ending, arts, title="T", text="X", by=getattr(cast, who), at=july)


def test_feedback_says_something(ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady):
        actions.give(ending, arts, title="T", text=" ", by=cast.ben, at=july)


def test_a_closed_year_takes_none(ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime) -> None:
    Cycle.objects.update(state="closed", closed_at=july, closed_by=cast.ada)
    ending.refresh_from_db()
    with pytest.raises(NotNow):
        actions.give(ending, arts, title="T", text="X", by=cast.ben, at=july)


def test_management_is_told_and_answers(given: Feedback, cast: SimpleNamespace, july: datetime) -> None:
    notified = Notice.objects.filter(kind="feedback").values_list("person__name", flat=True)
    assert set(notified) == {"Elif Aydin", "Emil Novak"}
    actions.answer(given, by=cast.emil, at=july, seen=1, comment="Three from next year on")
    assert Notice.objects.get(kind="feedback", person=cast.ben).quote == "Three from next year on"


def test_an_answer_has_words(given: Feedback, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady):
        actions.answer(given, by=cast.emil, at=july, seen=1)


@pytest.mark.parametrize("who", ["amina", "ben", "chidi", "dora", "ada", "omar"])
def test_nobody_else_answers(given: Feedback, cast: SimpleNamespace, july: datetime, who: str) -> None:
    with pytest.raises(NotYours):
        actions.answer(given, by=getattr(cast, who), at=july, seen=1, comment="x")


def test_whoever_gave_it_does_not_answer_in_a_second_role(
    given: Feedback, cast: SimpleNamespace, july: datetime
) -> None:
    Membership.objects.create(person=cast.ben, role=Role.MANAGEMENT, from_on=date(2020, 1, 1))
    with pytest.raises(NotYours):
        actions.answer(given, by=cast.ben, at=july, seen=1, comment="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.update(state="answered", answered_by=cast.ben, answered_at=july)


@pytest.mark.parametrize("step", ["", "answer/"])
def test_another_department_finds_nothing(given: Feedback, cast: SimpleNamespace, as_person: LogIn, step: str) -> None:
    browser, here = as_person(cast.bao), given.get_absolute_url()
    assert browser.get(f"{here}{step}").status_code == 404
    assert "Two weeks are short" not in page(browser, LIST)


@pytest.mark.parametrize("step", ["answer/", "measure/"])
def test_another_department_does_nothing(given: Feedback, cast: SimpleNamespace, as_person: LogIn, step: str) -> None:
    address = f"{given.get_absolute_url()}{step}"
    assert send(as_person(cast.bao), address, seen=1, comment="x", what="x").status_code == 404


def test_feedback_is_given_answered_and_followed_on_its_pages(
    ending: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    typed = {"department": "arts", "title": "Late replies", "text": "Schools reply late."}
    here = send(as_person(cast.ben), f"{LIST}new/", **typed)["Location"]
    assert send(as_person(cast.emil), f"{here}answer/", seen=1, comment="Three weeks then").status_code == 302
    assert "Three weeks then" in page(as_person(cast.ben), here)
    assert send(as_person(cast.emil), f"{here}measure/", what="Move the window").status_code == 302
    measure = Measure.objects.get()
    assert (measure.origin, measure.origin_url, measure.department) == ("feedback", here, arts)
    assert "Move the window" in page(as_person(cast.ben), here)


@pytest.mark.parametrize(
    "typed", [{}, {"department": "sports", "title": "T", "text": "X"}, {"title": "T", "text": "X"}]
)
def test_what_is_incomplete_stays_on_the_page(
    ending: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime, typed: dict[str, str]
) -> None:
    assert send(as_person(cast.ben), f"{LIST}new/", **typed).status_code == 422
    assert Feedback.objects.count() == 0


def test_an_answer_without_words_stays_on_the_page(given: Feedback, cast: SimpleNamespace, as_person: LogIn) -> None:
    answer = send(as_person(cast.emil), f"{given.get_absolute_url()}answer/", seen=1)
    assert (answer.status_code, Feedback.objects.get().state) == (422, "open")


def test_whoever_may_not_answer_reads_who_can(given: Feedback, cast: SimpleNamespace, as_person: LogIn) -> None:
    answer = as_person(cast.amina).get(f"{given.get_absolute_url()}answer/")
    assert (answer.status_code, "Elif Aydin or Emil Novak can." in words_of(answer)) == (403, True)


@pytest.mark.parametrize(
    ("asked", "is_there"), [("?state=open", True), ("?state=answered", False), ("?sort=title", True)]
)
def test_the_list_is_narrowed(
    given: Feedback, cast: SimpleNamespace, as_person: LogIn, asked: str, is_there: bool
) -> None:
    assert ("Two weeks are short" in page(as_person(cast.emil), f"{LIST}{asked}")) == is_there


def test_what_is_typed_stays_text(
    ending: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    given = actions.give(ending, arts, title=NAUGHTY, text=NAUGHTY, by=cast.ben, at=july)
    for address in (LIST, given.get_absolute_url(), f"{given.get_absolute_url()}answer/"):
        text = page(as_person(cast.emil), address)
        assert ("<script>alert(1)" in text, "&lt;script&gt;alert(1)" in text) == (False, True)


def test_three_entries_ask_the_database_as_often_as_one(
    given: Feedback, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    browser = as_person(cast.emil)
    first = queries(browser, LIST)
    for title in ("Two", "Three"):
        actions.give(given.cycle, arts, title=title, text="X", by=cast.amina, at=july)
    assert queries(browser, LIST) == first

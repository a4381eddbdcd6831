"""Feedback: given by a department, answered by management, and what follows from it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluations.feedback import actions
from evaluations.feedback.deadlines import owed
from evaluations.models import Feedback, Measure
from evaluations.tests.posting import NAUGHTY, page, queries, send
from evaluations.tests.review_year import JULY
from planning.models import Cycle
from sop_portal.foundation.kit import clock
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


def test_the_list_asks_for_working_days_once_however_much_was_given(
    given: Feedback, ending: Cycle, arts: Department, cast: SimpleNamespace, july: datetime, as_person: LogIn
) -> None:
    Cycle.objects.filter(pk=ending.pk).update(moves_to_working_day=True)
    as_person(cast.emil).get(LIST)
    with clock.at(july), CaptureQueriesContext(connection) as one:
        as_person(cast.emil).get(LIST)
    for number in range(3):
        actions.give(ending, arts, title=f"More {number}", text="Late again.", by=cast.ben, at=july)
    with clock.at(july), CaptureQueriesContext(connection) as four:
        as_person(cast.emil).get(LIST)
    assert len(four) == len(one)


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
    ("asked", "is_there"), [("?state=open", True), ("?state=answered", False), ("?sort=given", True)]
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


def test_feedback_is_of_a_kind_and_the_list_is_narrowed_by_it(
    ending: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    typed = {"department": "arts", "title": "Well done", "text": "The new form is short"}
    assert send(as_person(cast.amina), f"{LIST}new/", **typed, kind="praise").status_code == 302
    assert send(as_person(cast.amina), f"{LIST}new/", **typed | {"title": "Why?"}, kind="riddle").status_code == 422
    with pytest.raises(NotReady, match="Kind"):
        actions.give(ending, arts, title="T", text="X", kind="riddle", by=cast.ben, at=july)
    assert Feedback.objects.get().kind == "praise"
    found = {kind: "Well done" in page(as_person(cast.emil), f"{LIST}?kind={kind}") for kind in ("praise", "problem")}
    assert found == {"praise": True, "problem": False}


def test_whoever_gave_it_says_whether_the_answer_helped(
    given: Feedback, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    with pytest.raises(NotNow):
        actions.say_if_it_helped(given, helped=True, by=cast.ben, at=july)
    actions.answer(given, by=cast.emil, at=july, seen=given.version, comment="Three weeks from now on")
    for person in (cast.amina, cast.emil, cast.bao):
        with pytest.raises(NotYours):
            actions.say_if_it_helped(given, helped=True, by=person, at=july)
    url = given.get_absolute_url()
    assert send(as_person(cast.ben), f"{url}helped/", helped="no").status_code == 302
    assert "It did not help." in page(as_person(cast.emil), url)
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.filter(pk=given.pk).update(state="open", answered_at=None, answered_by=None)


def test_an_answer_is_due_in_two_weeks(given: Feedback, cast: SimpleNamespace, as_person: LogIn) -> None:
    assert given.answer_by == date(2028, 7, 26)
    assert "26 July" in page(as_person(cast.ben), given.get_absolute_url()).replace("\xa0", " ")


def test_an_answer_that_is_late_is_named_so(given: Feedback, cast: SimpleNamespace, as_person: LogIn) -> None:
    late, in_time = datetime(2028, 7, 29, 16, tzinfo=UTC), datetime(2028, 7, 26, 16, tzinfo=UTC)
    found = []
    for moment in (in_time, late):
        with clock.at(moment):
            browser = as_person(cast.emil)
            pages = [page(browser, url) for url in ("/", "/2027/feedback/", given.get_absolute_url())]
        found.append(["3 days late" in text.replace("\xa0", " ") for text in pages])
    assert found == [[False, False, False], [True, True, True]]


def test_management_is_reminded_until_it_answers(given: Feedback, cast: SimpleNamespace) -> None:
    [answer] = owed(datetime(2028, 7, 20, tzinfo=UTC))
    assert (answer.due_on, answer.since, answer.four_eyes) == (date(2028, 7, 26), None, True)
    assert answer.barred == {given.given_by_id}
    actions.answer(given, by=cast.emil, at=JULY, seen=given.version, comment="We shorten it")
    assert list(owed(JULY)) == []

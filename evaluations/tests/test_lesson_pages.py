"""Lessons: written as they are, published edited, both kept; nowhere for others before that."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from evaluations.models import Evaluation, Lesson
from evaluations.reviews import actions
from evaluations.tests.posting import NAUGHTY, page, queries
from evaluations.tests.review_year import evaluation_of, submitted, written
from planning.models import Cycle, Hindsight, Project
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[..., Client]
LIST = "/2027/lessons/"
WRITTEN = "book the hall in may"


@shared_fixture
def reviewed(handed_over: Evaluation, cast: SimpleNamespace, july: datetime) -> Evaluation:
    """The evaluation after its review; the second lesson was edited."""
    second = handed_over.lessons.get(written=WRITTEN)
    wordings = {second.pk: "Book the reading hall in May."}
    return actions.review(handed_over, by=cast.emil, at=july, seen=handed_over.version, lessons=wordings)


def test_both_wordings_are_kept(reviewed: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    stored = list(reviewed.lessons.order_by("pk").values_list("written", "published", "written_by", "published_by"))
    saturday = "Saturday groups fill within two weeks"
    assert stored == [
        (saturday, saturday, cast.ben.pk, cast.emil.pk),
        (WRITTEN, "Book the reading hall in May.", cast.ben.pk, cast.emil.pk),
    ]


def test_next_years_planners_find_each_lesson_once(reviewed: Evaluation) -> None:
    notified = list(
        Hindsight.objects.order_by("pk").values_list("kind", "source_id", "slug", "year", "text", "is_open")
    )
    first, second = reviewed.lessons.order_by("pk")
    assert notified == [
        ("lesson", first.pk, "story-hours", 2027, "Saturday groups fill within two weeks", True),
        ("lesson", second.pk, "story-hours", 2027, "Book the reading hall in May.", True),
    ]


def test_the_address_of_a_lesson_leads_everybody_to_it(
    reviewed: Evaluation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    lesson = reviewed.lessons.earliest("pk")
    address = Hindsight.objects.get(source_id=lesson.pk).source_url
    assert address == f"/2027/lessons/?q=story-hours#lesson-{lesson.pk}"
    assert f'id="lesson-{lesson.pk}"' in page(as_person(cast.bao), address)


@pytest.mark.parametrize("who", ["amina", "ben", "bao", "chidi", "dora", "emil", "ada", "omar"])
def test_before_the_review_a_lesson_is_on_no_list(
    handed_over: Evaluation, cast: SimpleNamespace, as_person: LogIn, who: str
) -> None:
    person = getattr(cast, who)
    assert "Saturday groups" not in page(as_person(person), LIST)
    assert list(Lesson.objects.visible_to(Actor.of(person, handed_over.due))) == []
    assert Hindsight.objects.count() == 0


@pytest.mark.parametrize("who", ["amina", "bao", "chidi", "omar"])
def test_after_it_everybody_reads_the_published_wording_alone(
    reviewed: Evaluation, cast: SimpleNamespace, as_person: LogIn, who: str
) -> None:
    text = page(as_person(getattr(cast, who)), LIST)
    assert ("Book the reading hall in May." in text, WRITTEN in text) == (True, False)


def test_the_evaluation_shows_both(reviewed: Evaluation, cast: SimpleNamespace, as_person: LogIn) -> None:
    text = page(as_person(cast.ben), "/2027/evaluations/arts/story-hours/")
    assert ("Book the reading hall in May." in text, WRITTEN in text) == (True, True)


def test_an_outsider_reads_none(reviewed: Evaluation, cast: SimpleNamespace, as_person: LogIn) -> None:
    assert as_person(cast.farid).get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("asked", "is_there"),
    [
        ("?q=story-hours", True),
        ("?q=Story+hours", True),
        ("?q=reading+HALL", True),
        ("?q=league", False),
        ("?department=arts", True),
        ("?department=sports", False),
    ],
)
def test_lessons_are_found_by_project_department_and_words(
    reviewed: Evaluation, cast: SimpleNamespace, as_person: LogIn, asked: str, is_there: bool
) -> None:
    found = "Book the reading hall in May." in page(as_person(cast.bao), f"{LIST}{asked}")
    assert found == is_there


def test_a_department_that_is_not_known_is_refused(
    reviewed: Evaluation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    assert as_person(cast.bao).get(f"{LIST}?department=nowhere").status_code == 422


def test_an_empty_list_says_what_will_be_here(ending: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    assert "No lessons yet" in page(as_person(cast.bao), LIST)
    assert "No lesson fits the filter" in page(as_person(cast.bao), f"{LIST}?q=boats")


def test_an_empty_lesson_is_not_written(drafted: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    with pytest.raises(NotReady):
        actions.write_lesson(drafted, "  \n", by=cast.ben, at=july, seen=1)


def test_no_lesson_is_published_without_words(handed_over: Evaluation, cast: SimpleNamespace, july: datetime) -> None:
    lessons = {lesson.pk: " " for lesson in handed_over.lessons.all()}
    with pytest.raises(NotReady) as refusal:
        actions.review(handed_over, lessons=lessons, by=cast.emil, at=july, seen=handed_over.version)
    assert (refusal.value.sentence, handed_over.state) == ("A lesson is published in words.", "submitted")


def test_a_lesson_of_another_evaluation_is_not_removed(
    drafted: Evaluation, league: Project, cast: SimpleNamespace, july: datetime
) -> None:
    other = evaluation_of(league, cast.bao)
    lesson = actions.write_lesson(other, "Theirs", by=cast.bao, at=july, seen=1)
    with pytest.raises(NotReady, match="has no such lesson"):
        actions.remove_lesson(drafted, lesson, by=cast.ben, at=july, seen=1)
    assert Lesson.objects.get() == lesson


def test_what_is_written_in_a_lesson_stays_text(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.write_lesson(drafted, NAUGHTY, by=cast.ben, at=july, seen=1)
    submitted(written(drafted, cast.ben), cast.amina)
    actions.review(drafted, by=cast.emil, at=july, seen=drafted.version)
    text = page(as_person(cast.bao), LIST)
    assert ("<script>alert(1)" in text, "&lt;script&gt;alert(1)" in text) == (False, True)


def test_three_lessons_ask_the_database_as_often_as_one(
    reviewed: Evaluation, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    browser = as_person(cast.bao)
    Lesson.objects.exclude(pk=reviewed.lessons.earliest("pk").pk).update(
        published="", published_at=None, published_by=None
    )
    first = queries(browser, LIST)
    Lesson.objects.update(published="Again", published_at=july, published_by=cast.emil)
    assert queries(browser, LIST) == first

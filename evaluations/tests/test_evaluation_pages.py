"""The pages of an evaluation: who sees them, what stands on them, and how they save."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils.html import escape

from evaluations.models import Evaluation, Lesson, Measure
from evaluations.reviews import actions
from evaluations.reviews.actions import GoalFigures
from evaluations.tests.posting import NAUGHTY, page, queries, send
from evaluations.tests.review_year import evaluation_of, finished_project, written
from planning.models import Cycle, Project
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.page_text import words_of

LogIn = Callable[..., Client]
HERE = "/2027/evaluations/arts/story-hours/"
ADDRESSES = [HERE, f"{HERE}check/", f"{HERE}review/", f"{HERE}submit/", f"{HERE}send-back/"]
ANSWERS = {"reached": "R", "problems": "P", "better": "B", "explanation": "E", "people_used": "380"}


@pytest.mark.parametrize("address", [*ADDRESSES, "/2027/projects/arts/story-hours/hold/"])
def test_another_department_finds_nothing(
    handed_over: Evaluation, cast: SimpleNamespace, as_person: LogIn, address: str
) -> None:
    assert as_person(cast.bao).get(address).status_code == 404
    if not address.endswith("check/"):
        assert send(as_person(cast.bao), address, seen=1, comment="x").status_code == 404


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_outsider_may_not_open_them(
    handed_over: Evaluation, cast: SimpleNamespace, as_person: LogIn, address: str
) -> None:
    assert as_person(cast.farid).get(address).status_code in (403, 404)


@pytest.mark.parametrize("who", ["amina", "ben", "chidi", "dora", "emil", "ada", "omar"])
def test_everybody_who_sees_the_department_reads_it(
    handed_over: Evaluation, cast: SimpleNamespace, as_person: LogIn, who: str
) -> None:
    text = page(as_person(getattr(cast, who)), HERE)
    assert "Saturday groups fill within two weeks" in text


def test_the_list_holds_what_one_may_see(
    drafted: Evaluation, league: Project, cast: SimpleNamespace, as_person: LogIn
) -> None:
    evaluation_of(league, cast.bao)
    assert "Story hours" not in page(as_person(cast.bao), "/2027/evaluations/")
    both = page(as_person(cast.emil), "/2027/evaluations/")
    assert ("Story hours" in both, "Summer league" in both) == (True, True)
    assert "Summer league" not in page(as_person(cast.emil), "/2027/evaluations/?department=arts")


def test_the_form_is_there_for_those_who_write(drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn) -> None:
    assert 'data-autosave="/2027/evaluations/arts/story-hours/"' in page(as_person(cast.ben), HERE)
    assert "data-autosave" not in page(as_person(cast.emil), HERE)


def test_saving_keeps_everything_that_was_typed(drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn) -> None:
    more = {"lesson": "Book early", "indicator": "Stayed", "target": "75", "what": "One calendar for all rooms"}
    answer = send(as_person(cast.ben), HERE, seen=1, **ANSWERS, **more)
    assert (answer.status_code, answer["Location"]) == (302, HERE)
    stored = Evaluation.objects.get()
    assert (stored.reached, stored.people_used, stored.lessons.get().written) == ("R", Decimal(380), "Book early")
    assert stored.goals.filter(indicator="Stayed", target=75).exists()
    assert Measure.objects.get().origin_url == HERE


def test_a_lesson_and_a_goal_are_removed_by_their_buttons(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    lesson = actions.write_lesson(drafted, "Wrong", by=cast.ben, at=july, seen=1)
    goal = actions.add_goal(drafted, "Stayed", GoalFigures(), by=cast.ben, at=july, seen=2)
    send(as_person(cast.ben), HERE, seen=3, **ANSWERS, remove_lesson=lesson.pk)
    send(as_person(cast.ben), HERE, seen=5, **ANSWERS, remove_goal=goal.pk)
    assert (Lesson.objects.count(), drafted.goals.count()) == (0, 2)


def test_saving_as_one_types_answers_in_a_sentence(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    typed = {**ANSWERS, "autosave": "1", "lesson": "not finis"}
    answer = send(as_person(cast.ben), HERE, seen=1, **typed)
    said = "Saved 12:00. Not saved yet, press its button: Another lesson."
    assert json.loads(answer.content) == {"saved": said, "waits": True, "seen": 2}
    again = send(as_person(cast.ben), HERE, seen=2, **ANSWERS, autosave="1")
    assert json.loads(again.content) == {"saved": "Saved 12:00. You can leave and come back.", "seen": 2}
    assert Lesson.objects.count() == 0


def test_what_cannot_be_kept_is_said_and_nothing_is_lost(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    answer = send(as_person(cast.ben), HERE, seen=1, **{**ANSWERS, "people_used": "1e5"})
    assert answer.status_code == 422
    assert 'value="1e5"' in answer.content.decode()
    assert Evaluation.objects.get().reached == ""


def test_two_people_at_once_are_shown_both_wordings(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.write(drafted, by=cast.amina, at=july, seen=1, reached="Theirs")
    answer = send(as_person(cast.ben), HERE, seen=1, **{**ANSWERS, "reached": "Mine"})
    text = answer.content.decode()
    assert (answer.status_code, "Theirs" in text, "Mine" in text) == (409, True, True)
    chosen = {**ANSWERS, "reached": "Mine", "keep-reached": "theirs", "keep-problems": "mine"}
    send(as_person(cast.ben), HERE, seen=2, **chosen)
    stored = Evaluation.objects.get()
    assert (stored.reached, stored.problems) == ("Theirs", "P")


def test_the_check_page_lists_what_is_missing_and_then_submits(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    assert "Which problems came up?" in page(as_person(cast.amina), f"{HERE}check/")
    written(drafted, cast.ben)
    assert "Submit evaluation" in page(as_person(cast.amina), f"{HERE}check/")
    send(as_person(cast.amina), f"{HERE}submit/", seen=drafted.version)
    assert Evaluation.objects.get().state == "submitted"


def test_a_lead_reads_who_submits(drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn) -> None:
    written(drafted, cast.ben)
    assert "Amina Diallo can." in page(as_person(cast.ben), f"{HERE}check/")


def test_management_edits_the_wording_on_the_review_page(
    handed_over: Evaluation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    first, second = handed_over.lessons.order_by("pk")
    assert "book the hall in may</textarea>" in page(as_person(cast.emil), f"{HERE}review/")
    wordings = {f"lesson_{first.pk}": first.written, f"lesson_{second.pk}": "Book the reading hall in May."}
    answer = send(as_person(cast.emil), f"{HERE}review/", seen=handed_over.version, comment="", **wordings)
    assert answer.status_code == 302
    second.refresh_from_db()
    assert (second.written, second.published) == ("book the hall in may", "Book the reading hall in May.")


def test_a_lesson_is_not_published_without_words(
    handed_over: Evaluation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    wordings = {f"lesson_{lesson.pk}": "" for lesson in handed_over.lessons.all()}
    answer = send(as_person(cast.emil), f"{HERE}review/", seen=handed_over.version, **wordings)
    assert (answer.status_code, Evaluation.objects.get().state) == (422, "submitted")


@pytest.mark.parametrize("who", ["amina", "ben", "chidi", "omar"])
def test_those_who_may_not_review_read_who_can(
    handed_over: Evaluation, cast: SimpleNamespace, as_person: LogIn, who: str
) -> None:
    answer = as_person(getattr(cast, who)).get(f"{HERE}review/")
    assert (answer.status_code, "Elif Aydin or Emil Novak can." in words_of(answer)) == (403, True)


def test_whatever_is_typed_stays_text(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.write(drafted, by=cast.ben, at=july, seen=1, reached=NAUGHTY, problems=NAUGHTY, better=NAUGHTY)
    actions.write_lesson(drafted, NAUGHTY, by=cast.ben, at=july, seen=2)
    actions.add_goal(drafted, NAUGHTY[:100], GoalFigures(), by=cast.ben, at=july, seen=3)
    for who, address in ((cast.ben, HERE), (cast.emil, HERE), (cast.amina, f"{HERE}check/")):
        text = page(as_person(who), address)
        assert ("<script>alert(1)" in text, escape(NAUGHTY) in text) == (False, True)


@pytest.mark.parametrize("typed", ["\x00", "a\x01b", "\ufffe"])
def test_characters_that_cannot_be_kept_are_refused(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn, typed: str
) -> None:
    answer = send(as_person(cast.ben), HERE, seen=1, **{**ANSWERS, "reached": typed})
    assert (answer.status_code, Evaluation.objects.get().version) == (422, 1)


@pytest.mark.parametrize("step", ["hold", "complete", "cancel"])
def test_the_head_finds_the_steps_of_a_project(
    stories: Project, cast: SimpleNamespace, as_person: LogIn, july: datetime, step: str
) -> None:
    address = f"/2027/projects/arts/story-hours/{step}/"
    assert as_person(cast.amina).get(address).status_code == 200
    assert as_person(cast.ben).get(address).status_code == 403
    assert send(as_person(cast.amina), address, seen=1, comment="Why").status_code == 302


def test_a_project_is_concluded_by_the_review_alone(
    handed_over: Evaluation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    assert as_person(cast.emil).get("/2027/projects/arts/story-hours/conclude/").status_code == 404


def test_lists_ask_the_database_as_often_for_three_rows_as_for_one(
    drafted: Evaluation, ending: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn
) -> None:
    browser = as_person(cast.emil)
    first = queries(browser, "/2027/evaluations/")
    for number in (2, 3):
        evaluation_of(finished_project(ending, arts, cast.ben, f"Story hours {number}"), cast.amina)
    assert queries(browser, "/2027/evaluations/") == first


def test_a_page_asks_the_database_as_often_for_three_lessons_as_for_one(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    actions.write_lesson(drafted, "One", by=cast.ben, at=july, seen=1)
    browser = as_person(cast.omar)
    first = queries(browser, HERE)
    for text in ("Two", "Three"):
        actions.write_lesson(drafted, text, by=cast.ben, at=july, seen=drafted.version)
    assert queries(browser, HERE) == first


def test_what_was_not_written_is_not_said_to_be_published(
    handed_over: Evaluation, cast: SimpleNamespace, as_person: LogIn, july: datetime
) -> None:
    Lesson.objects.all().delete()
    before = words_of(as_person(cast.emil).get(f"{HERE}review/"))
    actions.review(handed_over, by=cast.emil, at=july, seen=handed_over.version)
    after = words_of(as_person(cast.emil).get(HERE))
    said = ["No lesson was written, so none is published", "The figures are in the history. No lesson was written."]
    assert ([said[0] in before, said[1] in after], "essons are published" in before + after) == ([True, True], False)


def test_only_what_lies_far_from_the_plan_is_said_to_be_explained(
    drafted: Evaluation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    far, near = "from the plan is explained below", "Nothing lies more than"
    shown = words_of(as_person(cast.emil).get(HERE))
    Cycle.objects.update(deviation_to_explain=100)
    then = words_of(as_person(cast.emil).get(HERE))
    assert [(far in text, near in text) for text in (shown, then)] == [(True, False), (False, True)]

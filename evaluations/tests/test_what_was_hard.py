"""What was hard: asked of everybody who acted in a stage, answered once, shown together, and by nobody's name."""

from collections.abc import Callable
from datetime import time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from evaluations.feedback.actions import answer_stage
from evaluations.feedback.queries import questions_for
from evaluations.models import AnswerMark, StageAnswers
from evaluations.tests.posting import page, send
from planning.models import Cycle
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.dashboards.pages.my_work.role_figures import where_the_year_stands
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.models import UsedKey, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import APRIL, AUGUST, MARCH, small_year

LogIn = Callable[..., Client]
SOON = APRIL + timedelta(days=10)
DAY = timedelta(days=1)
# Whoever acted in the forecasts of the small year, but for Amina, who answered there.
OTHERS = ("bao", "chidi", "chen", "ada")
URL = "/2027/what-was-hard/forecast/"


@shared_fixture
def year(cast: SimpleNamespace) -> Cycle:
    """The small year, in which Amina found the forecast hard."""
    found: Cycle = small_year(cast).cycle
    return found


def answered_by(cast: SimpleNamespace, cycle: Cycle, *names: str, word: str = "") -> None:
    for name in names:
        answer_stage(cycle, "forecast", answer="hard", by=getattr(cast, name), at=AUGUST, word=word)


def stages_asked(person: User, cycle: Cycle, at: Any) -> list[str]:
    return [question.stage for question in questions_for(person, [cycle], at.date())]


def test_whoever_acted_in_a_stage_is_asked_once_it_is_over_and_not_for_ever(year: Cycle, cast: SimpleNamespace) -> None:
    asked = {name: stages_asked(getattr(cast, name), year, SOON) for name in ("amina", "bao", "chidi", "dora", "omar")}
    assert asked == {"amina": [], "bao": ["forecast"], "chidi": ["forecast"], "dora": [], "omar": []}
    assert [stages_asked(cast.bao, year, at) for at in (MARCH, SOON + timedelta(days=90))] == [[], ["budget"]]


def test_in_the_days_of_grace_a_stage_is_late_and_not_over_on_the_whole_page(
    year: Cycle, cast: SimpleNamespace
) -> None:
    window = year.windows.get(stage="forecast")
    assert window.grace_until > window.due_on
    days = (APRIL.replace(month=day.month, day=day.day) for day in (window.grace_until, window.grace_until + DAY))
    assert [stages_asked(cast.bao, year, at) for at in days] == [[], ["forecast"]]
    stands = [where_the_year_stands(year, on).chain[0].note for on in (window.due_on, window.grace_until)]
    assert [str(note).split(" ")[:2] for note in stands] == [["open", "until"], ["was", "due"]]


def test_nobody_answers_twice_or_for_a_stage_without_them_or_before_it_is_over(
    year: Cycle, cast: SimpleNamespace
) -> None:
    with pytest.raises(NotNow, match="answered already"):
        answer_stage(year, "forecast", answer="easy", by=cast.amina, at=AUGUST)
    with pytest.raises(NotYours, match="acted in the stage"):
        answer_stage(year, "forecast", answer="easy", by=cast.dora, at=AUGUST)
    with pytest.raises(NotNow, match="not over yet"):
        answer_stage(year, "execution", answer="easy", by=cast.bao, at=AUGUST)
    with pytest.raises(NotReady):
        answer_stage(year, "forecast", answer="awful", by=cast.bao, at=AUGUST)
    answer_stage(year, "forecast", answer="easy", by=cast.bao, at=AUGUST)
    found = StageAnswers.objects.get()
    assert (found.easy, found.fine, found.hard, found.marks.count()) == (1, 0, 1, 2)


def test_the_trail_says_that_somebody_answered_and_not_who_or_what(year: Cycle, cast: SimpleNamespace) -> None:
    answered_by(cast, year, "bao", word="Seasons")
    entries = Entry.objects.filter(kind="stage-answers").order_by("position")
    assert [(e.verb, e.by_id, e.behalf_id, e.changes, e.comment) for e in entries] == [
        ("answer-stage", None, None, [], "")
    ] * 2
    assert problems() == []


def test_no_row_leads_from_an_answer_to_a_person(year: Cycle, cast: SimpleNamespace) -> None:
    """Sums, words in the order of the alphabet, and marks; none of them holds a person, a moment or an order."""
    for name, word in zip(OTHERS, ("Zebras", "Apples", "", "Moons"), strict=True):
        answered_by(cast, year, name, word=word)
    found = StageAnswers.objects.get()
    assert (found.hard, found.words) == (5, ["Apples", "Moons", "Zebras"])
    kept = {field.name for model in (StageAnswers, AnswerMark) for field in model._meta.get_fields()}
    assert kept == {"id", "cycle", "stage", "easy", "fine", "hard", "words", "marks", "answers", "mark"}


def test_of_the_form_no_mark_of_its_words_is_kept(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    with clock.at(AUGUST):
        answer = send(as_person(cast.bao), URL, answer="hard", word="Seasons")
        twice = as_person(cast.bao).post(URL, {"answer": "easy", "key": "5f0c8f7e-7f0e-4c8e-9f57-0a4a7f8a9b01"})
    assert (answer.status_code, twice.status_code) == (302, 409)
    assert list(UsedKey.objects.filter(form=URL).values_list("content", flat=True)) == [""]


def test_of_the_form_a_key_is_kept_that_leads_to_nobody(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    """The same form sent again is not carried out twice, though no row says who had sent it, nor at which hour."""
    with clock.at(AUGUST):
        key, browser = "5f0c8f7e-7f0e-4c8e-9f57-0a4a7f8a9b02", as_person(cast.bao)
        twice = [browser.post(URL, {"answer": "hard", "word": "", "key": key}).status_code for _time in range(2)]
    kept = UsedKey.objects.get(form=URL)
    assert (twice, StageAnswers.objects.get().hard) == ([302, 302], 2)
    assert (kept.person_id, kept.used_at.time()) == (None, time(0))


def test_answers_are_shown_together_and_from_five_on(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    review = "/2027/process-review/"
    answered_by(cast, year, *OTHERS[:3], word="Twelve seasons")
    with clock.at(AUGUST):
        four = page(as_person(cast.emil), review)
        answer_stage(year, "forecast", answer="easy", by=cast.ada, at=AUGUST)
        five = page(as_person(cast.emil), review)
    assert ["Twelve seasons" in text for text in (four, five)] == [False, True]
    assert ["not shown" in text for text in (four, five)] == [True, False]
    assert ["80%" in text.replace(" ", "").replace("\u00a0", "") for text in (four, five)] == [False, True]


def test_my_work_asks_and_thanks(year: Cycle, cast: SimpleNamespace, as_person: LogIn) -> None:
    with clock.at(SOON):
        browser = as_person(cast.bao)
        before = page(browser, "/")
        send(browser, URL, answer="fine", word="")
        after = page(browser, "/")
    assert [text.count("What was hard?") for text in (before, after)] == [1, 0]
    assert "nobody can see that it is yours" in after


@pytest.mark.parametrize("person", ["omar", "dora"])
def test_whoever_did_not_act_is_not_asked(year: Cycle, cast: SimpleNamespace, as_person: LogIn, person: str) -> None:
    with clock.at(SOON):
        assert "What was hard?" not in page(as_person(getattr(cast, person)), "/")

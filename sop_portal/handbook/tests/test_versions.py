"""Every version of the handbook stays readable as it was; the whole book; looking for words; the fourth letter."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.test import Client

from sop_portal.foundation.organisation.roles import Role
from sop_portal.handbook.models import Edition, Guide
from sop_portal.handbook.raci import letters_of, raci_matrix
from sop_portal.handbook.tests.published import published
from sop_portal.stages import STAGES, WORKFLOWS

LogIn = Callable[..., Client]


@pytest.fixture
def second(db: None, cast: SimpleNamespace, noon: datetime) -> Edition:
    """A second version, in which the guide of requests is another one."""
    texts = {"request": ("Ask for what you need, Kumquat.", "请申请所需资源，金桔。")}
    return published(texts, note="A shorter guide", cast=cast, at=noon)


def text_of(browser: Client, url: str) -> str:
    answer = browser.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_a_superseded_version_is_read_as_it_was(second: Edition, cast: SimpleNamespace, as_person: LogIn) -> None:
    browser, old = as_person(cast.bao), Guide.objects.get(page="request", edition__number=1)
    first_words = old.text_en.split(".")[0][:40]
    first, newest = text_of(browser, "/handbook/versions/1/"), text_of(browser, "/handbook/versions/2/")
    assert ("Kumquat" in first, first_words in first, "Superseded" in first) == (False, True, True)
    assert ("Kumquat" in newest, "A shorter guide" in newest, "In force" in newest) == (True, True, True)
    assert [number in text_of(browser, "/handbook/versions/") for number in ("versions/1/", "versions/2/")] == [
        True
    ] * 2
    assert browser.get("/handbook/versions/3/").status_code == 404


def test_the_whole_book_holds_every_page_and_every_step(
    second: Edition, cast: SimpleNamespace, as_person: LogIn
) -> None:
    text = text_of(as_person(cast.omar), "/handbook/book/")
    steps = [str(step.label) for stage in STAGES for workflow in stage.workflows for step in workflow.steps]
    assert ("Kumquat" in text, [step for step in steps if step not in text.replace("&#x27;", "'")]) == (True, [])


def test_words_are_found_in_guides_and_steps(second: Edition, cast: SimpleNamespace, as_person: LogIn) -> None:
    browser = as_person(cast.amina)
    found = {
        word: text_of(browser, f"/handbook/search/?q={word}") for word in ("kumquat", "quorum-less", "Send the minutes")
    }
    assert ["/handbook/request/" in found["kumquat"], "Nothing was found" in found["quorum-less"]] == [True, True]
    assert "#step-meeting-send" in found["Send the minutes"]
    assert "&lt;b&gt;" in text_of(browser, "/handbook/search/?q=<b>")


@pytest.mark.parametrize(("language", "word"), [("en", "quorum"), ("zh-hans", "法定人数")])
def test_a_rule_of_the_meetings_is_found_in_their_guide(
    db: None, cast: SimpleNamespace, as_person: LogIn, language: str, word: str
) -> None:
    browser = as_person(cast.amina)
    browser.cookies["django_language"] = language
    assert "/handbook/evaluation/" in text_of(browser, f"/handbook/search/?q={word}")


def test_an_outsider_reads_no_version(second: Edition, cast: SimpleNamespace, as_person: LogIn) -> None:
    browser = as_person(cast.farid)
    urls = ("/handbook/versions/", "/handbook/versions/1/", "/handbook/book/", "/handbook/search/?q=a")
    assert {browser.get(url).status_code for url in urls} == {403}


def test_all_four_letters_are_drawn_from_the_steps() -> None:
    """Accepting a forecast: the resource team does it and answers for it, the head may withdraw it meanwhile."""
    forecast = WORKFLOWS["forecast"]
    accept = forecast["accept"]
    assert (letters_of(forecast, accept, Role.RESOURCE), letters_of(forecast, accept, Role.HEAD)) == ("RA", "C")
    matrix = raci_matrix([workflow for stage in STAGES for workflow in stage.workflows])
    assert set("".join(cell for row in matrix.rows for cell in row.cells)) == set("RACI")

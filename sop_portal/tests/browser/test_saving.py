"""A page says "Saved" only where the portal said so, and nothing that was typed is lost on the way."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Locator, expect

from evaluations.models import Feedback, ProgressReport
from evaluations.reviews import actions as reviews
from evaluations.tests.reporting_year import started_project
from evaluations.tests.review_year import JULY, evaluation_of, finished_project, year_with_windows
from planning.forecasts.actions import Typed, set_figures, submit
from planning.models import ForecastFigure, Project
from planning.tests.stage_one import LINE, filled, forecast_of, known, line_of, open_year
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.browser.walk import PASSWORD, Walk

PATIENCE = 60_000
Opens = Callable[[str], Walk]


@pytest.fixture(params=["en", "zh-hans"])
def language(request: pytest.FixtureRequest) -> str:
    """The language in which everybody reads."""
    return str(request.param)


@pytest.fixture
def people(transactional_db: None, cast: SimpleNamespace, language: str) -> SimpleNamespace:
    """The cast, with passwords and the language of this walk."""
    for person in vars(cast).values():
        person.set_password(PASSWORD)
        person.language = language
        person.save()
    return cast


@pytest.fixture
def story_line(people: SimpleNamespace, noon: datetime) -> SimpleNamespace:
    """The line of Story hours, filled in, in the open forecast of Arts."""
    arts = Department.objects.get(slug="arts")
    known(arts, "story-hours", 2025, activities="200", participants="3000", materials="4000")
    known(arts, "story-hours", 2026, activities="236", participants="2400", materials="4180")
    open_year(people, noon)
    filled(arts, "Story hours", people.amina, noon, lead=people.ben)
    return people


@pytest.fixture
def opens(browser: Browser, live_server: Any, people: SimpleNamespace, language: str) -> Iterator[Opens]:
    """Somebody who is signed in opens a browser: `opens("amina")`."""
    walks: list[Walk] = []

    def open_one(name: str) -> Walk:
        walk = Walk(browser, live_server.url, language)
        walk.page.set_default_timeout(PATIENCE)
        client = Client()
        client.force_login(getattr(people, name), backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.cookies["sessionid"].value
        walk.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        walks.append(walk)
        return walk

    yield open_one
    for walk in walks:
        walk.close()


def note(walk: Walk) -> Locator:
    return walk.page.locator("[data-saved]").first


def is_saved(walk: Walk) -> None:
    """The page says in grey that everything is saved."""
    expect(note(walk)).to_contain_text(
        walk.said("Saved %(time)s. You can leave and come back.").split("%(time)s")[1], timeout=PATIENCE
    )
    expect(note(walk)).not_to_have_class(marked("is-(back|no)"))


def marked(name: str) -> re.Pattern[str]:
    """A class among others."""
    return re.compile(rf"\b{name}\b")


def type_in(walk: Walk, name: str, words: str) -> None:
    """Type into one field and wait for the portal's answer."""
    with walk.page.expect_response(lambda answer: answer.request.headers.get("x-autosave") == "1", timeout=PATIENCE):
        walk.fill(**{name: words})


def figure(metric: str) -> ForecastFigure:
    return ForecastFigure.objects.get(line__project__slug="story-hours", metric=metric)


def kept(walk: Walk) -> list[str]:
    """The forms of which this tab keeps something."""
    return list(walk.page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('kept:'))"))


def sign_in(walk: Walk, email: str) -> None:
    walk.page.locator("input[name=login]").fill(email)
    walk.page.locator("input[name=password]").fill(PASSWORD)
    with walk.page.expect_navigation():
        walk.page.locator("main button[type=submit]").first.click()


def test_what_a_colleague_saved_stands_and_is_shown_before_the_page_vouches_for_it(
    opens: Opens, story_line: SimpleNamespace
) -> None:
    ben, amina = opens("ben").go(LINE), opens("amina").go(LINE)
    amina.page.locator("[name=participants-source][value=trend]").check()
    amina.page.locator("[name=participants-reason]").fill("Mead School closes its own")
    type_in(amina, "participants", "3050")
    is_saved(amina)

    type_in(ben, "money", "13000")
    is_saved(ben)
    expect(ben.page.locator("[name=participants]")).to_have_value("3,050")
    expect(ben.page.locator("[name=participants-source][value=trend]")).to_be_checked()
    expect(ben.page.locator("[name=participants-reason]")).to_have_value("Mead School closes its own")
    expect(ben.page.locator(".measure--theirs .theirs")).to_contain_text("Amina Diallo")
    expect(ben.page.locator(".measure--theirs .theirs")).to_contain_text("3,200")
    type_in(ben, "money", "13100")
    is_saved(ben)

    theirs, mine = figure("participants"), figure("money")
    assert (theirs.override, theirs.source, theirs.reason) == (Decimal(3050), "trend", "Mead School closes its own")
    assert mine.override == Decimal(13100)


def test_a_figure_both_typed_is_asked_while_the_rest_is_saved(opens: Opens, story_line: SimpleNamespace) -> None:
    ben, amina = opens("ben").go(LINE), opens("amina").go(LINE)
    type_in(amina, "participants", "3050")
    ben.page.locator("[name=money]").fill("13000")
    type_in(ben, "participants", "3400")
    expect(note(ben)).to_have_class(marked("is-back"))
    asked = ben.page.locator(".theirs[role=group]")
    expect(asked).to_contain_text("3,050")
    assert (figure("participants").override, figure("money").override) == (Decimal(3050), Decimal(13000))

    type_in(amina, "participants", "3060")
    with ben.page.expect_response(lambda answer: answer.request.headers.get("x-autosave") == "1"):
        asked.locator("button").first.click()
    expect(asked).to_contain_text("3,060")
    assert figure("participants").override == Decimal(3060)
    with ben.page.expect_response(lambda answer: answer.request.headers.get("x-autosave") == "1"):
        asked.locator("button").first.click()
    is_saved(ben)
    expect(asked).to_have_count(0)
    assert figure("participants").override == Decimal(3400)

    type_in(ben, "participants", "3500")
    type_in(amina, "participants", "3600")
    with amina.page.expect_response(lambda answer: answer.request.headers.get("x-autosave") == "1"):
        amina.page.locator(".theirs[role=group] button").last.click()
    is_saved(amina)
    expect(amina.page.locator("[name=participants]")).to_have_value("3,500")
    assert figure("participants").override == Decimal(3500)


def test_whoever_was_signed_out_reads_it_and_finds_what_was_typed_after_signing_in(
    opens: Opens, story_line: SimpleNamespace
) -> None:
    ben = opens("ben").go(LINE)
    Session.objects.all().delete()
    type_in(ben, "participants", "3333")
    expect(note(ben)).to_have_class(marked("is-no"))
    expect(note(ben)).to_contain_text(ben.said("Not saved: you are signed out."))
    assert note(ben).get_attribute("role") == "alert"
    assert figure("participants").override == Decimal(3200)
    set_figures(
        line_of(Project.objects.get(slug="story-hours")),
        {"money": Typed(Decimal(14000), "trend", "Dearer")},
        by=story_line.amina,
        at=clock.now(),
        seen=forecast_of(Department.objects.get(slug="arts")).version,
    )

    ben.press("Sign in and keep what I typed")
    assert kept(ben) != []
    sign_in(ben, "ben@example.org")
    expect(ben.page.locator("[name=participants]")).to_have_value("3,200")
    with ben.page.expect_response(lambda answer: answer.request.headers.get("x-autosave") == "1"):
        ben.page.locator("[data-box=kept] button").first.click()
    is_saved(ben)
    expect(ben.page.locator("[name=participants]")).to_have_value("3333")
    assert (figure("participants").override, figure("money").override) == (Decimal(3333), Decimal(14000))
    assert kept(ben) == []


def test_nobody_else_is_offered_what_was_typed(opens: Opens, story_line: SimpleNamespace) -> None:
    ben = opens("ben").go(LINE)
    Session.objects.all().delete()
    type_in(ben, "participants", "3333")
    ben.page.goto(f"{ben.base}/account/login/?next={LINE}")
    sign_in(ben, "amina@example.org")
    expect(ben.page.locator("[name=participants]")).to_have_value("3,200")
    expect(ben.page.locator("[data-box=kept]")).to_have_count(0)
    assert kept(ben) == []


def test_without_a_connection_it_waits_and_is_saved_later(opens: Opens, story_line: SimpleNamespace) -> None:
    ben = opens("ben").go(LINE)
    ben.context.set_offline(True)
    ben.fill(participants="3333")
    expect(note(ben)).to_have_class(marked("is-back"))
    expect(note(ben)).to_contain_text(ben.said("Not saved yet: no connection."))
    expect(ben.page.locator(".measure--kept .kept")).to_contain_text("3,200")
    ben.context.set_offline(False)
    is_saved(ben)
    expect(ben.page.locator(".kept")).to_have_count(0)
    assert figure("participants").override == Decimal(3333)


def test_what_is_saved_and_typed_again_without_a_connection_is_not_counted(
    opens: Opens, story_line: SimpleNamespace
) -> None:
    ben = opens("ben").go(LINE)
    type_in(ben, "participants", "3333")
    is_saved(ben)
    ben.context.set_offline(True)
    ben.fill(participants="3334")
    expect(ben.page.locator(".measure--kept .kept")).to_contain_text("3333")
    ben.fill(participants="3333")
    expect(ben.page.locator(".kept")).to_have_count(0)
    assert kept(ben) == []
    ben.context.set_offline(False)
    is_saved(ben)
    assert figure("participants").override == Decimal(3333)


@pytest.mark.parametrize(
    "answer", [{"status": 502}, {"status": 200, "body": "<h1>Hotel</h1>", "content_type": "text/html"}]
)
def test_what_is_not_the_answer_of_the_portal_is_no_success(
    opens: Opens, story_line: SimpleNamespace, answer: dict[str, Any]
) -> None:
    ben = opens("ben").go(LINE)
    ben.page.route(f"**{LINE}", lambda route: route.fulfill(**answer))
    ben.fill(participants="3333")
    expect(note(ben)).to_contain_text(ben.said("Not saved yet: the portal does not answer."))
    ben.page.unroute(f"**{LINE}")
    is_saved(ben)
    ben.complaints.clear()
    assert figure("participants").override == Decimal(3333)


def test_what_cannot_be_read_is_named_and_everything_else_is_saved(opens: Opens, story_line: SimpleNamespace) -> None:
    ben = opens("ben").go(LINE)
    ben.page.locator("[name=money]").fill("13000")
    type_in(ben, "participants", "about 3k")
    expect(note(ben)).to_have_class(marked("is-no"))
    expect(ben.page.locator(".measure--bad .field__error")).to_have_count(1)
    expect(ben.page.locator("[name=participants]")).to_have_attribute("aria-invalid", "true")
    assert (figure("participants").override, figure("money").override) == (Decimal(3200), Decimal(13000))
    for width in (390, 320):
        ben.page.set_viewport_size({"width": width, "height": 844})
        expect(ben.page.locator(".errors .btn-link")).to_be_visible()
        assert ben.page.evaluate("document.documentElement.scrollWidth") <= width
    type_in(ben, "participants", "3000")
    is_saved(ben)
    expect(ben.page.locator(".measure--bad")).to_have_count(0)


def test_a_forecast_that_was_handed_over_meanwhile_says_so_in_red(opens: Opens, story_line: SimpleNamespace) -> None:
    ben = opens("ben").go(LINE)
    forecast = forecast_of(Department.objects.get(slug="arts"))
    submit(forecast, by=story_line.amina, at=datetime.fromisoformat("2027-01-20T12:00-05:00"), seen=forecast.version)
    type_in(ben, "participants", "3333")
    expect(note(ben)).to_have_class(marked("is-no"))
    expect(note(ben)).to_contain_text(ben.said("Not saved."))
    assert figure("participants").override == Decimal(3200)


def test_a_form_that_is_sent_by_its_button_waits_in_the_tab_too(opens: Opens, story_line: SimpleNamespace) -> None:
    address = "/2027/feedback/new/"
    ben = opens("ben").go(address).fill(title="The form is long", text="It takes an hour")
    Session.objects.all().delete()
    with ben.page.expect_navigation():
        ben.page.locator("main form button[type=submit]").first.click()
    assert "/account/login/" in ben.page.url
    expect(ben.page.locator("main .next h2")).to_have_text(
        ben.said("You were signed out, so what you sent was not saved")
    )
    expect(ben.page.locator("[data-typed=waits]")).to_be_visible()
    expect(ben.page.locator("[data-typed=gone]")).to_be_hidden()
    sign_in(ben, "ben@example.org")
    assert ben.page.url == f"{ben.base}{address}"
    expect(ben.page.locator("[name=title]")).to_have_value("")
    ben.page.locator("[data-box=kept] button").first.click()
    expect(ben.page.locator("[name=text]")).to_have_value("It takes an hour")
    with ben.page.expect_navigation():
        ben.page.locator("main form button[type=submit]").first.click()
    assert Feedback.objects.get().title == "The form is long"
    assert kept(ben) == []
    ben.go(address)
    expect(ben.page.locator("[data-box=kept]")).to_have_count(0)


def test_the_door_says_that_what_is_not_kept_has_to_be_typed_again(opens: Opens, story_line: SimpleNamespace) -> None:
    ben = opens("ben").go(reverse("account"))
    Session.objects.all().delete()
    with ben.page.expect_navigation():
        ben.page.locator("main form:has([name=mine-language]) button[type=submit]").first.click()
    expect(ben.page.locator("[data-typed=gone]")).to_be_visible()
    expect(ben.page.locator("[data-typed=waits]")).to_be_hidden()


def test_signing_out_leaves_nothing_behind(opens: Opens, story_line: SimpleNamespace) -> None:
    ben = opens("ben").go("/2027/feedback/new/").fill(title="The form is long", text="It takes an hour")
    other = ben.context.new_page()
    other.goto(f"{ben.base}/2027/feedback/new/")
    other.locator("[name=title]").fill("Another tab")
    ben.go("/2027/feedback/new/")
    expect(ben.page.locator("[data-box=kept]")).to_have_count(1)
    ben.page.locator("[data-box=kept] button").last.click()
    assert kept(ben) == []
    ben.fill(title="Once more").go(reverse("account"))
    with ben.page.expect_navigation():
        ben.page.locator("form[action='/account/logout/'] button").first.click()
    assert kept(ben) == []
    other.wait_for_function("Object.keys(sessionStorage).every((key) => !key.startsWith('kept:'))")


def test_secrets_and_hidden_tokens_are_never_kept(opens: Opens, story_line: SimpleNamespace) -> None:
    ben = opens("ben").go(LINE)
    ben.context.set_offline(True)
    ben.fill(participants="3333")
    expect(note(ben)).to_have_class(marked("is-back"))
    [key] = kept(ben)
    entry = json.loads(ben.page.evaluate("(key) => sessionStorage.getItem(key)", key))
    assert list(entry["fields"]) == ["participants"]
    assert "ben@example.org" not in key
    ben.context.set_offline(False)
    ben.page.goto(f"{ben.base}/account/password/change/")
    for field in ben.page.locator("input[type=password]").all():
        field.fill("a-secret-word")
    stored = ben.page.evaluate("JSON.stringify(sessionStorage)")
    assert "a-secret-word" not in stored


def test_a_report_shows_what_a_colleague_wrote(opens: Opens, people: SimpleNamespace) -> None:
    arts = Department.objects.get(slug="arts")
    started_project(year_with_windows(people.ada), arts, people.ben, people.amina, "Story hours")
    address = "/2027/progress/arts/story-hours/2027-10/"
    ben, amina = opens("ben").go(address), opens("amina").go(address)
    type_in(amina, "problems", "The hall was cold.")
    type_in(ben, "outlook", "A second group.")
    is_saved(ben)
    expect(ben.page.locator("[name=problems]")).to_have_value("The hall was cold.")
    expect(ben.page.locator(".theirs")).to_contain_text("Amina Diallo")
    type_in(ben, "outlook", "A third group.")
    stored = ProgressReport.objects.get(period_first=date(2027, 10, 1))
    assert (stored.problems, stored.outlook) == ("The hall was cold.", "A third group.")


def test_an_evaluation_asks_where_both_wrote_and_names_what_waits_for_its_button(
    opens: Opens, people: SimpleNamespace
) -> None:
    arts = Department.objects.get(slug="arts")
    drafted = evaluation_of(
        finished_project(year_with_windows(people.ada), arts, people.ben, "Story hours"), people.amina
    )
    address = "/2027/evaluations/arts/story-hours/"
    ben = opens("ben").go(address)
    reviews.write(drafted, by=people.amina, at=JULY, seen=drafted.version, reached="Two groups", problems="Rooms")
    type_in(ben, "reached", "One group")
    expect(note(ben)).to_have_class(marked("is-back"))
    expect(ben.page.locator("[name=problems]")).to_have_value("Rooms")
    with ben.page.expect_response(lambda answer: answer.request.headers.get("x-autosave") == "1"):
        ben.page.locator(".theirs[role=group] button").first.click()
    is_saved(ben)
    drafted.refresh_from_db()
    assert (drafted.reached, drafted.problems) == ("One group", "Rooms")
    type_in(ben, "lesson", "Book the hall in May")
    expect(note(ben)).to_have_class(marked("is-back"))
    ben.page.reload()
    ben.page.locator("[data-box=kept] button").first.click()
    expect(ben.page.locator("[name=lesson]")).to_have_value("Book the hall in May")

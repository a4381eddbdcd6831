"""The key pages of the demonstration in a real browser: for everybody, on every screen, in both languages."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone
from playwright.sync_api import Browser, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from budgets.models import Budget
from evaluations.models import Feedback
from planning.models import Cycle, Forecast
from sop_portal.demo.build import make
from sop_portal.tests.browser import places
from sop_portal.tests.browser.focus import tab_through
from sop_portal.tests.browser.inspection import DESKTOP, NARROW, PHONE, Inspection
from sop_portal.tests.browser.lists import PAPER, Printed, flaws, lists_of, printed
from sop_portal.tests.browser.walk import PASSWORD, Walk

# The skip link, the bar at the top and the navigation alone have more stops than these.
FEWEST_STOPS = 5
pytestmark = pytest.mark.django_db(transaction=True)
# Argon2 is slow on purpose; one quick hash serves everybody who logs in here.
QUICK = override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"])


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Three years of twelve libraries, made once and served to all tests here: its address."""
    with django_db_blocker.unblock():
        assert not Cycle.objects.exists(), "the demonstration wants an empty database"
        with QUICK:
            make(timezone.now())
        server = LiveServer("localhost")
        yield server.url
        server.stop()
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def _django_db_helper(demonstration: str) -> None:
    """Nothing is emptied between the tests of this module: they share what took so long to make."""


@pytest.fixture(scope="module")
def typed_names(demonstration: str) -> set[str]:
    """The names in the demonstration, which stay as they are in every language."""
    return places.typed_names()


@pytest.fixture
def walks(browser: Browser, demonstration: str) -> Iterator[Any]:
    """Somebody opens a browser of their own: `walks("amina")`."""
    opened: list[Walk] = []

    def open_one(name: str, language: str = "en", scripts: bool = True) -> Walk:
        walk = Walk(browser, demonstration, language, scripts=scripts)
        walk.page.set_default_timeout(60_000)
        opened.append(walk)
        return walk.log_in(f"{name}@example.org") if name else walk

    yield open_one
    for walk in opened:
        walk.close()


@pytest.mark.walk
@pytest.mark.parametrize("name", places.PLACES)
def test_a_persons_pages_keep_nobody_out_in_light_and_dark_on_desk_and_telephone(walks: Any, name: str) -> None:
    inspection = Inspection(walks(name), set())
    for path in places.PLACES[name]():
        inspection.by_daylight_and_in_the_dark(path)
    assert inspection.wrong == []


@pytest.mark.walk
@pytest.mark.parametrize("name", places.PLACES)
def test_a_persons_pages_speak_chinese_throughout(walks: Any, typed_names: set[str], name: str) -> None:
    inspection = Inspection(walks(name, "zh-hans"), typed_names)
    for path in places.PLACES[name]():
        inspection.in_chinese(path)
    assert inspection.wrong == []


def test_refusals_and_the_door_are_pages_like_any_other(walks: Any, typed_names: set[str]) -> None:
    wrong: list[str] = []
    for language in ("en", "zh-hans"):
        for name, visits in (("omar", places.refusals()), ("", dict.fromkeys(places.DOORS, 200))):
            inspection = Inspection(walks(name, language), typed_names)
            for path, status in visits.items():
                look = inspection.by_daylight_and_in_the_dark if language == "en" else inspection.in_chinese
                look(path, status)
            wrong += inspection.wrong
    assert wrong == []


@pytest.mark.walk
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", places.PLACES)
def test_what_has_the_focus_is_never_covered(walks: Any, name: str, screen: ViewportSize) -> None:
    walk, covered = walks(name), {}
    walk.page.set_viewport_size(screen)
    # Pressing Tab through every page takes long; one in four has every kind of bar, list and form.
    for path in places.PLACES[name]()[::4]:
        stops = tab_through(walk.go(path).page)
        if stops.hidden or stops.count < FEWEST_STOPS:
            covered[path] = stops
    assert covered == {}


# Who has the lists of a year in the menu, and those of the set-up.
@pytest.mark.walk
@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", ["omar", "ada", "chidi", "amina"])
def test_every_list_is_whole_named_and_within_reach_on_a_telephone(walks: Any, name: str, language: str) -> None:
    walk, wrong = walks(name, language), {}
    budgets = [budget.get_absolute_url() for budget in Budget.objects.exclude(cycle__state="draft").order_by("pk")]
    paths = lists_of(walk.page, walk.base, places.at("cycle", places.years()[1]))
    for path in [*paths, *(budgets if name == "omar" else [])]:
        walk.go(path)
        for width in NARROW:
            if found := flaws(walk.page, width):
                wrong[path, width] = found
    assert wrong == {}


def test_a_printed_budget_has_every_line_and_no_navigation(walks: Any) -> None:
    budget = Budget.objects.filter(cycle__year=places.years()[1]).order_by("number").last()
    walk = walks("dora").go(f"{budget.get_absolute_url()}?rows=all")
    walk.page.emulate_media(media="print")
    for size in (DESKTOP, *PAPER):
        walk.page.set_viewport_size(size)
        assert printed(walk.page) == Printed(budget.lines.count(), [], [])


def a_line() -> str:
    """A page on which figures for next year are typed, by the head and by the lead of the project."""
    __, __, coming = places.years()
    forecast = Forecast.objects.get(cycle__year=coming, department__slug="ansonia-library")
    line = forecast.lines.filter(project__lead__name="Ben Carter", is_planned=True).order_by("pk")[0]
    return places.at("forecast-line", coming, "ansonia-library", line.project.slug)


def test_what_is_typed_is_saved_while_typing(walks: Any) -> None:
    amina = walks("amina").go(a_line())
    amina.page.locator("[name=activities]").fill("77")
    expect(amina.page.locator("[data-saved]")).to_contain_text(re.compile(r"Saved \d"), timeout=60_000)
    amina.page.reload()
    expect(amina.page.locator("[name=activities]")).to_have_value("77")


def test_of_two_who_type_the_same_figure_nothing_is_lost_and_the_second_decides(walks: Any) -> None:
    path = a_line()
    amina, ben = walks("amina").go(path), walks("ben").go(path)
    amina.fill(participants="1111", participants__reason="A third school asked").press("Save")
    ben.page.locator("[name=participants]").fill("2222")
    asked = ben.page.locator(".theirs[role=group]")
    expect(asked).to_contain_text("1,111", timeout=60_000)
    expect(ben.page.locator("[name=participants-reason]")).to_have_value("A third school asked")
    asked.locator("button", has_text="Keep my 2,222").click()
    expect(ben.page.locator("[data-saved]")).to_contain_text(re.compile(r"Saved \d"), timeout=60_000)
    ben.page.reload()
    expect(ben.page.locator("[name=participants]")).to_have_value("2,222")
    expect(ben.page.locator("[name=participants-reason]")).to_have_value("A third school asked")


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_a_double_click_acts_once(walks: Any, scripts: bool) -> None:
    title = f"Pressed twice {scripts}"
    amina = walks("amina", scripts=scripts).go(places.at("feedback-new", places.years()[1]))
    amina.fill(title=title, text="It takes long")
    amina.page.locator("main form button[type=submit]").first.dblclick()
    amina.page.wait_for_load_state("networkidle")
    amina.reads(title)
    assert Feedback.objects.filter(title=title).count() == 1


def test_everything_is_reached_by_keys_alone(walks: Any) -> None:
    walk = walks("").go("/account/login/")
    keys, focused = walk.page.keyboard, walk.page.locator(":focus")
    walk.page.locator("input[name=login]").focus()
    keys.type("amina@example.org")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(walk.page.locator("h1")).to_have_text("My work")
    keys.press("Tab")
    expect(focused).to_have_class("skip")
    keys.press("Enter")
    expect(focused).to_have_id("main")
    walk.page.locator("summary.top__switch").focus()
    keys.press("Enter")
    expect(walk.page.locator("details[open] .menu__list")).to_be_visible()
    keys.press("Escape")
    expect(walk.page.locator("details[open]")).to_have_count(0)
    expect(focused).to_have_class("top__switch")
    walk.page.locator("input[name=q]").first.focus()
    keys.type("story")
    keys.press("Enter")
    expect(walk.page).to_have_url(re.compile(r"/search/\?q=story$"))

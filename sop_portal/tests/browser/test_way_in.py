"""From an empty database to an open year with everybody invited, in one browser and both languages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import Browser

from planning.models import Cycle, Forecast
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import renew_code
from sop_portal.tests.browser.inspection import Inspection
from sop_portal.tests.browser.walk import PASSWORD, Walk, link_in

NAMES = {"CNY", "Li Wei", "Li", "Sunrise", "Arts", "Amina Diallo", "Chidi Okafor", "Dora Weiss", "Emil Novak"}
PEOPLE = {"Amina Diallo": "head", "Chidi Okafor": "resource", "Dora Weiss": "finance", "Emil Novak": "management"}


@pytest.fixture(params=["en", "zh-hans"])
def walk(request: pytest.FixtureRequest, browser: Browser, live_server: Any, transactional_db: None) -> Iterator[Walk]:
    """A stranger's browser in front of an empty portal."""
    found = Walk(browser, live_server.url, request.param)
    found.page.set_default_timeout(30_000)
    yield found
    found.close()


def come_in(walk: Walk) -> None:
    """The first page, reached from the front door, with the code of the server."""
    code = renew_code(at=clock.now())
    walk.go("/").sees("Create the first administrator")
    walk.fill(code=code, name="Li Wei", email="li.wei@example.org", password=PASSWORD).press("Create administrator")
    walk.sees("Set up your portal")


def set_up(walk: Walk) -> None:
    """Organisation, department, people with their roles."""
    walk.press("Set up").fill(name="Sunrise", time_zone="Asia/Shanghai", currency="CNY").press("Save")
    walk.press("Add").fill(name="Arts").press("Add department")
    for name, role in PEOPLE.items():
        walk.go("/set-up/people/new/")
        walk.fill(name=name, email=f"{name.split()[0].lower()}@example.org", role=role)
        if role == "head":
            walk.choose("department", "Arts")
        walk.press("Add person")


def open_year(walk: Walk) -> None:
    """The year from the usual calendar, published."""
    walk.go("/set-up/").press("Set up the year").press("Set up the year")
    walk.press("Check and publish").press("Publish the year").press("Publish the year")


def invite(walk: Walk) -> None:
    """A test mail, then everybody."""
    walk.go("/set-up/invitations/").press("Send a test mail")
    send_waiting(at=clock.now() + timedelta(minutes=1))
    walk.go("/set-up/invitations/").press_first("form[action$='/send/'] button")


def come_in_by_mail(walk: Walk, browser: Browser, email: str) -> None:
    """The link of somebody's invitation leads to a password and into the portal."""
    send_waiting(at=clock.now() + timedelta(minutes=1))
    [link] = {
        found for letter in mail.outbox if letter.to == [email] for found in [link_in(letter, "/invitation/")] if found
    }
    person = Walk(browser, walk.base, walk.language).go(link)
    person.fill(password=PASSWORD).press("Save and sign in").sees("My work")
    person.close()


def test_a_stranger_with_the_code_opens_a_year_and_everybody_comes_in(walk: Walk, browser: Browser) -> None:
    inspection = Inspection(walk, NAMES)
    inspect = inspection.in_chinese if walk.language == "zh-hans" else inspection.by_daylight_and_in_the_dark
    inspect("/first-administrator/")
    come_in(walk)
    for path in ("/set-up/", "/set-up/organisation/", "/set-up/invitations/"):
        inspect(path)
    walk.go("/set-up/")
    set_up(walk)
    assert Mail.objects.count() == 0
    open_year(walk)
    invite(walk)
    for name in PEOPLE:
        come_in_by_mail(walk, browser, f"{name.split()[0].lower()}@example.org")
    inspect("/set-up/")
    assert inspection.wrong == []
    cycle = Cycle.objects.get()
    assert (cycle.state, cycle.time_zone, cycle.currency) == ("published", "Asia/Shanghai", "CNY")
    assert list(Forecast.objects.values_list("department__name", flat=True)) == ["Arts"]
    assert set(Mail.objects.values_list("person__name", flat=True)) == {"Li Wei", *PEOPLE}
    assert User.objects.filter(invited_at=None).count() == 0
    assert (Entry.objects.get(position=1).verb, verify()) == ("first-administrator", [])


def test_closing_the_browser_loses_no_step(walk: Walk, browser: Browser) -> None:
    come_in(walk)
    walk.press("Set up").fill(name="Sunrise").press("Save")
    again = Walk(browser, walk.base, walk.language).log_in("li.wei@example.org")
    again.go("/set-up/").reads("Sunrise").sees("%(done)s of %(count)s steps done", done=1, count=8)
    again.close()

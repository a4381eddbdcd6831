"""A reminder leads to the forecast; the head asks for more time there, the manager grants it, everything follows."""

from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail as posted
from icalendar import Calendar
from playwright.sync_api import Browser

from planning.cycles.actions import WindowMove, create_cycle, set_window
from planning.cycles.calendar import WindowDates
from planning.forecasts.actions import publish_year
from planning.models import Cycle, Extension, Stage
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.reminders.actions import sweep
from sop_portal.reminders.models import Reminder
from sop_portal.tests.browser.test_year import Opens
from sop_portal.tests.browser.walk import PASSWORD, Walk

DAY = timedelta(days=1)


@pytest.fixture
def late_year(transactional_db: None, cast: SimpleNamespace) -> SimpleNamespace:
    """A year whose forecasts were due the day before yesterday; Amina's browser and Emil's speak their languages."""
    now = clock.now()
    today = date.today()
    for person in (cast.amina, cast.emil):
        person.set_password(PASSWORD)
        person.save()
    cycle = create_cycle(year=today.year, by=cast.ada, at=now - 40 * DAY)
    set_window(
        cycle,
        WindowMove(Stage.FORECAST, WindowDates(today - 30 * DAY, today - 2 * DAY, today + 5 * DAY)),
        by=cast.ada,
        at=now - 40 * DAY,
    )
    publish_year(cycle, by=cast.ada, at=now - 40 * DAY, seen=cycle.version)
    return cast


@pytest.fixture(params=["en", "zh-hans"])
def opens(request: pytest.FixtureRequest, browser: Browser, live_server: Any, late_year: Any) -> Iterator[Opens]:
    """Somebody opens a browser in one of the two languages."""
    walks: list[Walk] = []

    def open_one(name: str) -> Walk:
        person = getattr(late_year, name)
        person.language = request.param
        person.save()
        walk = Walk(browser, live_server.url, request.param)
        walk.page.set_default_timeout(30_000)
        walks.append(walk.log_in(person.email))
        return walk

    yield open_one
    for walk in walks:
        walk.close()


def test_the_head_asks_the_manager_grants_and_matrix_feed_and_sweep_follow(
    opens: Opens, late_year: SimpleNamespace
) -> None:
    amina, emil = opens("amina"), opens("emil")
    sweep(at=clock.now())
    noon = clock.now() + DAY
    send_waiting(at=noon)
    letter = next(m for m in posted.outbox if m.to == ["amina@example.org"] and "/forecasts/arts/" in str(m.body))
    link = next(line for line in str(letter.body).splitlines() if line.endswith("/forecasts/arts/"))
    until = date.today() + 10 * DAY

    amina.go("/" + link.split("/", 3)[3]).press("Ask for more time")
    amina.fill(until_on=until.isoformat(), reason="Two of us are ill").press("Ask for more time")
    asked = amina.page.url.removeprefix(amina.base)
    emil.go(asked).press("Grant more time").press("Grant more time")

    assert Extension.objects.get().until_on == until
    year = Cycle.objects.get().year
    emil.go(f"/{year}/").reads("Sports")
    row = emil.page.locator("tr", has_text="Arts").first.inner_text()
    assert emil.said("extended to %(day)s").split("%(")[0].strip() in row
    amina.go("/me/mails/")
    amina.page.locator("form[action$='/calendar/'] button").click()
    address = amina.page.locator("#feed-address").input_value()
    feed = amina.context.request.get(address).body()
    assert [event["DTSTART"].dt for event in Calendar.from_ical(feed).walk("VEVENT")] == [until]
    rows = Reminder.objects.filter(person=late_year.amina).count()
    sweep(at=clock.now() + DAY)
    assert Reminder.objects.filter(person=late_year.amina).count() == rows
    sweep(at=clock.now() + 3 * DAY + timedelta(hours=12))
    latest = Reminder.objects.filter(person=late_year.amina).latest("at")
    assert latest.occurrence == f"{until} -7"

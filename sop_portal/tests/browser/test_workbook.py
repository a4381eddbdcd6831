"""An organisation with its spreadsheets: from an empty database to an open year, by one workbook."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from planning.models import Actual, Cycle, Forecast
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.models import User
from sop_portal.people.actions import renew_code
from sop_portal.tests.browser.inspection import Inspection
from sop_portal.tests.browser.walk import PASSWORD, Walk
from sop_portal.workbook.tests.books import FUNDS, POOLS, book

MOST_CLICKS = 40
SMALL, LARGE = (5, 11), (60, 200)
DEPARTMENTS = [f"Library {at}" for at in range(1, 61)]
PEOPLE = [f"Reader {at}" for at in range(1, 201)]
OF_ALL = ["Resource team", "Resource team", "Finance", "Finance", "Management", "Management"]
# What is typed in the file, and signs of it that stay as they are.
TYPED = {*DEPARTMENTS, *PEOPLE, "Contact", "ours.xlsx", "Li Wei", "Li", "Sunrise", "Story hours", "Staff hours"}
TYPED |= {"Programme money", "City", "Friends", "Books for children", "USD", "hours", "People", "Money", "English"}


@pytest.fixture(params=["en", "zh-hans"])
def walk(request: pytest.FixtureRequest, browser: Browser, live_server: Any, transactional_db: None) -> Iterator[Walk]:
    """A stranger's browser in front of an empty portal."""
    found = Walk(browser, live_server.url, request.param)
    found.page.set_default_timeout(30_000)
    yield found
    found.close()


def ours(folder: Path, departments: int, people_count: int) -> Path:
    """The organisation's own workbook: its departments, each with its head, its people, three years of figures."""
    names = DEPARTMENTS[:departments]
    roles = [("Department head", name) for name in names] + [(role, None) for role in OF_ALL]
    roles += [("Project lead", names[at % departments]) for at in range(people_count - len(roles))]
    people = [
        [name, f"{name.split()[1]}@example.net", *role] for name, role in zip(PEOPLE[:people_count], roles, strict=True)
    ]
    figures = [[name, "Story hours", year, 100 + year, 50] for name in names for year in (2022, 2023, 2024)]
    path = folder / "ours.xlsx"
    path.write_bytes(
        book(
            {
                "Departments": [["Department"], *([name] for name in names)],
                "People": [["Name", "Contact", "Role", "Department"], *people],
                "Pools": POOLS,
                "Funds": FUNDS,
                "Past figures": [["Department", "Project", "Year", "Participants", "Money"], *figures],
            }
        )
    )
    return path


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_with_a_workbook_a_stranger_stands_in_an_open_year_within_forty_clicks(
    walk: Walk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    clicks, (departments, people) = 0, size
    press, press_first = Walk.press, Walk.press_first

    def counted(self: Walk, *args: Any, **names: Any) -> Walk:
        nonlocal clicks
        clicks += 1
        return press(self, *args, **names)

    def counted_first(self: Walk, selector: str) -> Walk:
        nonlocal clicks
        clicks += 1
        return press_first(self, selector)

    monkeypatch.setattr(Walk, "press", counted)
    monkeypatch.setattr(Walk, "press_first", counted_first)
    inspection = Inspection(walk, TYPED)
    looked = inspection.in_chinese if walk.language == "zh-hans" else inspection.by_daylight_and_in_the_dark

    def inspect(path: str) -> None:
        # What the pages look like does not hang on how many rows were brought.
        if size == SMALL:
            looked(path)

    code = renew_code(at=clock.now())
    walk.go("/").fill(code=code, name="Li Wei", email="li.wei@example.org", password=PASSWORD)
    walk.press("Create administrator").press("Set up").fill(name="Sunrise", currency="USD").press("Save")
    walk.press("Set up the year").press("Set up the year").go("/set-up/").press("Bring in a workbook")
    inspect("/set-up/workbook/")
    walk.go("/set-up/workbook/")
    walk.page.set_input_files("input[type=file]", str(ours(tmp_path, departments, people)))
    walk.press("Read the file")
    address = walk.page.url.removeprefix(walk.base)
    inspect(address)
    walk.go(address)
    walk.page.check("input[value=B]")
    walk.press("Use this answer")
    inspect(address)
    walk.go(address).press_first("form[action$='/take/'] button")
    inspect("/set-up/workbook/")
    assert (User.objects.count(), Actual.objects.count(), Mail.objects.count()) == (people + 1, 3 * departments, 0)
    walk.go("/set-up/").press("Check and publish").press("Publish the year").press("Publish the year")
    walk.go("/set-up/invitations/").press("Send a test mail")
    send_waiting(at=clock.now() + timedelta(minutes=1))
    walk.go("/set-up/invitations/").press_first("form[action$='/send/'] button")
    assert inspection.wrong == []
    assert (Cycle.objects.get().state, Forecast.objects.count()) == ("published", departments)
    assert User.objects.filter(invited_at=None).count() == 0
    assert clicks <= MOST_CLICKS

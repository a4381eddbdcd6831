"""What the organisation says of itself holds for new years, new people and every day."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from planning.cycles.calendar import first_year, start_of_financial_year
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.organisation.models import Organisation, User, on_its_clock
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import OrganisationTerms, set_organisation

Browser = Callable[[User], Client]
TYPED: dict[str, Any] = {
    "name": "Sunrise",
    "language": "zh-hans",
    "time_zone": "Asia/Shanghai",
    "currency": "cny",
    "planning_month": "9",
    "financial_month": "1",
    "languages": ["zh-hans"],
    "working_weekdays": ["1", "2", "3", "4", "5", "6"],
}
SUNRISE = OrganisationTerms("Sunrise", "zh-hans", "Asia/Shanghai", "CNY", 9, 1, "123456", "zh-hans")


def sent(**changed: Any) -> dict[str, Any]:
    return {**TYPED, **changed, "key": str(uuid.uuid4())}


def test_it_is_set_up_in_the_browser_and_left_in_the_trail(cast: SimpleNamespace, as_person: Browser) -> None:
    browser = as_person(cast.ada)
    assert browser.get(reverse("organisation")).status_code == 200
    assert browser.post(reverse("organisation"), sent()).headers["Location"] == reverse("set-up")
    entry = Entry.objects.get(verb="set-organisation")
    changes = {change["field"]: (change["old"], change["new"]) for change in entry.changes}
    assert (Organisation.objects.get().name, changes["currency"]) == ("Sunrise", ("USD", "CNY"))
    assert changes["working_weekdays"] == ("12345", "123456")
    assert (entry.by_id, changes["time_zone"]) == (cast.ada.pk, ("America/New_York", "Asia/Shanghai"))


@pytest.mark.parametrize(
    "wrong",
    [
        {"currency": "XXY"},
        {"time_zone": "Moon/Base"},
        {"planning_month": "13"},
        {"name": " "},
        {"working_weekdays": []},
        {"languages": []},
        {"languages": ["en"]},
    ],
)
def test_what_makes_no_sense_is_refused(cast: SimpleNamespace, as_person: Browser, wrong: dict[str, str]) -> None:
    assert as_person(cast.ada).post(reverse("organisation"), sent(**wrong)).status_code == 422
    assert Organisation.objects.count() == 0


def test_nobody_but_the_administrator_sets_it_up(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    assert as_person(cast.emil).post(reverse("organisation"), sent()).status_code == 403
    with pytest.raises(NotYours):
        set_organisation(SUNRISE, by=cast.emil, at=noon)


def test_a_new_year_begins_with_what_it_says(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    set_organisation(SUNRISE, by=cast.ada, at=noon)
    browser = as_person(cast.ada)
    with clock.at(noon):
        page = browser.get(reverse("year-new")).content.decode()
        assert ('value="CNY"' in page, '<option value="9" selected' in page) == (True, True)
        typed = {
            "year": "2027",
            "starts_month": "9",
            "currency": "CNY",
            "small_transfer_limit": "0",
            "deviation_to_explain": "20",
        }
        assert browser.post(reverse("year-new"), {**typed, "key": str(uuid.uuid4())}).status_code == 302
    cycle = Cycle.objects.get()
    assert (cycle.time_zone, cycle.currency, cycle.starts_on) == ("Asia/Shanghai", "CNY", date(2028, 1, 1))


def test_days_begin_and_end_where_it_is(cast: SimpleNamespace, noon: datetime) -> None:
    evening = datetime(2027, 3, 12, 20, tzinfo=UTC)
    with on_its_clock():
        assert localdate(evening) == date(2027, 3, 12)
    set_organisation(SUNRISE, by=cast.ada, at=noon)
    with on_its_clock():
        assert localdate(evening) == date(2027, 3, 13)
    assert localdate(evening) == date(2027, 3, 12)


def test_a_page_shows_the_day_where_it_is(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    evening = datetime(2027, 3, 12, 20, tzinfo=UTC)
    with clock.at(evening):
        before = as_person(cast.ada).get("/").context["request"].today
        set_organisation(SUNRISE, by=cast.ada, at=noon)
        after = as_person(cast.ada).get("/").context["request"].today
    assert (before, after) == (date(2027, 3, 12), date(2027, 3, 13))


def test_there_is_one_organisation_and_it_has_a_name(db: None) -> None:
    rows: tuple[dict[str, Any], ...] = (
        {"pk": 2, "name": "Second"},
        {"pk": 1, "name": ""},
        {"pk": 1, "name": "A", "planning_month": 13},
        {"pk": 1, "name": "A", "financial_month": 0},
    )
    for row in rows:
        with pytest.raises(IntegrityError), transaction.atomic():
            Organisation.objects.create(**row)


def test_the_first_year_is_one_whose_forecasts_are_not_past() -> None:
    assert [first_year(on, 1) for on in (date(2027, 1, 1), date(2027, 3, 31), date(2027, 4, 1))] == [2027, 2027, 2028]
    assert first_year(date(2027, 11, 29), 9) == 2027


@pytest.mark.parametrize(
    ("from_on", "month", "begins"),
    [
        (date(2027, 7, 1), None, date(2027, 7, 1)),
        (date(2027, 7, 1), 7, date(2027, 7, 1)),
        (date(2027, 7, 1), 10, date(2027, 10, 1)),
        (date(2027, 7, 1), 1, date(2028, 1, 1)),
        (date(2027, 7, 1), 4, date(2028, 4, 1)),
        (date(2027, 7, 1), 6, date(2027, 6, 1)),
    ],
)
def test_execution_begins_with_the_financial_year(from_on: date, month: int | None, begins: date) -> None:
    assert start_of_financial_year(from_on, month) == begins


def test_the_languages_offered_are_offered_and_ones_own_choice_stays(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    def offered() -> tuple[bool, bool]:
        page = as_person(cast.ada).get(reverse("account")).content.decode()
        return 'value="en"' in page, 'value="zh-hans"' in page

    assert offered() == (True, True)
    chinese_only = OrganisationTerms("Sunrise", "zh-hans", "Asia/Shanghai", "CNY", 9, 1, languages="zh-hans")
    set_organisation(chinese_only, by=cast.ada, at=noon)
    # Ada chose English before: she keeps it, and finds it.
    assert offered() == (True, True)
    User.objects.filter(pk=cast.ada.pk).update(language="zh-hans")
    cast.ada.refresh_from_db()
    assert offered() == (False, True)


@pytest.mark.parametrize("languages", ["", "en", "zh-hans,tlh"])
def test_the_language_people_begin_with_is_offered(cast: SimpleNamespace, noon: datetime, languages: str) -> None:
    with pytest.raises(NotReady):
        set_organisation(
            OrganisationTerms("Ours", "zh-hans", "UTC", "USD", 1, 7, languages=languages), by=cast.ada, at=noon
        )
    set_organisation(OrganisationTerms("Ours", "zh-hans", "UTC", "USD", 1, 7), by=cast.ada, at=noon)
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.update(languages="en")

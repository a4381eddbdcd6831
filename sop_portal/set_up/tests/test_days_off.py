"""The table of holidays and make-up days: typed, pasted, or filled in from a country's calendar, then looked at."""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import SpecialDay, User
from sop_portal.people.actions import DayTerms
from sop_portal.set_up.days_table import joined, read_days, written
from sop_portal.set_up.known_days import countries, known_days

Browser = Callable[[User], Client]
LABOUR_DAY, MADE_UP = DayTerms(date(2027, 5, 1), "Labour Day"), DayTerms(date(2027, 5, 8), "Make-up day", True)
URL = f"{reverse('days-off')}?year=2027"


@pytest.mark.parametrize(
    "text",
    [
        "2027-05-01; Labour Day\n2027-05-08; Make-up day; works",
        "2027/5/8\tMake-up day\tyes\r\n\r\n2027/5/1\tLabour Day\tno\r\n",
        "2027-05-01；Labour Day；休\n2027-05-08；Make-up day；上班",
        "2027-05-01 | Labour Day | Off\n2027-05-08 | Make-up day | WORKS",
    ],
)
def test_a_table_is_read_as_it_is_typed_or_pasted(text: str) -> None:
    assert read_days(text, 2027) == [LABOUR_DAY, MADE_UP]


def test_what_is_written_is_read_again_in_both_languages() -> None:
    for language in ("en", "zh-hans"):
        with override(language):
            assert read_days(written([LABOUR_DAY, MADE_UP]), 2027) == [LABOUR_DAY, MADE_UP]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1 May; Labour Day", "is not a date"),
        ("2027-02-29; Leap day", "There is no day"),
        ("2028-05-01; Labour Day", "This day is not in 2027"),
        ("2027-05-01", "The name of the day is missing"),
        ("2027-05-01; Labour Day; perhaps", "says neither"),
        ("2027-05-01; Labour Day; off; more", "more than three columns"),
        (f"2027-05-01; {'x' * 81}", "longer than 80 characters"),
        ("2027-05-02; One\n2027-05-02; Two", "twice"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(line: str, problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_days(f"2027-01-01; New Year\n{line}", 2027)
    (message,) = refused.value.messages
    assert (message.startswith("Line "), problem in message) == (True, True)


def test_what_somebody_typed_stays_beside_what_a_calendar_knows() -> None:
    own, known = DayTerms(date(2027, 5, 1), "Our own day", True), DayTerms(date(2027, 12, 25), "Christmas")
    assert joined([own], [LABOUR_DAY, known]) == [own, known]


def test_the_calendar_of_china_knows_its_make_up_days() -> None:
    days = {day.on: day for day in known_days("CN", 2026)}
    assert days[date(2026, 10, 1)].is_worked is False
    # The State Council's notice for 2026: Spring Festival is made up for on 14 and 28 February.
    worked = [on for on, day in days.items() if day.is_worked]
    assert {date(2026, 2, 14), date(2026, 2, 28), date(2026, 10, 10)} <= set(worked)
    with override("zh-hans"):
        assert {day.on: day.name for day in known_days("CN", 2026)}[date(2026, 1, 1)] == "元旦"


def test_every_country_can_be_written_as_a_table() -> None:
    for code, _name in countries():
        days = known_days(code, 2027)
        assert read_days(written(days), 2027) == days


def test_countries_are_named_in_the_language_of_the_page() -> None:
    assert dict(countries())["CN"] == "China"
    with override("zh-hans"):
        assert dict(countries())["CN"] == "中国"


def test_a_year_is_kept_in_the_browser_and_looked_at(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    browser = as_person(cast.ada)
    with clock.at(noon):
        typed = {"days": written([LABOUR_DAY, MADE_UP]), "key": str(uuid.uuid4())}
        answer = browser.post(URL, typed)
        assert (answer.status_code, answer.headers["Location"]) == (302, URL)
        page = browser.get(URL).content.decode()
    kept = list(SpecialDay.objects.values_list("on", "name", "is_worked"))
    assert kept == [(day.on, day.name, day.is_worked) for day in (LABOUR_DAY, MADE_UP)]
    assert ("2 days of 2027 are kept." in page, "2027-05-08; Make-up day; works" in page) == (True, True)


def test_a_calendar_fills_the_form_in_and_saves_nothing(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    with clock.at(noon):
        page = as_person(cast.ada).get(f"{URL}&country=DE").content.decode()
    assert ("2027-10-03; German Unity Day" in page, SpecialDay.objects.count()) == (True, 0)


@pytest.mark.parametrize("query", ["?year=1066", "?year=2027&country=XX", "?month=5"])
def test_an_address_that_is_not_understood_is_refused(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, query: str
) -> None:
    with clock.at(noon):
        assert as_person(cast.ada).get(reverse("days-off") + query).status_code == 422


def test_what_was_typed_wrong_stays_in_the_form(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    with clock.at(noon):
        answer = as_person(cast.ada).post(URL, {"days": "soon; Labour Day", "key": str(uuid.uuid4())})
    page = answer.content.decode()
    assert (answer.status_code, "soon; Labour Day" in page, "Line 1:" in page) == (422, True, True)
    assert SpecialDay.objects.count() == 0


def test_nobody_but_the_administrator_keeps_them(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    with clock.at(noon):
        for person, status in ((cast.emil, 403), (cast.ada, 302)):
            typed = {"days": written([LABOUR_DAY]), "key": str(uuid.uuid4())}
            assert as_person(person).post(URL, typed).status_code == status

"""The calendar feed, read by a real iCalendar parser."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar, Component

from evaluations.meetings.actions import MeetingTerms, SeriesTerms, call, cancel, end_series, move, plan_series
from planning.cycles.actions import MoreTime, extend
from planning.forecasts.actions import submit
from planning.models import Cycle, Forecast
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.reminders.actions import renew_feed
from sop_portal.reminders.feed import calendar_of
from sop_portal.reminders.models import CalendarFeed
from sop_portal.reminders.tests.conftest import at_noon

MARCH = at_noon("2027-03-12")
KEPT_ALIKE = ("UID", "SEQUENCE", "STATUS", "DTSTART", "DTEND", "SUMMARY", "LOCATION", "URL")


def events(person: User, at: datetime = MARCH) -> dict[str, Component]:
    """The events of a person's calendar by their UID."""
    calendar = Calendar.from_ical(calendar_of(person, at=at))
    return {str(event["UID"]): event for event in calendar.walk("VEVENT")}


def test_a_deadline_is_an_all_day_event_with_alarms_and_its_link(forecast: Forecast, cast: SimpleNamespace) -> None:
    [event] = events(cast.amina).values()
    assert str(event["UID"]) == f"forecast-{forecast.pk}-submit@testserver"
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2027, 3, 31), date(2027, 4, 1))
    assert str(event["SUMMARY"]) == "Submit the 2027 forecast of Arts"
    assert str(event["URL"]) == "http://testserver/2027/forecasts/arts/"
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [
        timedelta(days=-7, hours=9),
        timedelta(days=-1, hours=9),
    ]


def test_everybody_has_their_own_and_nobody_elses(year: Cycle, cast: SimpleNamespace) -> None:
    found = {name: {str(e["SUMMARY"]) for e in events(getattr(cast, name)).values()} for name in vars(cast)}
    assert {name: summaries for name, summaries in found.items() if summaries} == {
        "amina": {"Submit the 2027 forecast of Arts"},
        "bao": {"Submit the 2027 forecast of Sports"},
        "chidi": {"Publish demand report: 2027"},
        "chen": {"Publish demand report: 2027"},
        "dora": {"Compile budget: 2027"},
        "dev": {"Compile budget: 2027"},
    }


def test_a_moved_deadline_keeps_its_uid_and_counts_up(
    year: Cycle, forecast: Forecast, arts: Department, cast: SimpleNamespace
) -> None:
    [before] = events(cast.amina).values()
    [same] = events(cast.amina, MARCH + timedelta(days=1)).values()
    assert same["SEQUENCE"] == before["SEQUENCE"]
    extend(year, MoreTime("forecast", arts, date(2027, 4, 10), "Illness"), by=cast.emil, at=MARCH)
    [after] = events(cast.amina).values()
    assert (after["UID"], after["DTSTART"].dt) == (before["UID"], date(2027, 4, 10))
    assert after["SEQUENCE"] > before["SEQUENCE"]


def test_what_is_done_is_gone(forecast: Forecast, cast: SimpleNamespace, planned: None) -> None:
    submit(forecast, by=cast.amina, at=MARCH, seen=forecast.version)
    assert events(cast.amina) == {}


def test_a_deputy_has_the_deadlines_of_whom_they_stand_in_for(forecast: Forecast, cast: SimpleNamespace) -> None:
    Delegation.objects.create(giver=cast.amina, deputy=cast.farid, from_on=date(2027, 3, 1), until_on=date(2027, 3, 20))
    assert len(events(cast.farid)) == 1
    assert len(events(cast.farid, at_noon("2027-03-21"))) == 0


def year_hour(year: Cycle, day: int, hour: int) -> datetime:
    """An hour of a day of March, where the organisation is."""
    return datetime(2027, 3, day, hour, tzinfo=year.zone)


def test_the_feed_says_of_a_meeting_what_the_mails_say(year: Cycle, cast: SimpleNamespace) -> None:
    """Two programs hold one appointment by its UID, so its hours, its number and its end are the same in both."""
    meeting = call(year, MeetingTerms(date(2027, 3, 20), "Library"), by=cast.emil, at=MARCH)
    seen = []
    for act in (
        lambda: None,
        lambda: move(meeting, MeetingTerms(date(2027, 3, 22), "Hall", time(9)), by=cast.emil, at=MARCH, seen=1),
        lambda: cancel(meeting, by=cast.emil, at=MARCH, seen=meeting.version, comment="Storm"),
    ):
        act()
        notice = Notice.objects.filter(kind="meeting", person=cast.amina).order_by("-pk").first()
        [mailed] = Calendar.from_ical(notice.calendar if notice else "").walk("VEVENT")
        [fed] = [event for uid, event in events(cast.amina).items() if uid.startswith("meeting-")]
        in_mail, in_feed = ({name: event[name].to_ical() for name in KEPT_ALIKE} for event in (mailed, fed))
        assert in_mail == in_feed
        seen.append(str(fed["STATUS"]))
        assert str(mailed["ORGANIZER"]) == "mailto:portal@example.org"
        assert str(mailed["ORGANIZER"].params["CN"]) == "SOP Portal"
    assert seen == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_a_planned_meeting_that_was_cancelled_stands_in_no_calendar(year: Cycle, cast: SimpleNamespace) -> None:
    """Nobody had been invited to it."""
    series = plan_series(year, SeriesTerms(date(2027, 3, 20), 12, "Library"), by=cast.emil, at=MARCH)
    end_series(series, by=cast.emil, at=MARCH)
    assert [uid for uid in events(cast.omar) if uid.startswith("meeting-")] == []


def test_meetings_are_in_everybodys_calendar(year: Cycle, cast: SimpleNamespace) -> None:
    call(year, MeetingTerms(date(2027, 3, 20), "Library"), by=cast.emil, at=MARCH)
    [meeting] = [event for uid, event in events(cast.omar).items() if uid.startswith("meeting-")]
    assert (meeting["DTSTART"].dt, str(meeting["LOCATION"])) == (year_hour(year, 20, 14), "Library")
    assert meeting["DTEND"].dt - meeting["DTSTART"].dt == timedelta(minutes=90)
    assert events(cast.farid) == {}


def test_text_that_looks_like_calendar_code_stays_text(year: Cycle, arts: Department, cast: SimpleNamespace) -> None:
    Department.objects.filter(pk=arts.pk).update(name="Arts\r\nEND:VEVENT\r\nATTENDEE:x, y; z")
    [event] = events(cast.amina).values()
    assert str(event["SUMMARY"]).startswith("Submit the 2027 forecast of Arts")
    assert "ATTENDEE" not in event


def test_the_address_is_secret_and_can_be_renewed(
    forecast: Forecast, cast: SimpleNamespace, as_person: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: MARCH)
    page, key = reverse("mails-and-calendar"), {"key": str(uuid4())}
    browser, stranger = as_person(cast.amina), Client()
    assert b"feed-address" not in browser.get(page).content
    assert browser.post(reverse("feed-renew"), key).status_code == 302
    first = CalendarFeed.objects.get()
    address = reverse("calendar-feed", args=[first.key])
    assert address.encode() in browser.get(page).content
    answer = stranger.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 1
    renew_feed(cast.amina, at=MARCH)
    assert stranger.get(address).status_code == 404


def test_rights_are_those_of_now(forecast: Forecast, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sop_portal.foundation.kit.clock.now", lambda: MARCH)
    address = reverse("calendar-feed", args=[renew_feed(cast.amina, at=MARCH).key])
    Membership.objects.filter(person=cast.amina).update(until_on=date(2027, 3, 11))
    assert Calendar.from_ical(Client().get(address).content).walk("VEVENT") == []
    User.objects.filter(pk=cast.amina.pk).update(is_active=False)
    assert Client().get(address).status_code == 404

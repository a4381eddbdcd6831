"""A session ends when nobody uses it, after some days, and when its owner says so; no page is kept anywhere."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import User
from sop_portal.people import actions as people

Browser = Callable[[User], Client]
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


def signed_in(agent: str, email: str = "amina@example.org") -> Client:
    browser = Client(headers={"user-agent": agent})
    browser.post(reverse("account_login"), {"login": email, "password": "planning-year"})
    assert browser.get("/me/").status_code == 200
    return browser


def form() -> dict[str, str]:
    return {"key": str(uuid.uuid4())}


@pytest.mark.parametrize(("minutes", "status"), [(29, 200), (31, 302)])
def test_a_session_that_nobody_used_ends(cast: SimpleNamespace, settings: Any, minutes: int, status: int) -> None:
    settings.SESSION_IDLE_MINUTES = 30
    browser = signed_in(FIREFOX)
    with time_machine.travel(clock.now() + timedelta(minutes=minutes)):
        assert browser.get("/me/").status_code == status


def test_a_session_that_is_used_goes_on(cast: SimpleNamespace, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 30
    browser, now = signed_in(FIREFOX), clock.now()
    for minutes in (20, 40, 60):
        with time_machine.travel(now + timedelta(minutes=minutes)):
            assert browser.get("/me/").status_code == 200


def test_a_session_ends_after_some_days_however_much_it_is_used(cast: SimpleNamespace, settings: Any) -> None:
    settings.SESSION_DAYS, settings.SESSION_IDLE_MINUTES = 2, 60 * 24
    browser, now, found = signed_in(FIREFOX), clock.now(), []
    for hours in (20, 40, 49):
        with time_machine.travel(now + timedelta(hours=hours)):
            found.append(browser.get("/me/").status_code)
        if hours > 48:
            assert "because you signed in long ago" in browser.get("/account/login/").content.decode()
    assert found == [200, 200, 302]


def test_a_script_whose_session_is_over_is_told_to_sign_in(cast: SimpleNamespace, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 30
    browser = signed_in(FIREFOX)
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        answer = browser.post(reverse("preferences"), form(), headers={"accept": "application/json"})
    assert (answer.status_code, "sign_in" in answer.json()) == (401, True)


def test_everybody_reads_where_they_are_signed_in(cast: SimpleNamespace) -> None:
    signed_in(IPHONE)
    signed_in(FIREFOX, email="ben@example.org")
    page = signed_in(FIREFOX).get("/me/").content.decode()
    assert ["Firefox on Windows" in page, "Mobile Safari on iOS" in page, page.count("You are here")] == [True, True, 1]
    assert page.count("End session:") == 1


def test_a_session_that_is_ended_is_over_with_its_next_request(cast: SimpleNamespace) -> None:
    phone, here = signed_in(IPHONE), signed_in(FIREFOX)
    session = UserSession.objects.get(user_agent=IPHONE)
    assert here.post(reverse("session-end", args=[session.pk]), form()).status_code == 302
    assert [phone.get("/me/").status_code, here.get("/me/").status_code] == [302, 200]
    assert phone.post(reverse("preferences"), form()).status_code == 302


def test_all_other_sessions_are_ended_together(cast: SimpleNamespace) -> None:
    others, here = [signed_in(IPHONE), signed_in(FIREFOX)], signed_in(FIREFOX)
    here.post(reverse("sessions-end-others"), form())
    assert [browser.get("/me/").status_code for browser in (*others, here)] == [302, 302, 200]


def test_nobody_ends_a_session_of_somebody_else(cast: SimpleNamespace) -> None:
    phone, bens = signed_in(IPHONE), signed_in(FIREFOX, email="ben@example.org")
    session = UserSession.objects.get(user_agent=IPHONE)
    assert bens.post(reverse("session-end", args=[session.pk]), form()).status_code == 404
    assert phone.get("/me/").status_code == 200


def test_whoever_says_it_was_not_them_is_alone_and_the_administrators_hear_of_it(cast: SimpleNamespace) -> None:
    stranger, here = signed_in(IPHONE), signed_in(FIREFOX)
    answer = here.post(reverse("not-me"), form())
    assert answer.headers["Location"] == reverse("account_change_password")
    assert [stranger.get("/me/").status_code, here.get("/me/").status_code] == [302, 200]
    assert [notice.person for notice in Notice.objects.filter(verb="report-stranger")] == [cast.ada]
    assert Mail.objects.filter(person=cast.amina, subject="Reported: this was not me").count() == 1


def test_a_session_is_over_with_the_access(cast: SimpleNamespace) -> None:
    browser = signed_in(FIREFOX)
    people.change_person(cast.amina, by=cast.ada, at=clock.now(), is_active=False)
    assert (browser.get("/me/").status_code, UserSession.objects.filter(user=cast.amina).count()) == (302, 0)


def test_the_log_of_a_person_is_read_by_that_person_alone(cast: SimpleNamespace, as_person: Browser) -> None:
    signed_in(FIREFOX)
    pages = {
        name: as_person(getattr(cast, name)).get(reverse("security-log")).content.decode() for name in ("amina", "ben")
    }
    assert {name: "Firefox on Windows" in page for name, page in pages.items()} == {"amina": True, "ben": False}


@pytest.mark.parametrize("path", ["/", "/me/", "/account/login/", "/account/password/reset/", "/nowhere/"])
def test_no_page_is_kept_and_none_may_use_the_camera(cast: SimpleNamespace, as_person: Browser, path: str) -> None:
    answer = as_person(cast.amina).get(path)
    assert "no-store" in answer.headers["Cache-Control"]
    assert "camera=()" in answer.headers["Permissions-Policy"]

"""Whoever guesses passwords is slowed down from wherever, and keeps nobody out of their own browser."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Mail
from sop_portal.sign_in.models import SecurityEvent

RIGHT, WRONG = "planning-year", "wrong-password"


@pytest.fixture(autouse=True)
def told_apart(settings: Any) -> None:
    """Callers have addresses of their own."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def sign_in(browser: Client, password: str, caller: str, email: str = "amina@example.org") -> bool:
    """Whether somebody is let in from an address."""
    typed = {"login": email, "password": password}
    answer = browser.post(reverse("account_login"), typed, headers={"x-forwarded-for": caller})
    assert answer.status_code in (200, 302)
    return "_auth_user_id" in browser.session


def guess(times: int) -> None:
    """A stranger guesses, each time from another address."""
    for number in range(times):
        sign_in(Client(), WRONG, f"203.0.113.{number + 1}")


def test_guessing_from_many_addresses_is_slowed_down_for_the_account(cast: SimpleNamespace) -> None:
    guess(10)
    assert sign_in(Client(), RIGHT, "198.51.100.7") is False


def test_nine_wrong_passwords_keep_nobody_out(cast: SimpleNamespace) -> None:
    guess(9)
    assert sign_in(Client(), RIGHT, "198.51.100.7") is True


def test_the_slow_down_ends_by_itself(cast: SimpleNamespace) -> None:
    guess(10)
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        assert sign_in(Client(), RIGHT, "198.51.100.7") is True


def test_a_stranger_keeps_nobody_out_of_a_browser_they_signed_in_from_before(cast: SimpleNamespace) -> None:
    own = Client()
    assert sign_in(own, RIGHT, "198.51.100.7")
    own.post(reverse("account_logout"))
    guess(12)
    assert sign_in(own, RIGHT, "198.51.100.7") is True


def test_a_known_browser_of_somebody_else_is_none_of_this_account(cast: SimpleNamespace) -> None:
    bens = Client()
    assert sign_in(bens, RIGHT, "198.51.100.8", email="ben@example.org")
    bens.post(reverse("account_logout"))
    guess(10)
    assert sign_in(bens, RIGHT, "198.51.100.8") is False


def test_a_cookie_made_by_hand_is_no_known_browser(cast: SimpleNamespace, settings: Any) -> None:
    forged = Client()
    forged.cookies[settings.KNOWN_BROWSER_COOKIE] = '{"id": "x", "of": ["amina"]}'
    guess(10)
    assert sign_in(forged, RIGHT, "198.51.100.9") is False


def test_an_address_that_nobody_has_is_slowed_down_alike(cast: SimpleNamespace) -> None:
    pages = []
    for email in ("amina@example.org", "nobody@example.org"):
        typed = {"login": email, "password": WRONG}
        callers = ({"x-forwarded-for": f"203.0.113.{number + 1}"} for number in range(11))
        answers = [Client().post(reverse("account_login"), typed, headers=caller) for caller in callers]
        pages += [["Too many wrong passwords" in answer.content.decode() for answer in answers]]
    assert pages == [[False] * 10 + [True]] * 2


def test_wrong_passwords_stand_in_the_log_and_are_told_once_when_they_are_many(cast: SimpleNamespace) -> None:
    guess(13)
    found = list(SecurityEvent.objects.filter(person=cast.amina).order_by("pk").values_list("what", flat=True))
    assert found == ["wrong_password"] * 10 + ["slowed_down"] * 3
    assert [mail.subject for mail in Mail.objects.filter(person=cast.amina)] == ["Too many wrong passwords"]


def test_a_sign_in_from_a_new_browser_is_told_and_one_from_a_known_browser_is_not(cast: SimpleNamespace) -> None:
    first, second = Client(), Client()
    for browser in (first, second, first):
        assert sign_in(browser, RIGHT, "198.51.100.7")
        browser.post(reverse("account_logout"))
    found = list(SecurityEvent.objects.filter(person=cast.amina).order_by("pk").values_list("what", flat=True))
    assert found == ["signed_in", "new_browser", "signed_in"]
    assert [mail.subject for mail in Mail.objects.all()] == ["Signed in from a new browser"]

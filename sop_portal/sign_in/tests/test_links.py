"""Password links and mails about an account leave through the outbox; a stranger gains and breaks nothing by them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail as posted
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in.models import SecurityEvent

Browser = Callable[[User], Client]
RESET = "/account/password/reset/"


def ask_for_link(email: str = "amina@example.org", **more: Any) -> Any:
    return Client().post(RESET, {"email": email}, **more)


def link_of(person: User) -> str:
    mail = Mail.objects.filter(person=person).order_by("-pk").first()
    found = re.search(r"http://testserver(/account/password/reset/key/\S+)", mail.text if mail else "")
    assert found is not None
    return found[1]


def set_password(browser: Client, link: str, word: str) -> Any:
    form = browser.get(link)
    where = form.headers.get("Location", link)
    return browser.post(where, {"password1": word, "password2": word})


def test_a_password_link_waits_in_the_outbox_and_leaves_from_there(cast: SimpleNamespace) -> None:
    answer = ask_for_link()
    assert (answer.status_code, posted.outbox, Mail.objects.get().person) == (302, [], cast.amina)
    send_waiting(at=clock.now() + timedelta(minutes=1))
    assert [message.to for message in posted.outbox] == [["amina@example.org"]]


def test_a_mail_server_that_is_away_holds_nobody_up(cast: SimpleNamespace, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert [ask_for_link(email).status_code for email in ("amina@example.org", "nobody@example.org")] == [302, 302]
    assert Mail.objects.count() == 1


def test_links_begin_as_the_operator_says_whatever_host_the_caller_names(cast: SimpleNamespace, settings: Any) -> None:
    settings.BASE_URL = "https://portal.example.org"
    ask_for_link(headers={"host": "localhost"})
    assert re.findall(r"https?://[^/]+", Mail.objects.get().text) == ["https://portal.example.org"]


def test_a_password_link_is_in_the_readers_language(cast: SimpleNamespace) -> None:
    User.objects.filter(pk=cast.amina.pk).update(language="zh-hans")
    ask_for_link()
    assert "您好" in Mail.objects.get().text


def test_the_portal_writes_to_nobody_it_does_not_know(cast: SimpleNamespace) -> None:
    assert (ask_for_link("nobody@example.org").status_code, Mail.objects.count(), posted.outbox) == (302, 0, [])


def test_a_stranger_fills_nobodys_mailbox(cast: SimpleNamespace) -> None:
    assert {ask_for_link().status_code for _time in range(6)} == {302}
    assert Mail.objects.filter(person=cast.amina).count() == 3


@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_a_password_link_lives_one_hour(cast: SimpleNamespace, settings: Any, minutes: int, works: bool) -> None:
    ask_for_link()
    link, browser = link_of(cast.amina), Client()
    # The library counts in the time of the server's zone.
    later = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)) + timedelta(minutes=minutes)
    with time_machine.travel(later):
        set_password(browser, link, "three-random-words")
    cast.amina.refresh_from_db()
    assert cast.amina.check_password("three-random-words") == works


def test_whoever_asked_for_a_link_can_still_switch_on_a_second_factor(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    ask_for_link()
    browser = as_person(cast.amina)
    browser.post(reverse("account_reauthenticate"), {"password": "planning-year"})
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200


def test_an_address_left_unverified_by_whomever_keeps_nobody_from_a_second_factor(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    EmailAddress.objects.create(user=cast.amina, email="amina@example.org", verified=False, primary=True)
    browser = as_person(cast.amina)
    browser.post(reverse("account_reauthenticate"), {"password": "planning-year"})
    assert browser.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_password_set_by_link_is_told_ends_other_sessions_and_verifies_the_address(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    elsewhere = as_person(cast.amina)
    assert elsewhere.get("/me/").status_code == 200
    ask_for_link()
    set_password(Client(), link_of(cast.amina), "three-random-words")
    assert elsewhere.get("/me/").status_code == 302
    assert EmailAddress.objects.get(user=cast.amina).verified
    assert Mail.objects.order_by("-pk")[0].subject == "Password set anew by a link"
    what = set(SecurityEvent.objects.filter(person=cast.amina).values_list("what", flat=True))
    assert what == {"link_asked", "password_reset"}


def test_a_changed_password_is_told_by_mail(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    typed = {"oldpassword": "planning-year", "password1": "three-random-words", "password2": "three-random-words"}
    answer = as_person(cast.amina).post(reverse("account_change_password"), typed)
    mail = Mail.objects.get(person=cast.amina)
    assert (answer.status_code, mail.subject, "http://testserver/me/" in mail.text) == (302, "Password changed", True)

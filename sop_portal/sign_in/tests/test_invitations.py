"""An invitation lets one person in, once, for some days; one opened later sends a new one to the same address."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import User
from sop_portal.people import actions as people
from sop_portal.sign_in.actions import send_new_invitation
from sop_portal.sign_in.models import Invitation, SecurityEvent
from sop_portal.sign_in.tests.test_links import link_of, set_password

Browser = Callable[[User], Client]
DAY = timedelta(days=1)
GOOD = {"password": "three-random-words"}


def invited(cast: SimpleNamespace, at: datetime, language: str = "en") -> User:
    return people.add_person(email="gita@example.org", name="Gita Rao", language=language, by=cast.ada, at=at)


def link_in(mail: Mail) -> str:
    found = re.search(r"http://testserver(/invitation/\S+)", mail.text)
    assert found is not None, mail.text
    return found[1]


def last_link(person: User) -> str:
    mail = Mail.objects.filter(person=person).order_by("-pk").first()
    assert mail is not None
    return link_in(mail)


def test_the_link_of_an_invitation_takes_the_first_password_and_signs_in(cast: SimpleNamespace, noon: datetime) -> None:
    gita, browser = invited(cast, noon), Client()
    with clock.at(noon + DAY):
        page = browser.get(last_link(gita))
        answer = browser.post(last_link(gita), GOOD)
    gita.refresh_from_db()
    assert (page.status_code, b"gita@example.org" in page.content, page.headers["Cache-Control"]) == (
        200,
        True,
        "no-store",
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert (gita.check_password(GOOD["password"]), browser.session["_auth_user_id"]) == (True, str(gita.pk))
    assert Invitation.objects.get().used_at == noon + DAY


def test_whoever_followed_the_link_has_shown_that_mail_reaches_them(cast: SimpleNamespace, noon: datetime) -> None:
    gita = invited(cast, noon)
    before = EmailAddress.objects.get(user=gita)
    with clock.at(noon + DAY):
        Client().post(last_link(gita), GOOD)
    after = EmailAddress.objects.get(user=gita)
    assert [(one.email, one.verified, one.primary) for one in (before, after)] == [
        ("gita@example.org", False, True),
        ("gita@example.org", True, True),
    ]


def test_an_invitation_works_once(cast: SimpleNamespace, noon: datetime) -> None:
    gita = invited(cast, noon)
    with clock.at(noon + DAY):
        first, second = (
            Client().post(last_link(gita), {"password": word}) for word in ("three-random-words", "another-long-word")
        )
    gita.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 410)
    assert (gita.check_password("three-random-words"), "You have a password already" in second.content.decode()) == (
        True,
        True,
    )


@pytest.mark.parametrize(("days", "works"), [(6.9, True), (7.0, False)])
def test_an_invitation_lasts_as_many_days_as_is_set(
    cast: SimpleNamespace, noon: datetime, days: float, works: bool
) -> None:
    gita = invited(cast, noon)
    with clock.at(noon + days * DAY):
        assert Client().post(last_link(gita), GOOD).status_code == (302 if works else 410)
    gita.refresh_from_db()
    assert gita.has_usable_password() == works


def test_the_days_of_an_invitation_are_a_setting(cast: SimpleNamespace, noon: datetime, settings: Any) -> None:
    settings.INVITATION_DAYS = 1
    gita = invited(cast, noon)
    with clock.at(noon + 1.1 * DAY):
        assert Client().get(last_link(gita)).status_code == 410


def test_one_that_came_too_late_sends_a_new_one_to_the_same_address_once(cast: SimpleNamespace, noon: datetime) -> None:
    gita = invited(cast, noon)
    late = last_link(gita)
    with clock.at(noon + 8 * DAY):
        pages = [Client().get(late) for _time in range(3)]
        assert [page.status_code for page in pages] == [410, 410, 410]
        assert "A new invitation is on its way" in pages[0].content.decode()
        assert [mail.person_id for mail in Mail.objects.order_by("pk")] == [gita.pk, gita.pk]
        assert Client().post(last_link(gita), GOOD).status_code == 302
    assert (last_link(gita) == late, Client().get(late).status_code) == (False, 410)


def test_of_two_who_open_a_late_one_in_the_same_moment_one_is_sent_a_new_one(
    cast: SimpleNamespace, noon: datetime
) -> None:
    invited(cast, noon)
    late = Invitation.objects.get()
    assert [send_new_invitation(late, at=noon + days * DAY) for days in (1, 8, 8)] == [False, True, False]


@pytest.mark.parametrize("days", [1, 8])
def test_an_invitation_is_dead_when_the_person_is_deactivated(cast: SimpleNamespace, noon: datetime, days: int) -> None:
    gita = invited(cast, noon)
    link = last_link(gita)
    people.change_person(gita, by=cast.ada, at=noon + DAY / 2, is_active=False)
    with clock.at(noon + days * DAY):
        assert [Client().get(link).status_code, Client().post(link, GOOD).status_code] == [410, 410]
    people.change_person(gita, by=cast.ada, at=noon + DAY, is_active=True)
    with clock.at(noon + 2 * DAY):
        assert Client().post(link, GOOD).status_code == 410
    gita.refresh_from_db()
    assert (gita.has_usable_password(), Mail.objects.filter(person=gita).count()) == (False, 1)


def test_an_invitation_is_dead_once_a_password_was_set_by_a_link(cast: SimpleNamespace, noon: datetime) -> None:
    gita = invited(cast, noon)
    link = last_link(gita)
    with clock.at(noon + DAY):
        Client().post(reverse("account_reset_password"), {"email": gita.email})
        set_password(Client(), link_of(gita), "four-other-random-words")
        assert Client().get(link).status_code == 410
        Client().post(link, GOOD)
    gita.refresh_from_db()
    assert gita.check_password("four-other-random-words")


def test_a_later_invitation_replaces_the_one_before(cast: SimpleNamespace, noon: datetime) -> None:
    gita = invited(cast, noon)
    first = last_link(gita)
    people.invite_again(gita, by=cast.ada, at=noon + DAY)
    with clock.at(noon + 2 * DAY):
        answers = [Client().post(link, GOOD).status_code for link in (first, last_link(gita))]
    assert answers == [410, 302]


def test_a_password_that_is_too_short_is_refused_and_the_link_still_works(
    cast: SimpleNamespace, noon: datetime
) -> None:
    gita = invited(cast, noon)
    with clock.at(noon + DAY):
        answers = [
            Client().post(last_link(gita), {"password": word}).status_code for word in ("short", "gita@example.org")
        ]
        assert answers == [422, 422]
        assert Client().post(last_link(gita), GOOD).status_code == 302


def test_a_link_nobody_made_opens_nothing(cast: SimpleNamespace) -> None:
    assert [Client().get("/invitation/x/").status_code, Client().post("/invitation/x/", GOOD).status_code] == [404, 404]


def test_the_mail_is_in_its_readers_language_and_the_secret_stands_nowhere_else(
    cast: SimpleNamespace, noon: datetime
) -> None:
    gita = invited(cast, noon, language="zh-hans")
    token = last_link(gita).split("/")[2]
    kept = [*Invitation.objects.values_list("hash", flat=True), *Notice.objects.values_list("link", flat=True)]
    assert (token in " ".join(kept), Notice.objects.filter(person=gita).count()) == (False, 0)
    assert "Hello" not in Mail.objects.get(person=gita).text


def test_inviting_and_coming_in_stand_in_the_log_of_the_person(cast: SimpleNamespace, noon: datetime) -> None:
    gita = invited(cast, noon)
    with clock.at(noon + DAY):
        Client().post(last_link(gita), GOOD)
    what = list(SecurityEvent.objects.filter(person=gita).order_by("pk").values_list("what", flat=True))
    assert what == ["invited", "password_set", "signed_in"]

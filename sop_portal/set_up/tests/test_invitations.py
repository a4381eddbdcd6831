"""Nobody gets a mail while the portal is set up; a test mail goes first, then everybody is invited once."""

import os
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core import mail as posted
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from planning.cycles.actions import create_cycle
from planning.forecasts.actions import publish_year
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import invite, last_test_mail, send_test_mail
from sop_portal.set_up.steps import invitations_step, waiting_for_invitation
from sop_portal.tests.page_text import words_of

Browser = Callable[[User], Client]
SOON = timedelta(minutes=1)


def add(browser: Client, **more: str) -> User:
    typed = {"name": "Gita Rao", "email": "gita@example.org", "language": "en", "key": str(uuid.uuid4()), **more}
    assert browser.post(reverse("person-add"), typed).status_code == 302
    return User.objects.get(email="gita@example.org")


def test_whoever_is_added_during_the_set_up_gets_no_mail(cast: SimpleNamespace, as_person: Browser) -> None:
    gita = add(as_person(cast.ada))
    assert (gita.invited_at, Mail.objects.count(), gita in waiting_for_invitation()) == (None, 0, True)


def test_whoever_is_not_invited_gets_no_mail_when_the_year_opens(
    cast: SimpleNamespace, as_person: Browser, arts: Department, noon: datetime
) -> None:
    gita = add(as_person(cast.ada), role="head", department=str(arts.pk))
    cycle = create_cycle(year=2027, by=cast.ada, at=noon)
    publish_year(cycle, by=cast.ada, at=noon, seen=cycle.version)
    assert (gita.notices.count() > 0, gita.mails.count(), cast.amina.mails.count()) == (True, 0, 1)


def test_whoever_is_added_later_is_invited_at_once(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    cycle = create_cycle(year=2027, by=cast.ada, at=noon)
    publish_year(cycle, by=cast.ada, at=noon, seen=cycle.version)
    gita = add(as_person(cast.ada))
    assert (gita.invited_at is None, gita.mails.count(), gita in waiting_for_invitation()) == (False, 1, False)


def test_a_person_is_added_with_a_role_in_one_go(cast: SimpleNamespace, as_person: Browser, arts: object) -> None:
    gita = add(as_person(cast.ada), role="head", department=str(getattr(arts, "pk", "")))
    assert [(held.role, held.department) for held in gita.memberships.all()] == [("head", arts)]


def test_a_role_that_does_not_fit_adds_nobody(cast: SimpleNamespace, as_person: Browser) -> None:
    typed = {"name": "Gita", "email": "gita@example.org", "language": "en", "role": "head", "key": str(uuid.uuid4())}
    assert as_person(cast.ada).post(reverse("person-add"), typed).status_code == 422
    assert User.objects.filter(email="gita@example.org").count() == 0


def test_nobody_is_invited_before_a_test_mail_has_left(cast: SimpleNamespace, noon: datetime) -> None:
    with pytest.raises(NotReady):
        invite([cast.amina], by=cast.ada, at=noon)
    send_test_mail(by=cast.ada, at=noon)
    with pytest.raises(NotReady):
        invite([cast.amina], by=cast.ada, at=noon)
    assert Mail.objects.exclude(person=cast.ada).count() == 0


def test_after_the_test_mail_everybody_is_invited_once(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    send_test_mail(by=cast.ada, at=noon)
    send_waiting(at=noon + SOON)
    assert [message.to for message in posted.outbox] == [["ada@example.org"]]
    browser = as_person(cast.ada)
    everybody = len(vars(cast))
    assert f"Invite {everybody} people" in browser.get(reverse("invitations")).content.decode()
    for _time in range(2):
        browser.post(reverse("invite-all"), {"key": str(uuid.uuid4())})
    assert (waiting_for_invitation().count(), Mail.objects.count()) == (0, everybody + 1)
    assert Entry.objects.filter(kind="person", verb="invite").count() == everybody


def test_a_test_mail_that_failed_is_shown_with_its_problem_and_holds_the_others_back(
    cast: SimpleNamespace, as_person: Browser, noon: datetime
) -> None:
    send_test_mail(by=cast.ada, at=noon)
    Mail.objects.update(state="failed", problem="550 no such host")
    page = as_person(cast.ada).get(reverse("invitations")).content.decode()
    assert ("550 no such host" in page, f"Invite {len(vars(cast))} people" in page) == (True, False)
    sent = last_test_mail()
    assert sent is not None
    assert sent.state == "failed"


def test_only_the_administrator_invites(cast: SimpleNamespace, as_person: Browser, noon: datetime) -> None:
    for act in (lambda: send_test_mail(by=cast.emil, at=noon), lambda: invite([], by=cast.emil, at=noon)):
        with pytest.raises(NotYours):
            act()
    answers = [
        as_person(cast.emil).post(reverse(name), {"key": str(uuid.uuid4())}) for name in ("test-mail", "invite-all")
    ]
    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_server_whose_mails_reach_nobody_claims_nothing_and_invites_only_knowingly(
    cast: SimpleNamespace, as_person: Browser, noon: datetime, settings: Settings
) -> None:
    settings.MAIL_REACHES_NOBODY = True
    send_test_mail(by=cast.ada, at=noon)
    send_waiting(at=noon + SOON)
    browser, everybody = as_person(cast.ada), len(vars(cast))
    page = words_of(browser.get(reverse("invitations")))
    assert ("it reached nobody" in page, "accepted it" in page) == (True, False)
    assert (f"Invite {everybody} people although no mail arrives" in page, "Not delivered" in page) == (True, True)
    assert browser.post(reverse("invite-all"), {"key": str(uuid.uuid4())}).status_code == 422
    assert waiting_for_invitation().count() == everybody
    browser.post(reverse("invite-all"), {"key": str(uuid.uuid4()), "knowing": "yes"})
    assert (waiting_for_invitation().count(), invitations_step().is_done) == (0, False)
    settings.MAIL_REACHES_NOBODY = False
    assert invitations_step().is_done


@pytest.mark.parametrize(
    ("url", "nobody"),
    [
        ("consolemail://", True),
        ("memorymail://", True),
        ("dummymail://", True),
        ("filemail:///tmp/mails", True),
        ("smtp://mail.example.org:25", False),
        ("smtp+tls://user:word@mail.example.org:587", False),
    ],
)
def test_a_backend_that_delivers_nothing_is_known_by_its_address(url: str, nobody: bool) -> None:
    asked = "from sop_portal.settings import MAIL_REACHES_NOBODY as found; print(found)"
    ran = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, env={**os.environ, "EMAIL_URL": url}, check=True
    )
    assert ran.stdout.strip() == str(nobody)

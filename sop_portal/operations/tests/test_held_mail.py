"""Mail that is held since a backup was brought back: who says what becomes of it, and what may have left before."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.test import Client

from sop_portal.foundation.kit.refusals import NotNow, NotYours
from sop_portal.foundation.notices import actions as notices
from sop_portal.foundation.notices import outbox
from sop_portal.foundation.notices.models import Mail, Notice, Restoration
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.operations.actions.held_mail import release_mail
from sop_portal.tests.shared_fixtures import shared_fixture

HOUR = timedelta(hours=1)


def tell(person: User, at: datetime) -> Mail:
    notices.notify([person], lambda: "News", kind="person", record_id=1, verb="edit", link="/", at=at)
    return Mail.objects.order_by("-pk")[0]


@shared_fixture
def held(cast: SimpleNamespace, noon: datetime) -> SimpleNamespace:
    """An hour ago a backup of this noon was brought back: one mail of the backup, a reminder made anew, and news."""
    old = tell(cast.amina, noon)
    Restoration.objects.create(backup_at=noon, restored_at=noon + HOUR)
    reminder, news = tell(cast.ben, noon + 2 * HOUR), tell(cast.chidi, noon + 2 * HOUR)
    Notice.objects.filter(mail=reminder).update(is_deadline=True)
    return SimpleNamespace(cast=cast, at=noon + 2 * HOUR, old=old, reminder=reminder, news=news)


def states(held: SimpleNamespace) -> list[str]:
    return [Mail.objects.get(pk=mail.pk).state for mail in (held.old, held.reminder, held.news)]


def press(browser: Client, name: str) -> int:
    return browser.post(f"/notices/mails/held/{name}/", {"key": str(uuid.uuid4())}).status_code


def test_nothing_leaves_while_nobody_has_chosen(held: SimpleNamespace) -> None:
    assert sum(outbox.send_batches(at=held.at).values()) == 0
    assert states(held) == ["pending"] * 3


def test_what_may_have_left_is_withdrawn_and_the_news_leaves(
    held: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    page = as_person(held.cast.ada).get("/notices/mails/held/").content.decode()
    assert ("Amina" in page, "Ben" in page, "Chidi" in page) == (True, True, False)
    assert press(as_person(held.cast.ada), "withdraw") == 302
    outbox.send_batches(at=held.at)
    assert states(held) == ["withdrawn", "withdrawn", "sent"]
    assert Entry.objects.order_by("-position")[0].verb == "withdraw-mail"


def test_all_of_it_leaves_where_the_administrator_says_so(
    held: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    assert press(as_person(held.cast.ada), "send") == 302
    outbox.send_batches(at=held.at)
    assert states(held) == ["sent"] * 3


def test_only_the_administrator_chooses(held: SimpleNamespace, as_person: Callable[[User], Client]) -> None:
    emil = as_person(held.cast.emil)
    assert [emil.get("/notices/mails/held/").status_code, press(emil, "send"), press(emil, "withdraw")] == [403] * 3
    with pytest.raises(NotYours):
        release_mail(by=held.cast.emil, at=held.at, withdraw=True)
    assert states(held) == ["pending"] * 3
    assert release_mail(by=held.cast.ada, at=held.at, withdraw=True) == 2


def test_who_comes_second_is_told_that_nothing_is_held(held: SimpleNamespace) -> None:
    release_mail(by=held.cast.ada, at=held.at, withdraw=False)
    with pytest.raises(NotNow, match="No mail is held"):
        release_mail(by=held.cast.ada, at=held.at, withdraw=True)


def test_the_page_of_outgoing_mail_leads_to_what_is_held(
    held: SimpleNamespace, as_person: Callable[[User], Client]
) -> None:
    ada = as_person(held.cast.ada)
    assert 'href="/notices/mails/held/"' in ada.get("/notices/mails/").content.decode()
    release_mail(by=held.cast.ada, at=held.at, withdraw=False)
    assert 'href="/notices/mails/held/"' not in ada.get("/notices/mails/").content.decode()
    assert "No mail is held." in ada.get("/notices/mails/held/").content.decode()


def test_the_command_says_what_waits_before_it_is_told_what_to_do(held: SimpleNamespace) -> None:
    out = StringIO()
    call_command("release_mail", stdout=out)
    assert out.getvalue() == (
        "Held since 2027-03-12 18:00 UTC: 3; 2 may have left before.\nChoose: --withdraw or --send.\n"
    )
    assert states(held) == ["pending"] * 3


def test_what_was_being_sent_when_the_backup_was_made_is_not_sent_twice(held: SimpleNamespace) -> None:
    Restoration.objects.update(released_at=held.at)
    sending = outbox.claim(held.at, 1)
    Restoration.objects.update(released_at=None)
    assert release_mail(by=held.cast.ada, at=held.at, withdraw=True) == 2
    assert (states(held), len(sending)) == (["withdrawn", "withdrawn", "pending"], 1)
    outbox.send_batches(at=held.at + HOUR)
    assert states(held) == ["withdrawn", "withdrawn", "sent"]

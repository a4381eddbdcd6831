"""The outbox: mails wait in the database and are sent once, whatever happens to the sender or the server."""

import json
import smtplib
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend as InMemoryBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.notices import actions, outbox
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.notices.tests.conftest import MailServer, outcome, states
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.tests.page_text import words_of

MINUTE = timedelta(minutes=1)


def test_what_waits_is_sent_over_one_connection(waiting: list[Mail], mail_server: MailServer, noon: datetime) -> None:
    assert outbox.send_waiting(at=noon) == outcome(sent=3, failed=0, later=0)
    assert (states(), mail_server.connections) == (["sent"] * 3, 1)
    assert mail_server.recipients == ["amina@example.org", "ben@example.org", "chidi@example.org"]


def kinds_asked_about(asked: CaptureQueriesContext) -> set[str]:
    """The kinds of records of which a reader's notices were asked whether they see them."""
    tables = {kind.model._meta.db_table: name for name, kind in KINDS.items()}
    seeing = [query["sql"] for query in asked if "EXISTS" in query["sql"] and "notices_notice" in query["sql"]]
    return {name for sql in seeing for table, name in tables.items() if f'"{table}"' in sql}


def test_what_a_reader_may_see_is_asked_of_the_kinds_their_mail_tells_of(waiting: list[Mail], noon: datetime) -> None:
    """Asked of every kind there is, 200 readers took longer than the lease lasts."""
    with CaptureQueriesContext(connection) as asked:
        outbox.send_waiting(at=noon)
    assert kinds_asked_about(asked) == {"forecast"}


def test_the_bell_of_a_page_asks_of_the_kinds_it_counts(
    waiting: list[Mail], cast: SimpleNamespace, as_person: Callable[[User], Client], noon: datetime
) -> None:
    """Asked of every kind there is, every page of a department took up to half as long again."""
    with clock.at(noon), CaptureQueriesContext(connection) as asked:
        as_person(cast.amina).get("/me/")
    assert kinds_asked_about(asked) == {"forecast"}


def test_nothing_is_sent_twice(waiting: list[Mail], mail_server: MailServer, noon: datetime) -> None:
    outbox.send_waiting(at=noon)
    assert outbox.send_waiting(at=noon + 10 * MINUTE) == outcome(sent=0, failed=0, later=0)
    assert len(mail_server.arrived) == 3


def test_one_bad_address_does_not_hold_up_the_others(
    waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    mail_server.refused = {"ben@example.org"}
    assert outbox.send_waiting(at=noon) == outcome(sent=2, failed=1, later=0)
    assert states() == ["sent", "failed", "sent"]
    assert "no such mailbox" in Mail.objects.get(state="failed").problem


def test_a_busy_mailbox_is_tried_again_later_and_not_before(
    waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    mail_server.busy = {"ben@example.org"}
    assert outbox.send_waiting(at=noon) == outcome(sent=2, failed=0, later=1)
    assert states() == ["sent", "pending", "sent"]
    mail_server.busy = set()
    assert outbox.send_waiting(at=noon + timedelta(seconds=59))["sent"] == 0
    assert outbox.send_waiting(at=noon + MINUTE)["sent"] == 1


def test_a_mail_is_given_up_after_the_last_pause(waiting: list[Mail], mail_server: MailServer, noon: datetime) -> None:
    mail_server.busy = {"ben@example.org"}
    at, results = noon, []
    for pause in [*outbox.PAUSES, MINUTE]:
        results.append(outbox.send_waiting(at=at))
        at += pause
    assert [result["later"] for result in results] == [1] * 5 + [0]
    assert results[-1]["failed"] == 1


def test_a_server_that_is_away_loses_nothing(waiting: list[Mail], settings: Any, noon: datetime) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    for hours in range(0, 72, 6):
        assert outbox.send_waiting(at=noon + timedelta(hours=hours)) == outcome(sent=0, failed=0, later=3)
    assert (states(), set(Mail.objects.values_list("attempts", flat=True))) == (["pending"] * 3, {0})


def test_a_sender_works_on_for_minutes_only_and_the_next_ring_goes_on(
    waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    assert outbox.send_batches(at=noon, longest=timedelta(0)) == outcome()
    assert outbox.send_batches(at=noon, most=2) == outcome(sent=2)
    assert outbox.send_batches(at=noon) == outcome(sent=1)


def test_what_is_answered_while_others_are_sent_does_not_leave(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = EmailBackend.send_messages

    def somebody_is_faster(connection: EmailBackend, messages: Any) -> int:
        sent = send(connection, messages)
        Notice.objects.filter(person__name="Ben Carter").update(settled_at=noon)
        return sent

    monkeypatch.setattr(EmailBackend, "send_messages", somebody_is_faster)
    assert outbox.send_waiting(at=noon) == outcome(sent=2, withdrawn=1)
    assert states() == ["sent", "withdrawn", "sent"]
    assert mail_server.recipients == ["amina@example.org", "chidi@example.org"]


def test_every_attempt_carries_the_same_message_id(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, cast: SimpleNamespace
) -> None:
    outbox.send_waiting(at=noon)
    Mail.objects.filter(pk=waiting[0].pk).update(state="unknown", sent_at=None)
    actions.send_again(waiting[0], by=cast.ada, at=noon)
    outbox.send_waiting(at=noon)
    first, again = mail_server.arrived[0], mail_server.arrived[-1]
    lines = [line for e in (first, again) for line in bytes(e.content or b"").splitlines() if b"Message-ID" in line]
    assert lines == [f"Message-ID: {waiting[0].message_id}".encode()] * 2


@pytest.mark.parametrize("way", ["drops", "hangs"])
def test_a_server_that_is_silent_after_the_whole_mail_leaves_it_unknown_and_the_others_arrive(
    way: str, waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    setattr(mail_server, way, {"ben@example.org"})
    assert outbox.send_waiting(at=noon) == outcome(sent=2, unknown=1)
    assert states() == ["sent", "unknown", "sent"]
    assert outbox.send_waiting(at=noon + timedelta(days=3)) == outcome()
    assert mail_server.recipients.count("ben@example.org") == 1


def test_a_line_that_is_a_dot_arrives_as_it_was_written(
    cast: SimpleNamespace, mail_server: MailServer, noon: datetime
) -> None:
    actions.notify([cast.amina], lambda: "News", kind="x", record_id=1, verb="x", link="/", at=noon, quote="a\n.\n..b")
    assert outbox.send_waiting(at=noon) == outcome(sent=1)
    message = message_from_bytes(bytes(mail_server.arrived[0].content or b""))
    text = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    assert "> a\n> .\n> ..b" in bytes(text.get_payload(decode=True)).decode().replace("\r", "")


def test_a_hang_up_nobody_can_explain_leaves_the_mail_in_doubt_and_does_not_hold_up_the_others(
    waiting: list[Mail], noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = InMemoryBackend.send_messages

    def hang_up(connection: InMemoryBackend, messages: Any) -> int:
        if messages[0].to == ["ben@example.org"]:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        return send(connection, messages)

    monkeypatch.setattr(InMemoryBackend, "send_messages", hang_up)
    assert outbox.send_waiting(at=noon) == outcome(sent=2, unknown=1)
    assert Mail.objects.get(state="unknown").problem == "Connection unexpectedly closed"


def test_an_address_that_cannot_be_written_is_a_failure_of_its_own(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, cast: SimpleNamespace
) -> None:
    User.objects.filter(pk=cast.ben.pk).update(email="ben@exa mple.org\nBcc: all@example.org")
    assert outbox.send_waiting(at=noon)["sent"] == 2
    assert states() == ["sent", "failed", "sent"]


def test_a_failed_mail_is_sent_again_by_the_administrator_only(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, cast: SimpleNamespace
) -> None:
    mail_server.refused = {"ben@example.org"}
    outbox.send_waiting(at=noon)
    mail = Mail.objects.get(state="failed")
    with pytest.raises(NotYours):
        actions.send_again(mail, by=cast.emil, at=noon)
    mail_server.refused = set()
    actions.send_again(mail, by=cast.ada, at=noon)
    assert outbox.send_waiting(at=noon) == outcome(sent=1, failed=0, later=0)


def test_a_sent_mail_is_not_sent_again(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, cast: SimpleNamespace
) -> None:
    outbox.send_waiting(at=noon)
    assert actions.send_again(waiting[0], by=cast.ada, at=noon) is False
    assert states() == ["sent"] * 3


def test_the_command_sends_everything_and_reports_in_json(
    waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    said = StringIO()
    call_command("send_mail_queue", "--json", "--now", noon.isoformat(), stdout=said)
    assert json.loads(said.getvalue()) == outcome(sent=3, failed=0, later=0)


def test_the_command_fails_when_a_mail_was_given_up(
    waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    mail_server.refused = {"ben@example.org"}
    with pytest.raises(SystemExit) as stopped:
        call_command("send_mail_queue", "--now", noon.isoformat(), stdout=StringIO())
    assert stopped.value.code == 1


def test_the_outbox_page_is_the_administrators(
    waiting: list[Mail],
    mail_server: MailServer,
    noon: datetime,
    cast: SimpleNamespace,
    as_person: Callable[[User], Client],
) -> None:
    mail_server.refused = {"ben@example.org"}
    outbox.send_waiting(at=noon)
    assert as_person(cast.emil).get(reverse("mails")).status_code == 403
    browser = as_person(cast.ada)
    assert b"no such mailbox" in browser.get(reverse("mails")).content
    mail = Mail.objects.get(state="failed")
    again = reverse("mail-again", args=[mail.pk])
    assert as_person(cast.emil).post(again, {"key": str(uuid.uuid4())}).status_code == 403
    assert browser.post(again, {"key": str(uuid.uuid4())}).status_code == 302
    assert Mail.objects.get(pk=mail.pk).state == "pending"


def test_the_outbox_page_says_why_a_mail_waits_and_since_when(
    waiting: list[Mail],
    mail_server: MailServer,
    noon: datetime,
    cast: SimpleNamespace,
    as_person: Callable[[User], Client],
) -> None:
    mail_server.busy = {"ben@example.org"}
    outbox.send_waiting(at=noon)
    with clock.at(noon):
        page = words_of(as_person(cast.ada).get(reverse("mails")))
    assert (
        "451 try again later" in page,
        "ben@example.org" in page,
        "No mail is overdue. What waits is sent at its time." in page,
    ) == (True, True, True)
    with clock.at(noon + 2 * MINUTE):
        page = words_of(as_person(cast.ada).get(reverse("mails")))
    assert "The oldest waits since" in page

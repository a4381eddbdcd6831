"""Whose a mail is while it is sent, and what is in doubt when a sender stops."""

import smtplib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, OperationalError, transaction

from sop_portal.foundation.notices import outbox
from sop_portal.foundation.notices.lease import LEASE, Lease
from sop_portal.foundation.notices.models import Mail, Notice, Sender
from sop_portal.foundation.notices.tests.conftest import MailServer, states

MINUTE = timedelta(minutes=1)


def test_a_sender_that_stopped_leaves_the_one_mail_on_its_way_unknown_and_it_is_not_sent_again(
    waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    taken = outbox.claim(noon, most=2)
    assert outbox.Batch(taken, noon).lease.begin(taken[0], noon)
    assert states() == ["sending", "sending", "pending"]
    outbox.send_waiting(at=noon + LEASE - MINUTE)
    assert states() == ["sending", "sending", "sent"]
    outbox.send_waiting(at=noon + LEASE + MINUTE)
    assert states() == ["unknown", "sent", "sent"]
    assert mail_server.recipients == ["chidi@example.org", "ben@example.org"]


def test_of_what_a_stopped_sender_had_begun_only_the_last_is_in_doubt(
    waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    taken = outbox.claim(noon, most=3)
    lease = outbox.Batch(taken, noon).lease
    assert [lease.begin(mail, noon + place * MINUTE) for place, mail in enumerate(taken[:2])] == [True, True]
    outbox.send_waiting(at=noon + LEASE + MINUTE + MINUTE)
    assert states() == ["sent", "unknown", "sent"]
    assert Mail.objects.get(pk=taken[0].pk).sent_at == noon + MINUTE
    assert mail_server.recipients == ["chidi@example.org"]


def test_mails_leave_in_the_order_that_tells_what_has_arrived(waiting: list[Mail], noon: datetime) -> None:
    Mail.objects.filter(pk=waiting[0].pk).update(next_try_at=noon + MINUTE)
    taken = outbox.claim(noon + MINUTE, most=3)
    assert [mail.pk for mail in taken] == [mail.pk for mail in waiting]


def test_whoever_comes_back_after_the_lease_leaves_the_mail_to_the_one_who_took_it(
    waiting: list[Mail], noon: datetime
) -> None:
    late = outbox.claim(noon, most=3)
    taken = outbox.claim(noon + LEASE + MINUTE, most=3)
    assert outbox.Batch(late, noon).lease.begin(late[0], noon) is False
    assert outbox.Batch(taken, noon).lease.begin(taken[0], noon) is True


@pytest.mark.parametrize("state", ["failed", "unknown", "withdrawn"])
def test_whoever_comes_back_after_the_lease_does_not_overwrite_what_became_of_it(
    state: str, waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    late = outbox.claim(noon, most=3)
    outbox.send_waiting(at=noon + LEASE + MINUTE)
    batch = outbox.Batch(late, noon)
    outbox._end(batch, late[0], state, "too late")
    outbox._put_back(late[1], 450, "too late", noon)
    assert outbox._wait_for_server(late, OSError("too late"), noon) == 0
    batch.lease.last = late[2].pk
    batch.lease.end(noon)
    assert states() == ["sent"] * 3


def test_a_mail_is_marked_before_the_server_sees_any_of_it(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked: list[int | None] = []
    send = smtplib.SMTP.send

    def look(server: smtplib.SMTP, words: Any) -> None:
        if b"Subject" in (words if isinstance(words, bytes) else b""):
            marked.extend(Sender.objects.values_list("on_its_way", flat=True))
        send(server, words)

    monkeypatch.setattr(smtplib.SMTP, "send", look)
    outbox.send_waiting(at=noon)
    assert marked == [mail.pk for mail in waiting]


def test_a_sender_that_is_stopped_in_the_middle_leaves_the_one_mail_in_doubt(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = smtplib.SMTP.send

    def stopped(server: smtplib.SMTP, words: Any) -> None:
        send(server, words)
        if b"Subject" in (words if isinstance(words, bytes) else b""):
            raise SystemExit("The worker is told to stop.")

    monkeypatch.setattr(smtplib.SMTP, "send", stopped)
    with pytest.raises(SystemExit):
        outbox.send_waiting(at=noon)
    assert (states(), Sender.objects.count()) == (["unknown", "pending", "pending"], 0)


@pytest.mark.parametrize(
    "lie",
    [{"state": "sending"}, {"state": "sent"}, {"sent_at": datetime(2027, 1, 4, 9, tzinfo=UTC)}],
    ids=["sent by nobody", "sent at no time", "waiting and sent"],
)
def test_the_database_accepts_no_mail_that_nobody_sends_or_that_left_at_no_time(
    lie: dict[str, Any], waiting: list[Mail]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.filter(pk=waiting[0].pk).update(**lie)


def test_the_database_accepts_no_mail_that_waits_and_is_a_senders(waiting: list[Mail], noon: datetime) -> None:
    taken = outbox.claim(noon, most=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.filter(pk=taken[0].pk).update(state="pending")


def test_two_senders_never_take_the_same_mail(waiting: list[Mail], noon: datetime) -> None:
    first, second = outbox.claim(noon, most=2), outbox.claim(noon, most=2)
    assert [mail.pk for mail in first + second] == [mail.pk for mail in waiting]


def test_a_mail_that_is_gone_does_not_leave(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = outbox._read_contents

    def then_gone(batch: outbox.Batch) -> None:
        read(batch)
        Notice.objects.filter(mail=waiting[1]).update(mail=None)
        Mail.objects.filter(pk=waiting[1].pk).delete()

    monkeypatch.setattr(outbox, "_read_contents", then_gone)
    outbox.send_waiting(at=noon)
    assert mail_server.recipients == ["amina@example.org", "chidi@example.org"]


def test_a_worker_that_is_told_to_stop_while_it_writes_gives_up_no_mail(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_about: Any) -> None:
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(outbox, "_message", stop)
    with pytest.raises(SoftTimeLimitExceeded):
        outbox.send_waiting(at=noon)
    assert (states(), Sender.objects.count()) == (["pending"] * 3, 0)


def test_a_mail_that_could_not_be_noted_has_not_left(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Lease.begin

    def locked(lease: Lease, mail: Mail, now: datetime) -> bool:
        if mail.pk == waiting[1].pk:
            raise OperationalError("database is locked")
        return begin(lease, mail, now)

    monkeypatch.setattr(Lease, "begin", locked)
    with pytest.raises(OperationalError):
        outbox.send_waiting(at=noon)
    assert states() == ["sent", "pending", "pending"]
    assert mail_server.recipients == ["amina@example.org"]


def test_a_lease_of_a_clock_gone_wrong_is_over_now(
    waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    outbox.claim(noon + timedelta(days=3000), most=3)
    outbox.send_waiting(at=noon)
    assert states() == ["sent"] * 3

"""Mail servers that answer as no good one would: what was refused has not arrived, everything else is in doubt."""

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend

from sop_portal.foundation.notices import outbox
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.notices.tests.conftest import MailServer, outcome, states

USUAL = {b"DATA": b"354 go on", b"QUIT": b"221 bye"}


@dataclass
class OddServer:
    """Answers each command by its first four letters, and the whole mail by `dot`."""

    answers: dict[bytes, bytes] = field(default_factory=dict)
    dot: bytes = b"250 OK"
    said: list[bytes] = field(default_factory=list)

    def serve(self, listening: socket.socket) -> None:
        """One client after the other, until nobody may come any more."""
        with suppress(OSError):
            while True:
                self.talk(listening.accept()[0])

    def talk(self, client: socket.socket) -> None:
        """One client, until it hangs up."""
        with client, client.makefile("rb") as words:
            client.sendall(b"220 odd\r\n")
            for line in words:
                command = line[:4].upper()
                self.said.append(command)
                answer = self.answers.get(command, USUAL.get(command, b"250 OK"))
                client.sendall(answer + b"\r\n")
                if command == b"DATA" and answer[:3] == b"354":
                    for part in words:
                        if part == b".\r\n":
                            break
                    client.sendall(self.dot + b"\r\n")


@pytest.fixture
def odd_server(settings: Any) -> Iterator[OddServer]:
    """The odd server on a free port, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        odd = OddServer()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listening.getsockname()
        settings.EMAIL_TIMEOUT = 5
        thread = threading.Thread(target=odd.serve, args=(listening,))
        thread.start()
        yield odd
        # A thread that waits for the next client is not woken by closing alone.
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize("dot", [b"OK queued", b"2.0.0 Ok: queued as 4F", b"", b"252 will try", b"354 go on"])
def test_an_answer_to_the_whole_mail_that_nobody_understands_leaves_it_in_doubt(
    dot: bytes, waiting: list[Mail], odd_server: OddServer, noon: datetime
) -> None:
    odd_server.dot = dot
    assert outbox.send_waiting(at=noon) == outcome(unknown=3)
    assert outbox.send_waiting(at=noon) == outcome()


@pytest.mark.parametrize(("command", "answer"), [(b"RCPT", b"251 will forward"), (b"MAIL", b"250-OK\r\n250 OK")])
def test_other_words_for_yes_take_the_mail(
    command: bytes, answer: bytes, waiting: list[Mail], odd_server: OddServer, noon: datetime
) -> None:
    odd_server.answers = {command: answer}
    assert outbox.send_waiting(at=noon) == outcome(sent=3)


@pytest.mark.parametrize("command", [b"MAIL", b"RCPT", b"DATA"])
@pytest.mark.parametrize(("code", "became"), [(b"451", "later"), (b"550", "failed")])
def test_what_is_refused_before_the_mail_was_handed_over_has_not_arrived(
    command: bytes, code: bytes, became: str, waiting: list[Mail], odd_server: OddServer, noon: datetime
) -> None:
    odd_server.answers = {command: code + b" no"}
    assert outbox.send_waiting(at=noon) == outcome(**{became: 3})
    assert set(Mail.objects.values_list("problem", flat=True)) == {f"{code.decode()} no"}


@pytest.mark.parametrize(("dot", "became"), [(b"452 full", "later"), (b"554 spam", "failed")])
def test_what_is_refused_after_it_was_handed_over_has_not_arrived_either(
    dot: bytes, became: str, waiting: list[Mail], odd_server: OddServer, noon: datetime
) -> None:
    odd_server.dot = dot
    assert outbox.send_waiting(at=noon) == outcome(**{became: 3})


def test_the_server_forgets_a_refused_mail_before_the_next_one(
    waiting: list[Mail], odd_server: OddServer, noon: datetime
) -> None:
    odd_server.answers = {b"DATA": b"451 later"}
    outbox.send_waiting(at=noon)
    one_mail = [b"MAIL", b"RCPT", b"DATA"]
    assert odd_server.said == [b"EHLO", *one_mail, b"RSET", *one_mail, b"RSET", *one_mail, b"QUIT"]


def test_what_a_server_says_can_be_kept_whatever_is_in_it(
    waiting: list[Mail], odd_server: OddServer, noon: datetime
) -> None:
    odd_server.answers = {b"RCPT": b"550 no\0such\xff"}
    assert outbox.send_waiting(at=noon) == outcome(failed=3)
    assert set(Mail.objects.values_list("problem", flat=True)) == {"550 nosuch�"}


def test_a_server_that_does_not_even_greet_counts_as_no_attempt(
    waiting: list[Mail], odd_server: OddServer, noon: datetime
) -> None:
    odd_server.answers = {b"EHLO": b"550 no", b"HELO": b"550 no"}
    assert outbox.send_waiting(at=noon) == outcome(later=3)
    assert set(Mail.objects.values_list("attempts", flat=True)) == {0}


def test_a_server_that_hung_up_between_two_mails_is_called_anew(
    waiting: list[Mail], mail_server: MailServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the next mail was said yet, so it is not in doubt."""
    make_ready = outbox._make_ready

    def once_it_has_hung_up(connection: EmailBackend) -> None:
        if connection.connection:
            assert select.select([connection.connection.sock], [], [], 5)[0] != []
        make_ready(connection)

    mail_server.patience = 1
    monkeypatch.setattr(outbox, "_make_ready", once_it_has_hung_up)
    assert outbox.send_waiting(at=noon) == outcome(sent=3)
    assert (mail_server.connections, states()) == (3, ["sent"] * 3)


@pytest.mark.parametrize(
    "lie", [{"subject": "News\nBcc: all@example.org"}, {"subject": "News\r\n\r\nBody"}], ids=["header", "body"]
)
def test_a_subject_does_not_begin_another_header(
    lie: dict[str, str], waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    Mail.objects.filter(pk=waiting[1].pk).update(**lie)
    Mail.objects.get(pk=waiting[1].pk).notices.update(mail=None)
    assert outbox.send_waiting(at=noon) == outcome(sent=2, failed=1)
    assert mail_server.recipients == ["amina@example.org", "chidi@example.org"]


@pytest.mark.parametrize("address", ["ben@b.org\nBcc: all@example.org", "ben@b.org>\r\nRCPT TO:<all@example.org"])
def test_an_address_does_not_name_another_reader(
    address: str, waiting: list[Mail], mail_server: MailServer, noon: datetime
) -> None:
    type(waiting[1].person).objects.filter(pk=waiting[1].person_id).update(email=address)
    assert outbox.send_waiting(at=noon) == outcome(sent=2, failed=1)
    assert mail_server.recipients == ["amina@example.org", "chidi@example.org"]

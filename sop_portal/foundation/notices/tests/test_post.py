"""Handing a mail over: what is said to a mail server, and what is never said."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from sop_portal.foundation.notices import outbox
from sop_portal.foundation.notices.letters import Letter
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.notices.post import InDoubt, Refused, _deliver
from sop_portal.foundation.notices.tests.conftest import MailServer, outcome
from sop_portal.foundation.notices.written import Written

USUAL = {b"EHLO": b"250-odd\r\n250 PIPELINING", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


@dataclass
class OddServer:
    """Answers as no good server would: each command by its first four letters, the whole mail by `dot`."""

    answers: dict[bytes, bytes] = field(default_factory=dict)
    dot: bytes = b"250 OK"
    said: list[bytes] = field(default_factory=list)
    port: int = 0

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
                        self.said.append(part)
                    else:
                        return
                    client.sendall(self.dot + b"\r\n")


@pytest.fixture
def odd_server() -> Iterator[OddServer]:
    """The odd server on a free port, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        odd = OddServer(port=listening.getsockname()[1])
        thread = threading.Thread(target=odd.serve, args=(listening,))
        thread.start()
        yield odd
        # A thread that waits for the next client is not woken by closing alone.
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def written(recipient: str = "amina@example.org") -> Written:
    return Written("portal@example.org", "portal@example.org", recipient, {}, Letter("News", "", ""), b"Secret\r\n")


def hand(server: smtplib.SMTP, mail: Written) -> bool:
    return _deliver(server, mail, lambda: lambda: True, lambda: None)


def test_a_server_that_refuses_and_waits_all_the_same_gets_no_mail(odd_server: OddServer) -> None:
    odd_server.answers = {b"RCPT": b"550 no"}
    server = smtplib.SMTP("127.0.0.1", odd_server.port, timeout=5)
    with pytest.raises(Refused) as refused:
        hand(server, written())
    assert (refused.value.is_for_good, server.sock) == (True, None)
    assert odd_server.said == [b"EHLO", b"MAIL", b"RCPT", b"DATA"]


def test_after_hanging_up_the_next_mail_gets_a_line_of_its_own(
    odd_server: OddServer, waiting: list[Mail], settings: Any, noon: datetime
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", odd_server.port, 5
    odd_server.answers = {b"RCPT": b"550 no"}
    assert outbox.send_waiting(at=noon) == outcome(failed=3)


@pytest.mark.parametrize("dot", [b"OK queued", b"2.0.0 Ok: queued as 4F", b""])
def test_an_answer_nobody_can_read_leaves_the_mail_in_doubt(dot: bytes, odd_server: OddServer) -> None:
    odd_server.dot = dot
    with smtplib.SMTP("127.0.0.1", odd_server.port, timeout=5) as server, pytest.raises(InDoubt):
        hand(server, written())
    assert b"Secret\r\n" in odd_server.said


@pytest.mark.parametrize(("said", "dot"), [(b"251 will forward", b"250 OK"), (b"250 OK", b"252 will try")])
def test_every_answer_that_begins_with_two_takes_the_mail(said: bytes, dot: bytes, odd_server: OddServer) -> None:
    odd_server.answers, odd_server.dot = {b"RCPT": said}, dot
    with smtplib.SMTP("127.0.0.1", odd_server.port, timeout=5) as server:
        assert hand(server, written())
    assert b"Secret\r\n" in odd_server.said


def test_what_a_server_says_can_be_kept_whatever_is_in_it(
    odd_server: OddServer, waiting: list[Mail], settings: Any, noon: datetime
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", odd_server.port, 5
    odd_server.answers = {b"RCPT": b"550 no\0such\xff", b"DATA": b"503 no"}
    assert outbox.send_waiting(at=noon) == outcome(failed=3)
    assert set(Mail.objects.values_list("problem", flat=True)) == {"550 nosuch�"}


def test_an_address_of_several_lines_says_nothing_to_the_server(mail_server: MailServer, settings: Any) -> None:
    mail_server.pipelining = True
    with smtplib.SMTP("127.0.0.1", settings.EMAIL_PORT, timeout=5) as server, pytest.raises(ValueError, match="line"):
        hand(server, written("amina@example.org>\r\nRCPT TO:<all@example.org"))
    assert mail_server.arrived == []


@pytest.mark.parametrize("pipelining", [False, True], ids=["one by one", "in one piece"])
def test_a_server_is_asked_in_one_piece_where_it_takes_that(
    pipelining: bool, waiting: list[Mail], mail_server: MailServer, noon: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, pieces = smtplib.SMTP.send, list[str]()

    def look(server: smtplib.SMTP, words: Any) -> None:
        pieces.append(words[:4] if isinstance(words, str) else "mail")
        send(server, words)

    mail_server.pipelining = pipelining
    monkeypatch.setattr(smtplib.SMTP, "send", look)
    assert outbox.send_waiting(at=noon) == outcome(sent=3)
    of_each = ["MAIL", "mail"] if pipelining else ["MAIL", "RCPT", "DATA", "mail"]
    assert [piece.upper() if piece != "mail" else piece for piece in pieces] == ["EHLO", *of_each * 3, "QUIT"]

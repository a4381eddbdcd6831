"""Handing a mail over: what is said to a mail server, and what is never said."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from sop_portal.notices import outbox
from sop_portal.notices.letters import Letter
from sop_portal.notices.models import Mail
from sop_portal.notices.post import Refused, _deliver
from sop_portal.notices.tests.conftest import MailServer, outcome
from sop_portal.notices.written import Written


@dataclass
class OddServer:
    """Refuses every recipient, and waits for the mail all the same."""

    said: list[bytes] = field(default_factory=list)
    port: int = 0

    def serve(self, listening: socket.socket) -> None:
        """One client, until it hangs up."""
        answers = {b"EHLO": b"250-odd\r\n250 PIPELINING", b"MAIL": b"250 OK", b"RCPT": b"550 no", b"DATA": b"354 go on"}
        client, _address = listening.accept()
        with client, client.makefile("rb") as words:
            client.sendall(b"220 odd\r\n")
            for line in words:
                self.said.append(line)
                client.sendall(answers.get(line[:4].upper(), b"250 OK") + b"\r\n")


@pytest.fixture
def odd_server() -> Iterator[OddServer]:
    """The odd server on a free port, in a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        odd = OddServer(port=listening.getsockname()[1])
        thread = threading.Thread(target=odd.serve, args=(listening,))
        thread.start()
        yield odd
        thread.join(5)


def written(recipient: str = "amina@example.org") -> Written:
    return Written("portal@example.org", "portal@example.org", recipient, {}, Letter("News", "", ""), b"Secret\r\n")


def hand(server: smtplib.SMTP, mail: Written) -> bool:
    return _deliver(server, mail, lambda: lambda: True, lambda: None)


def test_a_server_that_refuses_and_waits_all_the_same_gets_no_mail(odd_server: OddServer) -> None:
    server = smtplib.SMTP("127.0.0.1", odd_server.port, timeout=5)
    with pytest.raises(Refused) as refused:
        hand(server, written())
    assert (refused.value.is_for_good, server.sock) == (True, None)
    assert [line[:4].upper() for line in odd_server.said] == [b"EHLO", b"MAIL", b"RCPT", b"DATA"]


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

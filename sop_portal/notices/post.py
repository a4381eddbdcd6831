"""Handing one mail to a mail server, and knowing afterwards whether the server may have taken it."""

import re
import smtplib
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from sop_portal.notices.letters import Letter
from sop_portal.notices.models import Mail

TRANSIENT = range(400, 500)
CLOSING = 421


class InDoubt(Exception):
    """The mail was handed over whole, but the server's word did not come back: it may have arrived."""


class Refused(Exception):
    """The server said no to this mail, for now or for good."""

    def __init__(self, code: int, words: bytes | str) -> None:
        text = words.decode(errors="replace") if isinstance(words, bytes) else words
        super().__init__(f"{code} {text}")
        self.is_for_good = code not in TRANSIENT


@dataclass(frozen=True)
class Written:
    """A mail written out: what any way of sending takes, and the bytes a mail server is given."""

    message: EmailMultiAlternatives
    content: bytes


def write_out(mail: Mail, letter: Letter, sender: str) -> Written:
    """Write a mail out. ValueError for an address nobody can write to."""
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(letter.subject, letter.text, sender, [mail.person.email], headers=headers)
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    whole: Any = message.message()
    return Written(message, whole.as_bytes(linesep="\r\n"))


def hand_over(written: Written, connection: BaseEmailBackend) -> None:
    """Send one mail. Raises Refused, InDoubt, ValueError, or OSError and SMTPException before it was handed over."""
    message = written.message
    if isinstance(connection, EmailBackend) and connection.connection is not None:
        _deliver(connection.connection, _address(message.from_email), _address(message.to[0]), written.content)
    else:
        message.connection = connection
        message.send()


def _address(address: str) -> str:
    """The bare address as the server is given it; ValueError where there is none."""
    cleaned: str = sanitize_address(address, "utf-8")
    return cleaned


def _deliver(server: smtplib.SMTP, sender: str, recipient: str, content: bytes) -> None:
    """MAIL, RCPT, DATA; only after the final dot is the outcome in doubt."""
    server.ehlo_or_helo_if_needed()
    _expect(server.mail(sender), 250, server)
    _expect(server.rcpt(recipient), 250, server)
    _expect(server.docmd("DATA"), 354, server)
    whole = content if content.endswith(b"\r\n") else content + b"\r\n"
    # In one piece: a send that fails has not passed on the final dot, and small pieces would wait for each other.
    server.send(re.sub(rb"(?m)^\.", b"..", whole) + b".\r\n")
    try:
        answer = server.getreply()
    except (OSError, smtplib.SMTPException) as problem:
        raise InDoubt(f"The server did not answer after the whole mail: {problem}") from problem
    _expect(answer, 250, server)


def _expect(answer: tuple[int, bytes], code: int, server: smtplib.SMTP) -> None:
    if answer[0] == code:
        return
    if answer[0] in (CLOSING, -1):
        raise smtplib.SMTPServerDisconnected(answer[1].decode(errors="replace"))
    server.rset()
    raise Refused(*answer)

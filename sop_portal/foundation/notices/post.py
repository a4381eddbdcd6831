"""Handing one mail to a mail server, and knowing afterwards whether the server may have taken it."""

import smtplib
from collections.abc import Callable

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext_noop

from sop_portal.foundation.notices.written import Written

TRANSIENT = range(400, 500)
CLOSING = 421
SILENT = gettext_noop("The mail server did not answer after it had the whole mail.")
UNREADABLE = gettext_noop("The mail server’s answer to the whole mail cannot be read.")
# What smtplib calls an answer that begins with no code.
NO_CODE = -1


class InDoubt(Exception):
    """The mail was handed over whole, but the server's word did not come back: it may have arrived."""


class Refused(Exception):
    """The server said no to this mail, for now or for good."""

    def __init__(self, code: int, words: bytes | str, *, hung_up: bool = False) -> None:
        super().__init__(f"{code} {_readable(words)}")
        self.is_for_good, self.hung_up = code not in TRANSIENT, hung_up


def hand_over(
    written: Written,
    connection: BaseEmailBackend,
    may_leave: Callable[[], Callable[[], bool]],
    meanwhile: Callable[[], None],
) -> bool:
    """Send one mail if it may leave, which is asked before the server sees any of it; `meanwhile` fills the waits.

    Raises Refused, InDoubt, ValueError, or OSError and SMTPException before it was handed over.
    """
    if isinstance(connection, EmailBackend) and connection.connection is not None:
        return _deliver(connection.connection, written, may_leave, meanwhile)
    if not may_leave()():
        return False
    letter = written.letter
    message = EmailMultiAlternatives(
        letter.subject, letter.text, written.author, [written.recipient], connection=connection, headers=written.headers
    )
    if letter.html:
        message.attach_alternative(letter.html, "text/html")
    message.send()
    return True


def _deliver(
    server: smtplib.SMTP, written: Written, may_leave: Callable[[], Callable[[], bool]], meanwhile: Callable[[], None]
) -> bool:
    """MAIL, RCPT, DATA; only after the final dot is the outcome in doubt.

    The mark that the mail is on its way is set while the server thinks about sender and recipient, and stands before
    the server sees any of the mail; the next one is written meanwhile. Otherwise each would wait for the others.
    """
    server.ehlo_or_helo_if_needed()
    marked = may_leave()
    try:
        _announce(server, written, meanwhile)
    finally:
        leaves = marked()
    if not leaves:
        # The server waits for a mail: only hanging up keeps it from getting one.
        server.close()
        return False
    # In one piece: a send that fails has not passed on the final dot, and small pieces would wait for each other.
    server.send(written.content.replace(b"\n.", b"\n..") + b".\r\n")
    meanwhile()
    try:
        answer = server.getreply()
    except (OSError, smtplib.SMTPException) as problem:
        raise InDoubt(SILENT) from problem
    if answer[0] == NO_CODE:
        raise InDoubt(UNREADABLE)
    _expect(answer, 250, server)
    return True


def _announce(server: smtplib.SMTP, written: Written, meanwhile: Callable[[], None]) -> None:
    """MAIL, RCPT and DATA until the server says go on: in one piece where it takes that (RFC 2920), or one by one."""
    steps = [(f"MAIL FROM:<{written.sender}>", 250), (f"RCPT TO:<{written.recipient}>", 250), ("DATA", 354)]
    if not server.has_extn("pipelining"):
        for place, (command, code) in enumerate(steps):
            server.putcmd(command)
            if place:
                meanwhile()
            _expect(server.getreply(), code, server)
        return
    words = "\r\n".join(command for command, _code in steps)
    if len(words.splitlines()) > len(steps):
        raise ValueError("An address is one line.")
    server.send(words + "\r\n")
    meanwhile()
    answers = [server.getreply() for _step in steps]
    for (_command, code), answer in zip(steps, answers, strict=True):
        if not _is(answer, code) and _is(answers[-1], 354):
            # It refused, and waits for a mail all the same: only hanging up keeps it from getting one.
            server.close()
            raise Refused(*answer, hung_up=True)
        _expect(answer, code, server)


def _expect(answer: tuple[int, bytes], code: int, server: smtplib.SMTP) -> None:
    if _is(answer, code):
        return
    if answer[0] in (CLOSING, NO_CODE):
        raise smtplib.SMTPServerDisconnected(_readable(answer[1]))
    server.rset()
    raise Refused(*answer)


def _is(answer: tuple[int, bytes], code: int) -> bool:
    """The first digit says what an answer means (RFC 5321, 4.2); 251 takes a recipient as 250 does."""
    return answer[0] // 100 == code // 100


def _readable(words: bytes | str) -> str:
    """What a server said, as a database can keep it."""
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return text.replace("\0", "")

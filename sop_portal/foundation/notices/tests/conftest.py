"""Mails that wait, and a mail server that keeps what it is given, refuses some addresses and can be told to hang up."""

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from sop_portal.foundation.notices import actions, outbox
from sop_portal.foundation.notices.models import Mail
from sop_portal.tests.shared_fixtures import shared_fixture


@dataclass
class MailServer:
    """What arrived, and what it does not take."""

    arrived: list[Envelope] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    busy: set[str] = field(default_factory=set)
    drops: set[str] = field(default_factory=set)
    hangs: set[str] = field(default_factory=set)
    connections: int = 0
    # After so many mails it hangs up without a word.
    patience: int = 1000

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count who says hello."""
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Refuse for good, for now, or take it."""
        if address in self.refused:
            return "550 no such mailbox"
        if address in self.busy:
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail; the word about it may stay out."""
        self.arrived.append(envelope)
        if self.hangs & set(envelope.rcpt_tos):
            await asyncio.sleep(1.5)
        if self.drops & set(envelope.rcpt_tos) and server.transport is not None:
            server.transport.abort()
        if len(self.arrived) % self.patience == 0 and server.transport is not None:
            server.loop.call_later(0.02, server.transport.abort)
        return "250 OK"

    @property
    def recipients(self) -> list[str]:
        """To whom mails arrived, in order."""
        return [envelope.rcpt_tos[0] for envelope in self.arrived]


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A real server on a free port, which the portal sends to."""
    server = MailServer()
    controller = Controller(server, hostname="127.0.0.1", port=free_port(), server_hostname="mail.example.org")
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 1
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    try:
        yield server
    finally:
        controller.stop()


@shared_fixture
def waiting(cast: SimpleNamespace, noon: datetime) -> list[Mail]:
    """Three mails that wait: to Amina, Ben and Chidi."""
    people = [cast.amina, cast.ben, cast.chidi]
    actions.notify(people, lambda: "News", kind="forecast", record_id=1, verb="submit", link="/", at=noon)
    return list(Mail.objects.order_by("pk"))


def outcome(**counts: int) -> dict[str, int]:
    """What sending reports, everything else being nought."""
    return dict.fromkeys(outbox.OUTCOMES, 0) | counts


def states() -> list[str]:
    """How the mails stand, in the order they were made."""
    return list(Mail.objects.order_by("pk").values_list("state", flat=True))

"""What somebody reads of their own account: how they sign in, where they are signed in, and what happened lately."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import marked, typed
from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in.browsers import browser_called, is_phone
from sop_portal.sign_in.models import AddressChange, SecurityEvent

What = SecurityEvent.What
PASSWORD = (What.PASSWORD_SET, What.PASSWORD_RESET, What.PASSWORD_CHANGED)
LATELY = 3
READ_FOR_LATELY = 40


@dataclass(frozen=True)
class OpenSession:
    """One place where somebody is signed in."""

    pk: int
    called: str
    caller: str
    began_at: datetime
    seen_at: datetime
    is_phone: bool
    is_here: bool


@dataclass(frozen=True)
class LoggedEvents:
    """An event of the security log, with how many like it happened in a row."""

    event: SecurityEvent
    count: int

    @property
    def sentence(self) -> SafeString:
        """What happened, how often, what it was about: that is kept in the words in which the person was told."""
        said = formats.under(self.event.get_what_display(), typed(self.event.about))
        times = ngettext("%(count)s time", "%(count)s times", self.count) % {"count": self.count}
        return marked(formats.joined([said, times if self.count > 1 else ""]))

    @property
    def place(self) -> str:
        """Where it came from."""
        return formats.joined([self.event.browser, self.event.caller])


@dataclass(frozen=True)
class WaysIn:
    """How somebody signs in."""

    password_at: datetime | None
    has_password: bool
    is_address_verified: bool
    app: Authenticator | None
    passkeys: Sequence[Authenticator]
    codes_left: int | None
    connections: Sequence[SocialAccount]

    @property
    def has_factor(self) -> bool:
        """Whether there is a second factor."""
        return self.app is not None or bool(self.passkeys)


def ways_in(person: User) -> WaysIn:
    """How this person signs in."""
    found = list(Authenticator.objects.filter(user=person).order_by("pk"))
    of_type = {kind: [one for one in found if one.type == kind] for kind in Authenticator.Type}
    codes = of_type[Authenticator.Type.RECOVERY_CODES]
    changed = SecurityEvent.objects.filter(person=person, what__in=PASSWORD).order_by("-at").first()
    verified = EmailAddress.objects.filter(user=person, verified=True)
    return WaysIn(
        password_at=changed.at if changed else None,
        has_password=person.has_usable_password(),
        is_address_verified=verified.filter(email__iexact=person.email).exists(),
        app=next(iter(of_type[Authenticator.Type.TOTP]), None),
        passkeys=of_type[Authenticator.Type.WEBAUTHN],
        connections=list(SocialAccount.objects.filter(user=person).order_by("pk")),
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else None,
    )


def open_sessions(person: User, here: str | None, at: datetime) -> list[OpenSession]:
    """Where somebody is signed in, this browser first, then what was used last."""
    rows = UserSession.objects.filter(user=person).order_by("-last_seen_at")
    alive = set(
        Session.objects.filter(session_key__in=rows.values("session_key"), expire_date__gt=at).values_list(
            "session_key", flat=True
        )
    )
    found = [_session(row, here) for row in rows if row.session_key in alive]
    return sorted(found, key=lambda session: not session.is_here)


def _session(row: UserSession, here: str | None) -> OpenSession:
    return OpenSession(
        pk=row.pk,
        called=browser_called(row.user_agent) or _("A program"),
        caller=row.ip,
        began_at=row.created_at,
        seen_at=row.last_seen_at,
        is_phone=is_phone(row.user_agent),
        is_here=row.session_key == here,
    )


def waiting_address(person: User, at: datetime) -> AddressChange | None:
    """The address that somebody asked for and has not confirmed yet, while its link works."""
    waiting = AddressChange.objects.filter(person=person, used_at=None, ended_at=None).first()
    return waiting if waiting and waiting.is_open(at) else None


def log_of(person: User) -> "QuerySet[SecurityEvent]":
    """What happened around somebody's signing in, the newest first."""
    return SecurityEvent.objects.filter(person=person).select_related("by").order_by("-at", "-pk")


def joined(events: Iterable[SecurityEvent]) -> list[LoggedEvents]:
    """Events with what repeats itself within a day as one."""
    groups = groupby(events, key=lambda event: (event.what, event.about, event.caller, event.at.date()))
    return [LoggedEvents(next(iter(found)), len(found)) for found in (list(group) for _key, group in groups)]


def lately(person: User) -> list[LoggedEvents]:
    """The last few things that happened."""
    return joined(log_of(person)[:READ_FOR_LATELY])[:LATELY]

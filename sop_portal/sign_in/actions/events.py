"""Noting what happens around somebody's signing in, and telling that person by mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from sop_portal.foundation.notices import bell
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in.browsers import browser_called
from sop_portal.sign_in.models import SecurityEvent
from sop_portal.sign_in.wording import letter_about

What = SecurityEvent.What
# What its person reads in the log alone; everything else is told by mail as well.
ONLY_IN_LOG = frozenset(
    {What.SIGNED_IN, What.WRONG_PASSWORD, What.WRONG_CODE, What.LINK_ASKED, What.INVITED, What.PASSWORD_SET}
    # A change of the address has letters of its own, to the old address and to the new one.
    | {What.ADDRESS_ASKED, What.ADDRESS_CHANGED, What.ADDRESS_STOPPED}
)
# So many password links are mailed within the time they work.
MOST_LINKS = 3
# However often it happens, it is told once in this time.
TOLD_ONCE_IN = {What.SLOWED_DOWN: timedelta(days=1)}


@dataclass(frozen=True)
class Origin:
    """Where something came from: the caller's address and the browser in words."""

    caller: str | None = None
    browser: str = ""


def origin_of(request: HttpRequest | None) -> Origin:
    """Where a request comes from; nowhere, where the library tells after it is over."""
    if request is None:
        return Origin()
    return Origin(get_client_ip(request), browser_called(request.META.get("HTTP_USER_AGENT", ""))[:80])


@transaction.atomic
def log_event(
    person: User | None,
    what: str,
    *,
    at: datetime,
    origin: Origin | None = None,
    done_by: User | None = None,
    about: str = "",
) -> SecurityEvent:
    """Note what happened, and tell the person where they should know of it at once."""
    origin = origin or Origin()
    is_told = person is not None and _is_told(person, what, at)
    event = SecurityEvent.objects.create(
        person=person, what=what, at=at, by=done_by, about=about[:200], caller=origin.caller, browser=origin.browser
    )
    if person is not None and is_told:
        write_mail(person, *letter_about(event, person), at=at)
    return event


def _is_told(person: User, what: str, at: datetime) -> bool:
    """Whether this is told by mail: not to those who never came in, and not too often."""
    if what in ONLY_IN_LOG or not person.has_usable_password():
        return False
    span = TOLD_ONCE_IN.get(What(what))
    if span is None:
        return True
    return not SecurityEvent.objects.filter(person=person, what=what, at__gt=at - span).exists()


def write_mail(person: User, subject: str, text: str, *, at: datetime, to: str = "") -> Mail:
    """Put a mail about somebody's account into the outbox: it leaves at once, whatever they chose for other mails."""
    mail = Mail.objects.create(person=person, address=to, subject=subject, text=text, made_at=at, next_try_at=at)
    bell.ring_on_commit()
    return mail


def note_sign_in(person: User, what: str, *, at: datetime, origin: Origin) -> SecurityEvent:
    """Note that somebody signed in. From their very first browser is nothing new."""
    came_before = SecurityEvent.objects.filter(person=person, what__in=[What.SIGNED_IN, What.NEW_BROWSER]).exists()
    return log_event(person, what if came_before else What.SIGNED_IN, at=at, origin=origin)


def note_failure(credentials: Mapping[str, Any], what: str, *, at: datetime, origin: Origin) -> None:
    """Note that signing in failed: of a person, or of nobody where no person has the address."""
    person = User.objects.filter(email__iexact=str(credentials.get("email", ""))).first()
    log_event(person, what, at=at, origin=origin)


def may_send_link(person: User, *, at: datetime) -> bool:
    """Whether another password link may be mailed: the ones of the last hour still work."""
    since = at - timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    asked = SecurityEvent.objects.filter(person=person, what=What.LINK_ASKED, at__gt=since)
    return asked.count() < MOST_LINKS

"""Sessions: noting when they are used, and ending them; since when a second factor is owed."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.http import HttpRequest
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.sign_in.actions.access import end_sessions
from sop_portal.sign_in.actions.events import Origin, log_event
from sop_portal.sign_in.browsers import browser_called
from sop_portal.sign_in.models import FactorDuty, SecurityEvent

What = SecurityEvent.What


def note_visit(request: HttpRequest) -> None:
    """Keep when and from where this session was last used, so that its owner knows it again."""
    UserSession.objects.create_from_request(request)


def begin_grace(person: User, *, at: datetime) -> FactorDuty:
    """The days in which somebody may still come without a second factor begin, once."""
    return FactorDuty.objects.get_or_create(person=person, defaults={"since": at})[0]


@transaction.atomic
def end_one_session(session: UserSession, *, at: datetime, origin: Origin) -> None:
    """Sign somebody out in one place; whoever sits there is a stranger with the next request."""
    about = browser_called(session.user_agent)
    session.end()
    log_event(session.user, What.SESSIONS_ENDED, at=at, origin=origin, about=about)


@transaction.atomic
def end_other_sessions(person: User, here: str, *, at: datetime, origin: Origin) -> int:
    """Sign somebody out everywhere but here."""
    ended = end_sessions(person, but=here)
    log_event(person, What.SESSIONS_ENDED, at=at, origin=origin)
    return ended


@transaction.atomic
def report_stranger(person: User, here: str, *, at: datetime, origin: Origin) -> None:
    """Somebody else used the account: every other session ends, and the administrators hear of it."""
    end_sessions(person, but=here)
    log_event(person, What.REPORTED, at=at, origin=origin)
    administrators = people_who_can(Can.KEEP_PEOPLE, None, localdate(at)).exclude(pk=person.pk)
    notify(
        administrators,
        lambda: interpolate(_("%(person)s reports that somebody else used their account"), {"person": person}),
        kind="person",
        record_id=person.pk,
        verb="report-stranger",
        link=person.get_absolute_url(),
        at=at,
    )

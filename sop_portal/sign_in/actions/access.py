"""Ending and giving access: sessions and links end with it, at once."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction

from sop_portal.foundation.organisation.models import User
from sop_portal.sign_in.actions.events import log_event
from sop_portal.sign_in.actions.links import end_links
from sop_portal.sign_in.models import SecurityEvent


@transaction.atomic
def end_access(person: User, *, done_by: User, at: datetime) -> None:
    """Somebody may no longer log in: their sessions end, and no link they were mailed works any longer."""
    end_links(person, at=at)
    end_sessions(person)
    log_event(person, SecurityEvent.What.ACCESS_ENDED, at=at, done_by=done_by)


def end_sessions(person: User, *, but: str = "") -> int:
    """End the sessions of a person, all or all but one."""
    found = list(UserSession.objects.filter(user=person).exclude(session_key=but))
    for session in found:
        session.end()
    return len(found)

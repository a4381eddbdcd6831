"""What is kept for a time and then goes by itself: sessions, form keys, notices, mails, the security log."""

from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q

from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.organisation.models import UsedKey
from sop_portal.sign_in.models import AddressChange, Invitation, SecurityEvent

# A form that is open for longer than this is sent with a new key.
KEYS_KEPT = timedelta(days=30)


@transaction.atomic
def purge(*, at: datetime) -> dict[str, int]:
    """Delete what is older than the settings say; how much of each."""
    notices = Notice.objects.filter(at__lt=_since(at, settings.KEEP_NOTICES_DAYS))
    done = Q(state__in=[Mail.State.SENT, Mail.State.WITHDRAWN, Mail.State.FAILED, Mail.State.UNKNOWN])
    mails = Mail.objects.filter(done, made_at__lt=_since(at, settings.KEEP_MAILS_DAYS))
    over = Q(until__lt=_since(at, settings.KEEP_SECURITY_LOG_DAYS))
    purged = {
        # A reminder that still waits for somebody stays, however old.
        "notices": notices.exclude(is_asked=True, settled_at=None).exclude(is_deadline=True, settled_at=None),
        "mails": mails,
        "security events": SecurityEvent.objects.filter(at__lt=_since(at, settings.KEEP_SECURITY_LOG_DAYS)),
        "invitations": Invitation.objects.filter(over),
        "changes of addresses": AddressChange.objects.filter(over),
        "form keys": UsedKey.objects.filter(used_at__lt=at - KEYS_KEPT),
        "sessions": Session.objects.filter(expire_date__lt=at),
    }
    counted = {name: rows.delete()[1].get(rows.model._meta.label, 0) for name, rows in purged.items()}
    alive = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=alive).delete()
    return counted


def _since(at: datetime, days: int) -> datetime:
    return at - timedelta(days=days)

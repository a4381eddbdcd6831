"""The secret address of a person's calendar."""

import secrets
from datetime import datetime

from sop_portal.foundation.organisation.models import User
from sop_portal.reminders.models import CalendarFeed


def renew_feed(person: User, *, at: datetime) -> CalendarFeed:
    """Give a person a new secret address for their calendar; the old one leads nowhere from now on."""
    feed, _made = CalendarFeed.objects.update_or_create(
        person=person, defaults={"key": secrets.token_urlsafe(32), "renewed_at": at}
    )
    return feed

"""Adding and changing people, and everybody's own preferences."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.changes import change_row
from sop_portal.people.actions.invitations import notify_invited
from sop_portal.people.actions.rights import require_administrator, require_remaining_administrator


@transaction.atomic
def add_person(*, email: str, name: str, language: str, by: User, at: datetime, is_invited: bool = True) -> User:
    """Add a person; a mail tells them how to set their password, now or when everybody is invited."""
    require_administrator(by, at)
    person = User.objects.create_user(email, name=name, language=language)
    note("person", person, "add-person", by=by, at=at)
    if is_invited:
        notify_invited([person], at=at)
    return person


@transaction.atomic
def change_person(person: User, *, by: User, at: datetime, **values: str | bool) -> User:
    """Correct a name or language, or end a person's access; their past acts stay."""
    require_administrator(by, at)
    was_active = person.is_active
    changed = change_row("person", person, "change-person", values, by=by, at=at)
    if was_active and not changed.is_active:
        require_remaining_administrator(localdate(at))
    return changed


@transaction.atomic
def set_preferences(person: User, *, language: str, theme: str, at: datetime) -> User:
    """Choose one's own language and colours."""
    return change_row("person", person, "set-preferences", {"language": language, "theme": theme}, by=person, at=at)

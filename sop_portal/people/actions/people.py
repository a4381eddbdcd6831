"""Adding and changing people, and everybody's own preferences."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from evaluations.improvements.actions import follow_owner_name
from sop_portal.foundation.kit.fitting import refuse_strangers, refuse_unfit, refuse_unknown
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.conflicts import Shown, beside_theirs
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.changes import change_row, lock_row
from sop_portal.people.actions.invitations import notify_invited
from sop_portal.people.actions.rights import require_administrator, require_remaining_administrator
from sop_portal.sign_in.actions import end_access, keep_address, log_event
from sop_portal.sign_in.models import SecurityEvent

# What the administrator changes of a person; the address is the person's own.
CHANGED = ("name", "language", "is_active")


@transaction.atomic
def add_person(*, email: str, name: str, language: str, by: User, at: datetime, is_invited: bool = True) -> User:
    """Add a person; a mail invites them to choose a password, now or when everybody is invited."""
    require_administrator(by, at)
    person = new_person(email, name=name, language=language)
    note("person", person, "add-person", by=by, at=at)
    if is_invited:
        notify_invited([person], at=at)
    return person


def new_person(email: str, password: str | None = None, **values: object) -> User:
    """A new person of an address that nobody has; without a password they set one by invitation."""
    person = User(email=email.strip().lower(), **values)
    refuse_unfit(person, ("email", "name", "language"))
    _refuse_language(person.language)
    if known := User.objects.filter(email__iexact=person.email).first():
        link = interpolate(_("It is %(person)s: open that page, or write another address."), {"person": known})
        raise NotReady(_("Somebody already uses this address."), [], link).about("email")
    person.set_password(password)
    person.save()
    # With a password at once: whoever has the server's code is the first, and nobody else could vouch for the address.
    keep_address(person, is_verified=password is not None)
    return person


def _refuse_language(language: object) -> None:
    if language is not None:
        refuse_unknown(_("Language"), str(language), dict(settings.LANGUAGES))


@transaction.atomic
def change_person(person: User, *, by: User, at: datetime, seen: Shown | None = None, **values: str | bool) -> User:
    """Correct a name or language, or end a person's access; their past acts stay, and what others changed since."""
    require_administrator(by, at)
    refuse_strangers(values, CHANGED, _("This cannot be changed here."))
    _refuse_language(values.get("language"))
    lock_row(person)
    values = beside_theirs("person", person, values, seen)
    was_active = person.is_active
    changed = change_row("person", person, "change-person", values, by=by, at=at)
    follow_owner_name(changed)
    if was_active and not changed.is_active:
        require_remaining_administrator(localdate(at))
        end_access(person, done_by=by, at=at)
    if changed.is_active and not was_active:
        log_event(person, SecurityEvent.What.ACCESS_GIVEN, at=at, done_by=by)
    return changed


@transaction.atomic
def set_preferences(person: User, *, language: str, theme: str, at: datetime) -> User:
    """Choose one's own language and colours."""
    _refuse_language(language)
    return change_row("person", person, "set-preferences", {"language": language, "theme": theme}, by=person, at=at)

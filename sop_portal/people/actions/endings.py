"""Ending rights now or with today, letting somebody follow, and telling the administrators what nobody can then do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.formats import parted
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import Membership, User, columns_of
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.people.actions.people import change_person
from sop_portal.people.actions.rights import require_administrator
from sop_portal.people.actions.roles import end_role, end_role_now, entrust
from sop_portal.people.terms import DAY, Term


@dataclass(frozen=True)
class Ending:
    """What ends: these roles, or all access with them; who follows, when, and by language what nobody could do then."""

    roles: Sequence[Membership]
    successor: User | None = None
    gaps: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_access: bool = False
    is_at_once: bool = True


@transaction.atomic
def end_rights(person: User, ending: Ending, *, by: User, at: datetime) -> None:
    """End roles or access, at once or with today; a successor holds the roles from then on."""
    require_administrator(by, at)
    if ending.successor == person:
        raise NotReady(_("Somebody else follows."), [], _("Choose another person, or none."))
    today = localdate(at)
    # Whoever ends their own rights administers until the last of them.
    for role in sorted(ending.roles, key=lambda role: role.role == Role.ADMINISTRATOR):
        _let_follow(role, ending, by, at)
        if ending.is_at_once:
            end_role_now(role, by=by, at=at)
        elif role.until_on is None or role.until_on > today:
            end_role(role, until_on=today, by=by, at=at)
    if ending.is_access:
        change_person(person, by=by, at=at, is_active=False)
    if any(ending.gaps.values()) and ending.successor is None:
        _tell_administrators(person, ending.gaps, by, at)


def _let_follow(role: Membership, ending: Ending, by: User, at: datetime) -> None:
    """Give a role to whoever follows, unless they hold it anyway."""
    if ending.successor is None:
        return
    first = max(role.from_on, localdate(at) if ending.is_at_once else localdate(at) + DAY)
    held = Membership.objects.on_or_after(first).filter(
        person=ending.successor, role=role.role, **columns_of(role.place)
    )
    if not held.exists() and (role.until_on is None or role.until_on >= first):
        term = Term(first, role.until_on)
        entrust(ending.successor, role=role.role, department=role.place, term=term, by=by, at=at)


def _tell_administrators(person: User, gaps: Mapping[str, Sequence[str]], by: User, at: datetime) -> None:
    others = people_who_can(Can.KEEP_PEOPLE, None, localdate(at)).exclude(pk=by.pk)

    def sentence() -> str:
        left = parted(gaps.get(get_language() or "en", ()))
        words = {"person": person, "left": left}
        return interpolate(_("Rights of %(person)s ended, and this is left to nobody: %(left)s"), words)

    notify(
        others,
        sentence,
        kind="person",
        record_id=person.pk,
        verb="end-role",
        link=person.get_absolute_url(),
        at=at,
    )

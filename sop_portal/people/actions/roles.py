"""Giving and ending roles."""

from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import refuse_unfit
from sop_portal.foundation.kit.formats import day_of_year, joined
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import (
    OF_A_DEPARTMENT,
    OF_A_DIVISION,
    REACH,
    Department,
    Division,
    Membership,
    Place,
    User,
    columns_of,
)
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.checks import takes_part
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.changes import change_row
from sop_portal.people.actions.rights import require_administrator, require_remaining_administrator
from sop_portal.people.terms import Term, days_of_role
from sop_portal.sign_in.actions import log_event
from sop_portal.sign_in.models import SecurityEvent

What = SecurityEvent.What


@transaction.atomic
def give_role(person: User, *, role: str, term: Term, by: User, at: datetime, department: Place = None) -> Membership:
    """Give a person a role, in a department or division, or for the whole organisation; it acts on the next request."""
    require_administrator(by, at)
    if isinstance(department, Department):
        takes_part(department)
    return entrust(person, role=role, term=term, by=by, at=at, department=department)


def entrust(person: User, *, role: str, term: Term, by: User, at: datetime, department: Place = None) -> Membership:
    """Write down that a person holds a role: also in a department that ended, of which another one's head answers."""
    if not person.is_active:
        sentence = interpolate(_("%(person)s may not log in, so no role is given."), {"person": person})
        raise NotReady(sentence, way_out=_("Let the person log in again first."))
    refuse_outside(_("From"), term.from_on, days_of_role(localdate(at)))
    refuse_outside(_("Until"), term.until_on, days_of_role(localdate(at)))
    membership = Membership(
        person=person, role=role, from_on=term.from_on, until_on=term.until_on, **columns_of(department)
    )
    refuse_unfit(membership, ["role", "division"])
    _refuse_misplaced(membership)
    _refuse_held(membership)
    membership.save()
    note("membership", membership, "give-role", by=by, at=at, comment=f"{person.pk} {role}")
    tell_of_role(membership, What.ROLE_GIVEN, by, at)
    return membership


def _refuse_misplaced(wanted: Membership) -> None:
    """A role belongs to a department, a division or to neither, and does not end before it begins."""
    place = Department if wanted.role in OF_A_DEPARTMENT else Division if wanted.role in OF_A_DIVISION else type(None)
    if not isinstance(wanted.place, place):
        raise NotReady(str(REACH), [], _("Choose the department or the division, and none of them for any other role."))
    if wanted.division and not Department.objects.filter(division=wanted.division).exists():
        sentence = interpolate(_("No department belongs to the division “%(name)s”."), {"name": wanted.place})
        raise NotReady(sentence, [], _("Put a department into it first, or choose another division."))
    if wanted.until_on and wanted.until_on < wanted.from_on:
        raise NotReady(_("The last day is before the first."), [], _("Let it end on its first day or later."))


def _refuse_held(wanted: Membership) -> None:
    """A person holds a role of one place once at a time, so that ending it ends it."""
    same = Membership.objects.filter(person=wanted.person, role=wanted.role, **columns_of(wanted.place))
    same = same.on_or_after(wanted.from_on)
    if wanted.until_on:
        same = same.filter(from_on__lte=wanted.until_on)
    if held := same.order_by("from_on", "pk").first():
        words = {"person": wanted.person, "role": held.get_role_display(), "first": day_of_year(held.from_on)}
        sentence = interpolate(_("%(person)s holds this role from %(first)s on already: %(role)s."), words)
        raise NotReady(sentence, [], _("Choose days on which it is not held, or end that one first."))


@transaction.atomic
def end_role(membership: Membership, *, until_on: date, by: User, at: datetime) -> Membership:
    """End a role on a day (its last); a role that has not begun is ended on its first day."""
    require_administrator(by, at)
    refuse_outside(_("Until"), until_on, days_of_role(localdate(at)))
    values = {"until_on": max(until_on, membership.from_on)}
    ended = change_row("membership", membership, "end-role", values, by=by, at=at)
    if ended.role == Role.ADMINISTRATOR:
        require_remaining_administrator(values["until_on"])
    tell_of_role(ended, What.ROLE_ENDED, by, at)
    return ended


@transaction.atomic
def end_role_now(membership: Membership, *, by: User, at: datetime) -> Membership:
    """End a role at once: the person's next request is without it, also with a form that is open."""
    require_administrator(by, at)
    locked = Membership.objects.select_for_update().on_or_after(localdate(at)).filter(pk=membership.pk).first()
    if locked is None:
        raise NotNow(_("This role has ended already."), _("Open the page again to see what is left."))
    last_on = max(localdate(at), locked.from_on)
    change = Change("until_on", str(locked.until_on or ""), str(last_on))
    locked.until_on, locked.ended_at = last_on, at
    locked.save()
    note("membership", locked, "end-role", by=by, at=at, changes=[change])
    if locked.role == Role.ADMINISTRATOR:
        require_remaining_administrator(localdate(at))
    tell_of_role(locked, What.ROLE_ENDED, by, at)
    return locked


def tell_of_role(membership: Membership, what: str, by: User, at: datetime) -> None:
    """Let the person know, in their own language, which role they got or no longer have."""
    with translation.override(membership.person.language):
        about = [membership.get_role_display(), membership.place and membership.place.name]
        if membership.until_on and not membership.ended_at:
            about.append(_("until %(day)s") % {"day": day_of_year(membership.until_on)})
        said = joined(about)
    log_event(membership.person, what, at=at, done_by=by, about=said)


@transaction.atomic
def set_term(membership: Membership, term: Term, *, by: User, at: datetime) -> Membership:
    """Correct from when until when a role is held."""
    require_administrator(by, at)
    days = days_of_role(localdate(at))
    refuse_outside(_("From"), term.from_on, days)
    refuse_outside(_("Until"), term.until_on, days)
    if term.last_on < term.from_on:
        raise NotReady(_("The last day is before the first."), way_out=_("Choose a later last day, or none."))
    values = {"from_on": term.from_on, "until_on": term.until_on}
    membership.ended_at = None
    changed = change_row("membership", membership, "give-role", values, by=by, at=at)
    if changed.role == Role.ADMINISTRATOR:
        require_remaining_administrator(max(localdate(at), term.from_on))
    return changed

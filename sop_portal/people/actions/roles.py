"""Giving and ending roles."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import refuse_unfit
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import ORGANISATION_WIDE, Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.checks import takes_part
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.changes import change_row
from sop_portal.people.actions.rights import require_administrator, require_remaining_administrator
from sop_portal.people.terms import Term, days_of_role


@transaction.atomic
def give_role(
    person: User, *, role: str, term: Term, by: User, at: datetime, department: Department | None = None
) -> Membership:
    """Give a person a role, in a department or for the whole organisation. It acts on the next request."""
    require_administrator(by, at)
    if department is not None:
        takes_part(department)
    return entrust(person, role=role, term=term, by=by, at=at, department=department)


def entrust(
    person: User, *, role: str, term: Term, by: User, at: datetime, department: Department | None = None
) -> Membership:
    """Write down that a person holds a role: also in a department that ended, of which another one's head answers."""
    if not person.is_active:
        sentence = interpolate(_("%(person)s may not log in, so no role is given."), {"person": person})
        raise NotReady(sentence, way_out=_("Let the person log in again first."))
    refuse_outside(_("From"), term.from_on, days_of_role(localdate(at)))
    refuse_outside(_("Until"), term.until_on, days_of_role(localdate(at)))
    membership = Membership(
        person=person, role=role, department=department, from_on=term.from_on, until_on=term.until_on
    )
    refuse_unfit(membership, ["role"])
    _refuse_misplaced(membership)
    _refuse_held(membership)
    membership.save()
    note("membership", membership, "give-role", by=by, at=at, comment=f"{person.pk} {role}")
    return membership


def _refuse_misplaced(wanted: Membership) -> None:
    """A head or lead belongs to a department, every other role to none, and a role does not end before it begins."""
    if (wanted.role in ORGANISATION_WIDE) != (wanted.department is None):
        sentence = _("A head or lead belongs to a department; every other role to none.")
        raise NotReady(sentence, [], _("Choose a department for a head or lead, and none for any other role."))
    if wanted.until_on and wanted.until_on < wanted.from_on:
        raise NotReady(_("The last day is before the first."), [], _("Let it end on its first day or later."))


def _refuse_held(wanted: Membership) -> None:
    """A person holds a role of one place once at a time, so that ending it ends it."""
    same = Membership.objects.filter(person=wanted.person, role=wanted.role, department=wanted.department)
    same = same.filter(Q(until_on=None) | Q(until_on__gte=wanted.from_on))
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
    return ended


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
    changed = change_row("membership", membership, "give-role", values, by=by, at=at)
    if changed.role == Role.ADMINISTRATOR:
        require_remaining_administrator(max(localdate(at), term.from_on))
    return changed

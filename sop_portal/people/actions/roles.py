"""Giving and ending roles."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.changes import change_row
from sop_portal.people.actions.rights import keep_an_administrator, require_administrator
from sop_portal.people.terms import Term, days_of_role


@transaction.atomic
def give_role(
    person: User, *, role: str, term: Term, by: User, at: datetime, department: Department | None = None
) -> Membership:
    """Give a person a role, in a department or for the whole organisation. It acts on the next request."""
    require_administrator(by, at)
    if not person.is_active:
        sentence = interpolate(_("%(person)s may not log in, so no role is given."), {"person": person})
        raise NotReady(sentence, way_out=_("Let the person log in again first."))
    refuse_outside(_("From"), term.from_on, days_of_role(localdate(at)))
    refuse_outside(_("Until"), term.until_on, days_of_role(localdate(at)))
    membership = Membership(
        person=person, role=role, department=department, from_on=term.from_on, until_on=term.until_on
    )
    membership.full_clean()
    membership.save()
    note("membership", membership, "give-role", by=by, at=at, comment=f"{person.pk} {role}")
    return membership


@transaction.atomic
def end_role(membership: Membership, *, until_on: date, by: User, at: datetime) -> Membership:
    """End a role on a day (its last); a role that has not begun is ended on its first day."""
    require_administrator(by, at)
    refuse_outside(_("Until"), until_on, days_of_role(localdate(at)))
    values = {"until_on": max(until_on, membership.from_on)}
    ended = change_row("membership", membership, "end-role", values, by=by, at=at)
    if ended.role == Role.ADMINISTRATOR:
        keep_an_administrator(values["until_on"])
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
        keep_an_administrator(max(localdate(at), term.from_on))
    return changed

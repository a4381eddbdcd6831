"""Taking departments, people and roles out again that came in by mistake, while nothing rests on them."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.fitting import refuse_unfit
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import Department, DepartmentName, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.taking_out import take_out
from sop_portal.people.actions.changes import change_row
from sop_portal.people.actions.rights import require_administrator, require_remaining_administrator


@transaction.atomic
def take_out_department(department: Department, *, by: User, at: datetime) -> None:
    """Take a department out that nothing rests on."""
    require_administrator(by, at)
    take_out("department", department, called=department.name, by=by, at=at)


@transaction.atomic
def take_out_person(person: User, *, by: User, at: datetime) -> None:
    """Take a person out who was not invited, never acted and holds no role."""
    require_administrator(by, at)
    if person.is_let_in or Entry.objects.filter(by_id=person.pk).exists():
        sentence = interpolate(_("%(person)s was invited or has acted already."), {"person": person})
        raise NotReady(sentence, way_out=_("End the access on the person’s page instead."))
    take_out("person", person, called=person.name, by=by, at=at)


@transaction.atomic
def take_out_role(membership: Membership, *, by: User, at: datetime) -> None:
    """Take a role out that nobody has acted in."""
    require_administrator(by, at)
    person = membership.person
    if Entry.objects.filter(by_id=person.pk, at__date__gte=membership.from_on).exclude(by_id=by.pk).exists():
        sentence = interpolate(_("%(person)s has acted since the role was given."), {"person": person})
        raise NotReady(sentence, way_out=_("End the role on the person’s page instead."))
    take_out("membership", membership, called=str(membership.get_role_display()), by=by, at=at)
    if membership.role == Role.ADMINISTRATOR:
        require_remaining_administrator(localdate(at))


@transaction.atomic
def name_back(department: Department, name: str, *, by: User, at: datetime) -> Department:
    """Give a department the name back that it had before, as if it had never been called otherwise."""
    require_administrator(by, at)
    refuse_unfit(Department(name=name), ["name"])
    if not DepartmentName.objects.filter(department=department, name=name).delete()[0]:
        sentence = interpolate(_("%(department)s was never called so."), {"department": department})
        raise NotReady(sentence, way_out=_("Change the name on the department’s page."))
    return change_row("department", department, "change-department", {"name": name}, by=by, at=at)

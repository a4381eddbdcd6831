"""Who can lead a project of a department: its project leads and its head."""

from datetime import date

from django.db.models import QuerySet

from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Role


def who_may_lead(department_id: int, on: date) -> QuerySet[User]:
    """Those who hold such a role in the department on a day, by name."""
    people = Membership.objects.on(on).filter(role__in=[Role.LEAD, Role.HEAD], department_id=department_id)
    return User.objects.filter(pk__in=people.values("person_id"), is_active=True).order_by("name")

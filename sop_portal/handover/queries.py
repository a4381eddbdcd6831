"""What somebody who leaves is responsible for: roles, projects, measures, deputyships; and who acts in a department."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from evaluations.models import Measure
from planning.models import Cycle, Project
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, User
from sop_portal.foundation.organisation.roles import Role

ENDED_STATES = [Project.State.EVALUATED, Project.State.CANCELLED]


@dataclass(frozen=True)
class Responsibilities:
    """Everything that needs somebody else."""

    roles: list[Membership]
    projects: list[Project]
    measures: list[Measure]
    deputyships: list[Delegation]

    def __bool__(self) -> bool:
        return bool(self.roles or self.projects or self.measures or self.deputyships)


def responsibilities_of(person: User, on: date) -> Responsibilities:
    """What a person holds on a day or will hold later; nothing of years and projects that are over."""
    roles = Membership.objects.on_or_after(on).filter(person=person)
    projects = Project.objects.filter(lead=person).exclude(
        Q(state__in=ENDED_STATES) | Q(cycle__state=Cycle.State.CLOSED)
    )
    measures = Measure.objects.filter(owner=person, state=Measure.State.ADOPTED)
    lent = Delegation.objects.on_or_after(on).filter(Q(deputy=person) | Q(giver=person))
    return Responsibilities(
        list(roles.select_related("department").order_by("pk")),
        list(projects.select_related("cycle", "department").order_by("pk")),
        list(measures.select_related("cycle", "department").order_by("pk")),
        list(lent.select_related("giver", "deputy").order_by("pk")),
    )


def members_of(department: Department, on: date) -> list[Membership]:
    """Who acts in a department on a day or later."""
    found = Membership.objects.on_or_after(on).filter(department=department)
    return list(found.select_related("person").order_by("pk"))


def holders(role: Role, department: Department, on: date) -> list[User]:
    """Who holds a role in a department on a day and may log in."""
    held = Membership.objects.on(on).filter(role=role, department=department).values("person_id")
    return list(User.objects.filter(pk__in=held, is_active=True).order_by("pk"))


def leads_of(departments: Collection[int]) -> list[User]:
    """Who leads a project of these departments that is not over, and may log in."""
    projects = Project.objects.filter(department__in=departments, lead__isnull=False)
    running = projects.exclude(Q(state__in=ENDED_STATES) | Q(cycle__state=Cycle.State.CLOSED))
    return list(User.objects.filter(pk__in=running.values("lead"), is_active=True).order_by("pk"))


def informed_of_merger(department: Department) -> list[User]:
    """Who was told that a department became part of another, by name."""
    notified = Notice.objects.filter(kind="department", record_id=department.pk, verb="merge-department")
    return list(User.objects.filter(pk__in=notified.values("person_id")).order_by("name", "pk"))

"""What somebody carries who leaves: roles, projects they lead, measures they own, and for whom they stand in."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from evaluations.models import Measure
from planning.models import Cycle, Project
from sop_portal.foundation.organisation.models import Delegation, Membership, User

ENDED = [Project.State.EVALUATED, Project.State.CANCELLED]


@dataclass(frozen=True)
class Belongings:
    """Everything that needs somebody else."""

    roles: list[Membership]
    projects: list[Project]
    measures: list[Measure]
    deputyships: list[Delegation]

    def __bool__(self) -> bool:
        return bool(self.roles or self.projects or self.measures or self.deputyships)


def belongings_of(person: User, on: date) -> Belongings:
    """What a person holds on a day or will hold later; nothing of years and projects that are over."""
    roles = Membership.objects.filter(Q(until_on=None) | Q(until_on__gte=on), person=person)
    projects = Project.objects.filter(lead=person).exclude(Q(state__in=ENDED) | Q(cycle__state=Cycle.State.CLOSED))
    measures = Measure.objects.filter(owner=person, state=Measure.State.ADOPTED)
    lent = Delegation.objects.filter(Q(deputy=person) | Q(giver=person), until_on__gte=on)
    return Belongings(
        list(roles.select_related("department").order_by("pk")),
        list(projects.select_related("cycle", "department").order_by("pk")),
        list(measures.select_related("cycle", "department").order_by("pk")),
        list(lent.select_related("giver", "deputy").order_by("pk")),
    )

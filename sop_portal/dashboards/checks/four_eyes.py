"""Decisions that four eyes would leave to nobody, worked out from who holds which role on a day."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sop_portal.foundation.organisation.models import Delegation, Department, Membership
from sop_portal.foundation.organisation.roles import (
    ONLY_WHEN_NAMED,
    ROLES,
    Can,
    Role,
    Scope,
    roles_that,
    stands_for_departments,
)
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.stages import ALL_WORKFLOWS

People = frozenset[int]


@dataclass(frozen=True)
class Stuck:
    """A decision nobody could take: which, for which department, and the one person who is left with it."""

    can: Can
    department_id: int | None
    person_id: int
    is_head: bool

    @property
    def role(self) -> Role:
        """The role that decides."""
        return roles_that(self.can)[0]


@dataclass(frozen=True)
class Holders:
    """Who holds which role where, read once."""

    held: dict[tuple[Role, int | None], People]
    # Who stands in for somebody, in which role or in all: what they write, the other decides.
    lent: dict[tuple[int, str], People] = field(default_factory=dict)

    @classmethod
    def on(cls, day: date, without: Collection[int] = ()) -> "Holders":
        """Everybody who may log in, with the roles of that day; as if some of these had ended."""
        found: dict[tuple[Role, int | None], set[int]] = defaultdict(set)
        rows = Membership.objects.on(day).filter(person__is_active=True).exclude(pk__in=without)
        for role, department, person in rows.places():
            found[Role(role), department].add(person)
        lent: dict[tuple[int, str], set[int]] = defaultdict(set)
        deputies = Delegation.objects.on(day).filter(deputy__is_active=True)
        for giver, role, deputy in deputies.values_list("giver_id", "role", "deputy_id"):
            lent[giver, role].add(deputy)
        return cls(
            {place: frozenset(people) for place, people in found.items()},
            {key: frozenset(people) for key, people in lent.items()},
        )

    def who(self, can: Can, department_id: int | None) -> People:
        """Those whose role allows an act on what a department has."""
        places = [(role, None if ROLES[role].scope == Scope.ALL else department_id) for role in roles_that(can)]
        return frozenset().union(*(self.held.get(place, frozenset()) for place in places))

    def who_writes(self, can: Can, department_id: int | None) -> People:
        """Those who write something, and the deputies who write it for them."""
        own = self.who(can, department_id)
        named = ("", *roles_that(can))
        deputies = (self.lent.get((person, role), frozenset()) for person in own for role in named)
        return own.union(*deputies)

    def heads(self, department_id: int | None, can: Can) -> People:
        """The heads of a department, and whoever counts as its head where this is decided."""
        places = [(role, department_id) for role in stands_for_departments(can)]
        return frozenset().union(*(self.held.get(place, frozenset()) for place in places))


def stuck_decisions(day: date, without: Collection[int] = ()) -> list[Stuck]:
    """Every decision that nobody could take on this day, once for each department it is stuck in."""
    holders = Holders.on(day, without)
    departments = list(Department.objects.filter(is_active=True).order_by("name").values_list("pk", flat=True))
    found: dict[tuple[Can, int | None], Stuck] = {}
    for workflow in ALL_WORKFLOWS:
        for stuck in _stuck_in(workflow, holders, departments):
            found.setdefault((stuck.can, stuck.department_id), stuck)
    order = {department: place for place, department in enumerate(departments)}
    return sorted(found.values(), key=lambda stuck: (stuck.can, order.get(stuck.department_id or 0, -1)))


def _stuck_in(workflow: Workflow[Any], holders: Holders, departments: Iterable[int]) -> Iterator[Stuck]:
    """The stuck decisions on one kind of record: who writes it, and who is left to decide on it."""
    deciding = {Can(step.by) for step in workflow.steps if step.four_eyes and step.main} - ONLY_WHEN_NAMED
    writing = {Can(step.by) for step in workflow.steps if step.authors}
    places = departments if _is_of_a_department(writing) else [None]
    for can in sorted(deciding):
        for department in places:
            writers = frozenset().union(*(holders.who_writes(writes, department) for writes in writing))
            heads = holders.heads(department, can)
            stuck = left_with(holders.who(can, department), writers, heads)
            if stuck:
                yield Stuck(can, department, stuck, stuck in heads)


def _is_of_a_department(writing: Collection[Can]) -> bool:
    """Whether what is written belongs to a department: somebody who reaches no further writes it, or anybody may."""
    return not writing or any(ROLES[role].scope != Scope.ALL for can in writing for role in roles_that(can))


def left_with(able: People, writers: People, heads: People) -> int | None:
    """Whom a decision is left to although four eyes bar them: they head the department, or alone wrote and decide.

    None where somebody else can decide, or where nobody holds the role at all.
    """
    free = able - heads
    if able and not free:
        return min(able)
    alone = len(free) == 1 and writers == free
    return min(free) if alone else None

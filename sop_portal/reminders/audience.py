"""Who is reminded: those who owe, and step by step those who can help. Worked out from memberships read once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sop_portal.foundation.organisation.actor import AWAY_AT_MOST, needs_a_name
from sop_portal.foundation.organisation.models import Delegation, Membership
from sop_portal.foundation.organisation.roles import ROLES, Can, Role, Scope, roles_that, stands_for_departments
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.schedule import Occurrence, Plan

DEPUTY_TOO, SUPERIOR_TOO, ADMINISTRATOR_TOO = 1, 3, 5


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who stands in for somebody, in which role (or in all), and whether that somebody is away meanwhile."""

    person_id: int
    role: str
    is_away: bool


@dataclass(frozen=True, slots=True)
class Involvement:
    """What a person has to do with a deadline: they owe it, or stand in for its owners, or could help them."""

    kind: Literal["owes", "stands in", "helps"]
    owner_ids: tuple[int, ...] = ()


OWES = Involvement("owes")


@dataclass
class Directory:
    """Every role and deputy in force on a day."""

    holders: dict[tuple[str, int | None], list[int]] = field(default_factory=dict)
    deputies: dict[int, list[Deputy]] = field(default_factory=dict)
    _owners: dict[tuple[Can, int | None, int | None], tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def on(cls, day: date) -> "Directory":
        """Read the roles and deputies of a day, in two queries."""
        directory = cls()
        held = Membership.objects.on(day).filter(person__is_active=True).order_by("person_id")
        for role, department_id, person_id in held.places():
            directory.holders.setdefault((role, department_id), []).append(person_id)
        delegations = Delegation.objects.on(day).filter(deputy__is_active=True, giver__is_active=True)
        rows = delegations.order_by("deputy_id").values_list("giver_id", "deputy_id", "role", "from_on", "until_on")
        for giver, deputy, role, first, last in rows:
            directory.deputies.setdefault(giver, []).append(Deputy(deputy, role, last - first <= AWAY_AT_MOST))
        return directory

    def heads(self, department_id: int | None) -> list[int]:
        """Who heads a department."""
        return self.holders.get((Role.HEAD, department_id), []) if department_id else []

    def standing_for(self, department_id: int | None, can: Can) -> list[int]:
        """Who heads a department, or counts as its head where four eyes decide."""
        roles = stands_for_departments(can) if department_id else []
        return [person for role in roles for person in self.holders.get((role, department_id), [])]

    def stand_ins_of(self, people: Iterable[int]) -> set[int]:
        """Whoever stands in for one of these people, in whichever role."""
        return {deputy.person_id for one in people for deputy in self.deputies.get(one, ())}

    def who_can(self, can: Can, department_id: int | None, lead_id: int | None) -> tuple[int, ...]:
        """Everybody whose own role allows an act here; where it names one of them, that person alone."""
        key = (can, department_id, lead_id)
        if key not in self._owners:
            found = {p for role in roles_that(can) for p in self._in_role(role, can, department_id, lead_id)}
            self._owners[key] = (lead_id,) if lead_id in found else tuple(sorted(found))
        return self._owners[key]

    def _in_role(self, role: Role, can: Can, department_id: int | None, lead_id: int | None) -> list[int]:
        scope = ROLES[role].scope
        people = self.holders.get((role, None if scope == Scope.ALL else department_id), [])
        return [p for p in people if p == lead_id] if needs_a_name(scope, can) else people

    def concerns(self, person: int, owed: Owed) -> bool:
        """Whether somebody could still be told of a deadline: they owe it, stand in, or can help when it is late."""
        owner_ids = owners(owed, self)
        if person in owner_ids or person in self.stand_ins(owed, owner_ids, away_only=False):
            return True
        helping = [*superiors(owed, owner_ids, self), *self.holders.get((Role.ADMINISTRATOR, None), [])]
        return owed.due_on is not None and person in helping

    def deputies_of(self, people: Iterable[int], can: Can, *, away_only: bool) -> set[int]:
        """The deputies of these people in a role that allows the act."""
        roles = {"", *roles_that(can)}
        deputies = (deputy for person in people for deputy in self.deputies.get(person, ()))
        return {deputy.person_id for deputy in deputies if deputy.role in roles and (deputy.is_away or not away_only)}

    def stand_ins(self, owed: Owed, people: Iterable[int], *, away_only: bool) -> set[int]:
        """The deputies who can do for these people what is owed; nobody replies or reads for somebody else."""
        return set() if owed.owner_ids is not None else self.deputies_of(people, owed.can, away_only=away_only)

    def involvement(self, person: int, owner_ids: Collection[int], can: Can) -> Involvement:
        """What somebody who is told has to do with what these people owe."""
        if person in owner_ids:
            return OWES
        stood_in_for = tuple(owner for owner in owner_ids if person in self.deputies_of([owner], can, away_only=False))
        return Involvement("stands in", stood_in_for) if stood_in_for else Involvement("helps", tuple(owner_ids))


def owners(owed: Owed, directory: Directory) -> list[int]:
    """The people who owe the step: who may take it, without those whom four eyes keep from it."""
    if owed.owner_ids is not None:
        return sorted(owed.owner_ids)
    people = directory.who_can(owed.can, owed.department_id, owed.lead_id)
    return [person for person in people if not is_barred(person, owed, directory)]


def audience(owed: Owed, occurrence: Occurrence, plan: Plan, directory: Directory) -> list[int]:
    """Everybody who is told at one moment, without doubles."""
    owner_ids = owners(owed, directory)
    with_deputies = occurrence.kind == "late" and occurrence.days >= DEPUTY_TOO
    with_deputies |= occurrence.kind == "waits" and occurrence.days > min(plan.decisions, default=0)
    people = set(owner_ids) | directory.stand_ins(owed, owner_ids, away_only=not with_deputies)
    people = {person for person in people if not is_barred(person, owed, directory)}
    if occurrence.kind == "late" and occurrence.days >= SUPERIOR_TOO:
        people |= set(superiors(owed, owner_ids, directory))
    if occurrence.kind == "late" and occurrence.days >= ADMINISTRATOR_TOO:
        people |= set(directory.holders.get((Role.ADMINISTRATOR, None), []))
    return sorted(people)


def superiors(owed: Owed, owner_ids: list[int], directory: Directory) -> list[int]:
    """The head of the department, or management where it is the head's own or the whole organisation's.

    Where four eyes keep the head from it, the head cannot help either.
    """
    heads = [] if owed.four_eyes else directory.heads(owed.department_id)
    if heads and not set(heads) & set(owner_ids):
        return heads
    return directory.holders.get((Role.MANAGEMENT, None), [])


def is_barred(person: int, owed: Owed, directory: Directory) -> bool:
    """Who worked on it or heads its department is no second pair of eyes, and neither is whoever stands in for them.

    Who decides in a role of their own may stand in for somebody who worked on it.
    """
    if not owed.four_eyes:
        return False
    heads = directory.standing_for(owed.department_id, owed.can)
    if person in {*owed.barred, *heads, *directory.stand_ins_of(heads)}:
        return True
    holds_it = person in directory.who_can(owed.can, owed.department_id, owed.lead_id)
    return not holds_it and person in directory.stand_ins_of(owed.barred)

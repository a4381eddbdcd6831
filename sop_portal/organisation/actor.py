"""A person on a day, with the rights they hold then: their own and those lent to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from sop_portal.organisation.models import ORGANISATION_WIDE, Delegation, Membership, User
from sop_portal.organisation.roles import ONLY_WHEN_NAMED, ROLES, Can, Role, Scope, roles_that

# Whoever is deputy for longer stands by all year and hears of what is late; for a shorter time the giver is away.
AWAY_AT_MOST = timedelta(days=60)


@dataclass(frozen=True)
class Grant:
    """One role held on a day; `behalf` is the person it was lent by."""

    role: Role
    department_id: int | None
    behalf: int | None = None

    def reaches(self, person_id: int, record: Any, can: Can | None = None) -> bool:
        """Whether this role covers the record: everything, its department, or what names the person."""
        scope = ROLES[self.role].scope
        if record is None:
            return True
        is_named = getattr(record, "lead_id", None) == (self.behalf or person_id)
        if scope == Scope.ALL:
            return is_named or can not in ONLY_WHEN_NAMED
        return self.department_id == getattr(record, "department_id", None) and (scope == Scope.DEPARTMENT or is_named)


@dataclass(frozen=True)
class Actor:
    """Who is acting: one person, on one civil day, with every role in force."""

    user: User
    on: date
    grants: tuple[Grant, ...]

    @classmethod
    def of(cls, user: User, on: date | datetime) -> "Actor":
        """Read the person's roles of that day, own and delegated, in one query each."""
        day = timezone.localdate(on) if isinstance(on, datetime) else on
        own = tuple(Grant(Role(m.role), m.department_id) for m in Membership.objects.on(day).filter(person=user))
        return cls(user, day, own + lent_to(user, day))

    @cached_property
    def sees_everything(self) -> bool:
        """Whether one of the roles covers the whole organisation."""
        return any(ROLES[grant.role].scope == Scope.ALL for grant in self.grants)

    @cached_property
    def department_ids(self) -> frozenset[int]:
        """The departments whose records this person may see."""
        return frozenset(grant.department_id for grant in self.grants if grant.department_id)

    @cached_property
    def headed_ids(self) -> frozenset[int]:
        """The departments this person heads (a deputy counts as head)."""
        return frozenset(g.department_id for g in self.grants if g.role == Role.HEAD and g.department_id)

    @cached_property
    def roles(self) -> list[Role]:
        """Every role held, in the order of the policy page."""
        held = {grant.role for grant in self.grants}
        return [role for role in ROLES if role in held]

    def authorities(self, can: Can, record: Any = None) -> list[Grant]:
        """The roles that allow an act on a record, own ones before borrowed ones."""
        fitting = [g for g in self.grants if can in ROLES[g.role].may and g.reaches(self.user.pk, record, can)]
        return sorted(fitting, key=lambda grant: grant.behalf or 0)

    def may(self, can: Can, record: Any = None) -> bool:
        """Whether this person may do something to a record (or, without one, to any record at all)."""
        return bool(self.authorities(can, record))


def lent_to(user: User, day: date) -> tuple[Grant, ...]:
    """What others lend to a deputy on a day. Only own roles can be lent: there are no chains."""
    lendings = list(Delegation.objects.filter(deputy=user, from_on__lte=day, until_on__gte=day))
    if not lendings:
        return ()
    wanted = {lending.giver_id: lending.role for lending in lendings}
    held = Membership.objects.on(day).filter(person_id__in=wanted, person__is_active=True)
    return tuple(
        Grant(Role(m.role), m.department_id, behalf=m.person_id)
        for m in held
        if any(lending.giver_id == m.person_id and lending.role in ("", m.role) for lending in lendings)
    )


def people_who_can(can: Can, record: Any, on: date) -> QuerySet[User]:
    """Everybody whose own role allows an act on a record on a day, by name; deputies are not counted."""
    reach = Q(pk__in=[])
    for role in roles_that(can):
        scope = ROLES[role].scope
        in_role = Q(role=role)
        if scope != Scope.ALL:
            in_role &= Q(department_id=getattr(record, "department_id", None))
        if scope == Scope.PROJECTS or (scope == Scope.ALL and can in ONLY_WHEN_NAMED):
            in_role &= Q(person_id=getattr(record, "lead_id", None))
        reach |= in_role
    holders = Membership.objects.on(on).filter(reach).values("person_id")
    return User.objects.filter(pk__in=holders, is_active=True).order_by("name")


def people_who_see(record: Any, on: date) -> QuerySet[User]:
    """Everybody who may see a record on a day: of the whole organisation, of its department, and their deputies."""
    here = Q()
    if record.department_id is not None:
        here = Q(role__in=ORGANISATION_WIDE) | Q(department_id=record.department_id)
    holders = Membership.objects.on(on).filter(here)
    lent = Delegation.objects.filter(giver_id__in=holders.values("person_id"), from_on__lte=on, until_on__gte=on)
    seeing = Q(pk__in=holders.values("person_id")) | Q(pk__in=lent.values("deputy_id"))
    return User.objects.filter(seeing, is_active=True)


def deputies_of(people: Collection[int], can: Can, on: date) -> QuerySet[User]:
    """Who stands in for these people, in a role that allows an act, while they are away."""
    lendings = Delegation.objects.filter(
        giver_id__in=people, role__in=["", *roles_that(can)], from_on__lte=on, until_on__gte=on
    )
    rows = lendings.values_list("deputy_id", "from_on", "until_on")
    away = {deputy for deputy, first, last in rows if last - first <= AWAY_AT_MOST}
    return User.objects.filter(pk__in=away, is_active=True).order_by("name")

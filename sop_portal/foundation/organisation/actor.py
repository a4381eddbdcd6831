"""A person on a day, with the rights they hold then: their own and those lent to them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Protocol

from django.db import connection
from django.db.models import DateTimeField, Exists, ExpressionWrapper, Model, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from sop_portal.foundation.organisation.models import (
    ORGANISATION_WIDE,
    Delegation,
    Department,
    Membership,
    User,
    held_in,
)
from sop_portal.foundation.organisation.roles import (
    ONLY_WHEN_NAMED,
    ROLES,
    Can,
    Role,
    Scope,
    roles_that,
    stands_for_departments,
)

# Whoever is deputy for longer stands by all year and hears of what is late; for a shorter time the giver is away.
AWAY_AT_MOST = timedelta(days=60)

# Every page begins with this one: own roles first, then those of whoever is away and lends one, or all of them.
# A role in a division is one in each of its departments.
# Whoever may no longer log in holds none.
HELD = """
SELECT own.role, COALESCE(own.department_id, part.id) AS department_id, NULL AS behalf, own.id AS id
FROM organisation_membership own
LEFT JOIN organisation_department part ON own.division <> '' AND part.division = own.division
WHERE own.person_id = %(person)s AND own.from_on <= %(day)s AND (own.division = '' OR part.id IS NOT NULL)
  AND (own.until_on IS NULL OR own.until_on > %(day)s OR (own.until_on = %(day)s AND own.ended_at IS NULL))
  AND own.person_id IN (SELECT id FROM organisation_user WHERE id = %(person)s AND is_active)
UNION
SELECT own.role, COALESCE(own.department_id, part.id), own.person_id, own.id
FROM organisation_delegation lent
JOIN organisation_user giver ON giver.id = lent.giver_id AND giver.is_active
JOIN organisation_membership own ON own.person_id = lent.giver_id AND lent.role IN ('', own.role)
LEFT JOIN organisation_department part ON own.division <> '' AND part.division = own.division
WHERE lent.deputy_id IN (SELECT id FROM organisation_user WHERE id = %(person)s AND is_active)
  AND lent.from_on <= %(day)s AND (lent.until_on > %(day)s OR (lent.until_on = %(day)s AND lent.ended_at IS NULL))
  AND own.from_on <= %(day)s AND (own.division = '' OR part.id IS NOT NULL)
  AND (own.until_on IS NULL OR own.until_on > %(day)s OR (own.until_on = %(day)s AND own.ended_at IS NULL))
ORDER BY behalf NULLS FIRST, id
"""


class OfDepartment(Protocol):
    """A record that stands in a department, or in none."""

    @property
    def department_id(self) -> int | None: ...


@dataclass(frozen=True)
class Grant:
    """One role held on a day; `behalf` is the person it was lent by."""

    role: Role
    department_id: int | None
    behalf: int | None = None

    def reaches(self, person_id: int, record: Model | None, can: Can | None = None) -> bool:
        """Whether this role covers the record: everything, its department, or what names the person."""
        scope = ROLES[self.role].scope
        if record is None:
            return True
        is_named = getattr(record, "lead_id", None) == (self.behalf or person_id)
        is_here = scope == Scope.ALL or self.department_id == getattr(record, "department_id", None)
        return is_here and (is_named or not needs_a_name(scope, can))


def needs_a_name(scope: Scope, can: Can | None) -> bool:
    """Whether a role of this reach may do it only where the record names the person."""
    return scope == Scope.PROJECTS or (scope in (Scope.ALL, Scope.DIVISION) and can in ONLY_WHEN_NAMED)


@dataclass(frozen=True)
class Actor:
    """Who is acting: one person, on one civil day, with every role in force."""

    user: User
    on: date
    grants: tuple[Grant, ...]

    @classmethod
    def of(cls, user: User, on: date | datetime) -> "Actor":
        """The person's roles of that day, own and delegated, in one query; within a request they are read once."""
        day = timezone.localdate(on) if isinstance(on, datetime) else on
        known: Actor | None = getattr(user, "actor_of_request", None)
        return known if known and known.on == day else cls(user, day, grants_of(user, day))

    @classmethod
    def of_request(cls, user: User, day: date) -> "Actor":
        """Who makes a request: page, form and act ask the same roles, those in force when it began."""
        actor = cls(user, day, grants_of(user, day))
        user.actor_of_request = actor  # type: ignore[attr-defined]
        return actor

    @cached_property
    def shown(self) -> set[Model]:
        """What the page of this request found among the records this person may see, for its act to know."""
        return set()

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

    def counts_as_head(self, department_id: int | None, can: Can) -> bool:
        """Whether what a department does is this person's own side, where four eyes decide: its head's, or above."""
        held = {grant.role for grant in self.grants if department_id and grant.department_id == department_id}
        return not held.isdisjoint(stands_for_departments(can))

    @cached_property
    def stood_in_for(self) -> list[tuple[int, date]]:
        """Whom this person stands in for, or ever did, each with the last day of it: in whichever role."""
        begun = Delegation.objects.filter(deputy=self.user, from_on__lte=self.on).order_by("pk")
        return list(begun.values_list("giver_id", "until_on"))

    @cached_property
    def roles(self) -> list[Role]:
        """Every role held, in the order of the policy page."""
        held = {grant.role for grant in self.grants}
        return [role for role in ROLES if role in held]

    def authorities(self, can: Can, record: Model | None = None) -> list[Grant]:
        """The roles that allow an act on a record, own ones before those lent to them."""
        fitting = [g for g in self.grants if can in ROLES[g.role].may and g.reaches(self.user.pk, record, can)]
        return sorted(fitting, key=lambda grant: grant.behalf or 0)

    def may(self, can: Can, record: Model | None = None) -> bool:
        """Whether this person may do something to a record (or, without one, to any record at all)."""
        return bool(self.authorities(can, record))


def grants_of(user: User, day: date) -> tuple[Grant, ...]:
    """Own roles, then what others lend to a deputy. Only own roles can be lent: there are no chains."""
    with connection.cursor() as cursor:
        cursor.execute(HELD, {"person": user.pk, "day": day})
        return tuple(Grant(Role(role), department_id, behalf) for role, department_id, behalf, __ in cursor.fetchall())


def people_who_can(can: Can, record: Model | None, on: date) -> QuerySet[User]:
    """Everybody whose own role allows an act on a record on a day, by name; deputies are not counted."""
    reach = Q(pk__in=[])
    for role in roles_that(can):
        scope = ROLES[role].scope
        in_role = Q(role=role)
        if scope != Scope.ALL:
            in_role &= held_in(getattr(record, "department_id", None))
        if needs_a_name(scope, can):
            in_role &= Q(person_id=getattr(record, "lead_id", None))
        reach |= in_role
    holders = Membership.objects.on(on).filter(reach).values("person_id")
    return User.objects.filter(pk__in=holders, is_active=True).order_by("name")


def people_who_see(record: OfDepartment, on: date) -> QuerySet[User]:
    """Everybody who may see a record on a day: of the whole organisation, of its department, and their deputies."""
    here = Q()
    if record.department_id is not None:
        here = Q(role__in=ORGANISATION_WIDE) | held_in(record.department_id)
    holders = Membership.objects.on(on).filter(here)
    lent = Delegation.objects.on(on).filter(giver_id__in=holders.values("person_id"))
    seeing = Q(pk__in=holders.values("person_id")) | Q(pk__in=lent.values("deputy_id"))
    return User.objects.filter(seeing, is_active=True)


def wrote_for_its_department() -> Q:
    """The condition on a row that whoever wrote it held a role in the row's department then, their own or lent."""
    day = TruncDate(ExpressionWrapper(OuterRef("at"), DateTimeField()))
    then, here = {"from_on__lte": day}, OuterRef("department_id")
    divisions = Department.objects.filter(pk=OuterRef(here)).exclude(division="").values("division")
    own = Membership.objects.filter(Q(until_on=None) | Q(until_on__gte=day), person_id=OuterRef("by_id"), **then)
    lent = Delegation.objects.filter(until_on__gte=day, deputy_id=OuterRef("by_id"), **then)
    in_lent = Q(giver__memberships__department_id=here) | Q(giver__memberships__division__in=divisions)
    in_own = Q(department_id=here) | Q(division__in=divisions)
    return Q(Exists(own.filter(in_own))) | Q(Exists(lent.filter(in_lent)))


def stand_ins(people: Collection[int], can: Can, on: date) -> list[tuple[int, User]]:
    """Who is away, with each person who stands in for them in a role that allows an act, by name."""
    rows = Delegation.objects.on(on).filter(
        giver_id__in=people, role__in=["", *roles_that(can)], deputy__is_active=True
    )
    rows = rows.select_related("deputy").order_by("deputy__name", "pk")
    return [(row.giver_id, row.deputy) for row in rows if row.until_on - row.from_on <= AWAY_AT_MOST]

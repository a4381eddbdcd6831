"""Handing over: everything of a person who leaves to a successor, and a whole department to another one."""

from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from evaluations.improvements.actions import notify_planners
from evaluations.improvements.workflow import MEASURE
from evaluations.models import Measure
from planning.forecasts.actions import carry_over_to_heir
from planning.models import Project
from planning.projects.actions import history_changed, history_locked
from planning.projects.workflow import PROJECT
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.lineage import lineage
from sop_portal.foundation.organisation.models import Delegation, Department, Membership, Place, User, columns_of
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import lock, note
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.handover.queries import holders, leads_of, members_of, responsibilities_of
from sop_portal.people import actions as people
from sop_portal.people.terms import Term, days_of_leaving, days_without, why_past

DAY = timedelta(days=1)
RecordT = TypeVar("RecordT", Project, Measure)


@transaction.atomic
def hand_over(person: User, to: User, *, last_on: date, by: User, at: datetime) -> None:
    """Give everything of a person who leaves to a successor: they act from now on, the other one until a last day."""
    people.require_administrator(by, at)
    if person.pk == to.pk or not to.is_active:
        sentence = _("The successor must be somebody else who may log in.")
        raise NotReady(sentence, [], _("Choose another person, or let that one log in again first."))
    today = localdate(at)
    if way_out := why_past(last_on, today):
        raise NotReady(_("The last day cannot be in the past."), [], way_out)
    refuse_outside(_("Last day"), last_on, days_of_leaving(today))
    held = responsibilities_of(person, today)
    if not held:
        way_out = _("If the person leaves, end their access on their own page.")
        raise NotReady(_("There is nothing to hand over."), [], way_out)
    for role in held.roles:
        _take_role(to, role.role, role.place, Term(max(today, role.from_on), role.until_on), by, at)
        people.end_role(role, until_on=min(last_on, role.until_on or last_on), by=by, at=at)
    for project in held.projects:
        _pass_on(PROJECT, project, "lead", to, by, at)
    for measure in held.measures:
        notify_planners(_pass_on(MEASURE, measure, "owner", to, by, at))
    for lent in held.deputyships:
        if lent.until_on > last_on:
            _end_deputyship(lent, person, last_on, by, at)
    note("person", person, "hand-over", by=by, at=at, changes=[Change("successor", "", str(to.pk))])
    notify(
        [to],
        lambda: interpolate(_("%(person)s handed over to you: what they owed waits for you"), {"person": person}),
        kind="person",
        record_id=person.pk,
        verb="hand-over",
        link=reverse("my-work"),
        at=at,
    )


def _take_role(person: User, role: str, place: Place, term: Term, by: User, at: datetime) -> None:
    """Give a role on the days on which they do not hold it anyway."""
    held = Membership.objects.filter(person=person, role=role, **columns_of(place)).order_by("from_on", "pk")
    for missing in days_without(term, [(row.from_on, row.until_on) for row in held]) if person.is_active else ():
        people.entrust(person, role=role, department=place, term=missing, by=by, at=at)


def _pass_on(workflow: Workflow[Any], record: RecordT, field: str, to: User, by: User, at: datetime) -> RecordT:
    """Name somebody else on a record; who worked on it before stays known."""
    locked: RecordT = lock(record)
    change = Change(field, str(getattr(locked, f"{field}_id")), str(to.pk))
    setattr(locked, field, to)
    locked.version += 1
    locked.save()
    note(workflow.kind, locked, "hand-over", by=by, at=at, changes=[change])
    return locked


def _end_deputyship(lent: Delegation, person: User, on: date, by: User, at: datetime) -> None:
    people.end_delegation(lent, on=on, by=by, at=at)
    if lent.deputy_id == person.pk:
        notify(
            [lent.giver],
            lambda: interpolate(_("%(person)s no longer stands in for you"), {"person": person}),
            kind="delegation",
            record_id=lent.pk,
            verb="end-delegation",
            link=reverse("account"),
            at=at,
        )


@transaction.atomic
def merge(department: Department, into: Department, *, by: User, at: datetime) -> Department:
    """Let a department become part of another: its head answers for what is open, and it plans no year of its own."""
    people.require_administrator(by, at)
    with history_locked():
        list(Department.objects.select_for_update().filter(pk__in=[department.pk, into.pk]).order_by("pk"))
    department.refresh_from_db()
    into.refresh_from_db()
    heads = holders(Role.HEAD, into, localdate(at))
    _refuse_impossible(department, into, heads)
    before = holders(Role.HEAD, department, localdate(at))
    earlier = lineage().ancestors_of(department.pk)
    for part in (department, *Department.objects.filter(pk__in=earlier).order_by("pk")):
        _move_members(part, into, heads, by, at)
    department.merged_into, department.merged_at, department.is_active = into, at, False
    department.save()
    changes = [Change("merged_into", "", str(into.pk))]
    note("department", department, "merge-department", by=by, at=at, changes=changes)
    carry_over_to_heir(into, by=by, at=at)
    history_changed({into.pk, department.pk, *earlier}, by=by, at=at, because=str(department))
    leads = leads_of({department.pk, *earlier})
    concerned = {person.pk: person for person in (*heads, *before, *leads) if person.pk != by.pk}
    notify(
        concerned.values(),
        lambda: interpolate(_("%(department)s became part of %(other)s"), {"department": department, "other": into}),
        kind="department",
        record_id=department.pk,
        verb="merge-department",
        link=reverse("my-work"),
        at=at,
    )
    return department


def _refuse_impossible(department: Department, into: Department, heads: list[User]) -> None:
    if department.pk == into.pk or department.merged_into_id or not into.is_active:
        sentence = _("A department can be merged once, into another one that takes part.")
        raise NotReady(sentence, [], _("Choose another department that takes part."))
    if not heads:
        sentence = interpolate(_("%(department)s has no head who could take over."), {"department": into})
        raise NotReady(sentence, [], _("Give somebody the role of its head first."))


def _move_members(part: Department, into: Department, heads: list[User], by: User, at: datetime) -> None:
    """The heads of the other department head this one too; its project leads keep their projects and join the other."""
    today = localdate(at)
    for membership in members_of(part, today):
        if membership.role == Role.LEAD:
            _take_role(membership.person, Role.LEAD, into, Term(today, membership.until_on), by, at)
        elif membership.person not in heads:
            people.end_role(membership, until_on=today - DAY, by=by, at=at)
    for head in heads:
        _take_role(head, Role.HEAD, part, Term(today), by, at)

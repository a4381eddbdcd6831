"""Measures as pages fetch them, and who can be given one."""

from datetime import date

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from evaluations.improvements.models import Measure, Measures
from planning.models import Cycle
from sop_portal.foundation.kit.likely_duplicates import find_likely_duplicate
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.actor import people_who_can
from sop_portal.foundation.organisation.models import ORGANISATION_WIDE, Department, Membership, User, held_in
from sop_portal.foundation.organisation.roles import Can, roles_that
from sop_portal.foundation.workflow.models import Contributor

OPEN = (Measure.State.PROPOSED, Measure.State.ADOPTED, Measure.State.DONE)
LIKE_ANOTHER = _("The department has an open measure in these words already.")


def find_measure(request: Request, *, year: int, number: int) -> Measure:
    """The measure of the address, if the person may see it."""
    visible = Measure.objects.visible_to(request.actor).select_related("cycle", "department", "owner")
    return get_object_or_404(visible, cycle__year=year, number=number)


def measures_proposed_on(cycle: Cycle, origin_url: str) -> Measures:
    """The measures that were proposed on a record, for everybody who may see that record."""
    found = Measure.objects.filter(cycle=cycle, origin_url=origin_url)
    return found.select_related("cycle", "owner").order_by("number")


def open_measure_like(department: Department, what: str) -> Measure | None:
    """A measure of the department in the same words that is not done with yet."""
    waiting = Measure.objects.filter(department=department, state__in=OPEN).select_related("cycle")
    return find_likely_duplicate(waiting, what=what)


def who_adopts(measure: Measure, on: date) -> list[User]:
    """Who can decide on a measure that is proposed: management, but for whoever proposed it."""
    shaped = Contributor.objects.filter(kind="measure", record_id=measure.pk).values("person_id")
    return list(people_who_can(Can.DECIDE_MEASURE, measure, on).exclude(pk__in=shaped))


def who_may_own(department: Department, on: date) -> QuerySet[User]:
    """Who can be given a measure of a department: its own people and those who act for the whole organisation."""
    eligible = held_in(department.pk) | Q(role__in=ORGANISATION_WIDE)
    holders = Membership.objects.on(on).filter(eligible, role__in=roles_that(Can.CARRY_OUT_MEASURE))
    return User.objects.filter(pk__in=holders.values("person_id"), is_active=True).order_by("name")


def who_may_own_any(on: date) -> QuerySet[User]:
    """Who can be given a measure of any department."""
    holders = Membership.objects.on(on).filter(role__in=roles_that(Can.CARRY_OUT_MEASURE))
    return User.objects.filter(pk__in=holders.values("person_id"), is_active=True).order_by("name", "pk")

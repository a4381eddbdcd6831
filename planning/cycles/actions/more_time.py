"""Giving one department more time in one stage."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from planning.cycles.actions.windows import forget_windows
from planning.cycles.calendar import days_of_extension
from planning.cycles.models import Cycle, Extension, Stage
from planning.cycles.queries import due_for, due_in
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.dates import Span, refuse_outside
from sop_portal.foundation.kit.formats import day
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.checks import named, takes_part
from sop_portal.foundation.workflow.engine import edit
from sop_portal.foundation.workflow.years import open_year


@dataclass(frozen=True, slots=True)
class MoreTime:
    """More time for one department in one stage: until when, and why."""

    stage: str
    department: Department
    until_on: date
    reason: str


def extend(cycle: Cycle, more: MoreTime, *, by: User, at: datetime, asked_by: User | None = None) -> Extension:
    """Give one department more time in one stage, with a reason that everybody can read.

    Whoever asked for it gets the notice of the grant alone.
    """
    open_year(CYCLE.kind, cycle, "extend")
    takes_part(more.department)
    due_on = due_for(cycle, more.stage, more.department)
    if due_on is None:
        raise NotReady(_("This stage has no window in this year."), [], _("Set its dates first."))
    refuse_until(more.until_on, days_of_extension(due_on, cycle.day(at)))
    if not more.reason.strip():
        raise NotReady(_("Say why: everybody can read it."), [_("A reason is missing.")])
    until = due_in(cycle, more.until_on)
    with edit(CYCLE, cycle, by=by, at=at, can=Can.EXTEND_WINDOW, verb="extend", comment=more.reason) as editing:
        _refuse_own_department(more.department, by, at)
        where = f"{more.department}, {Stage(more.stage).label}"
        editing.change("extension", str(due_on), str(until.on), where=where)
        extension = Extension.objects.create(
            cycle=editing.record,
            stage=more.stage,
            department=more.department,
            until_on=until.on,
            moved_from=until.moved_from,
            reason=more.reason,
            granted_by=by,
            granted_at=at,
        )
        _notify_head(extension, cycle, [person.pk for person in (by, asked_by) if person], at)
    forget_windows(cycle)
    return extension


def refuse_until(until_on: date, span: Span) -> None:
    """Refuse a day until which no department may get more time; what was due long ago gets none at all."""
    if span.first > span.last:
        raise NotReady(
            _("This was due more than a year ago, so no department gets more time for it."),
            [],
            _("Move the window for everybody, or do it in a later year."),
        )
    refuse_outside(_("Until"), until_on, span)


def _refuse_own_department(department: Department, by: User, at: datetime) -> None:
    actor = Actor.of(by, at)
    if department.pk in actor.headed_ids:
        others = people_who_can(Can.EXTEND_WINDOW, None, actor.on).exclude(pk=by.pk)
        raise NotYours(_("You head this department, so somebody else extends its window."), named(list(others[:6])))


def _notify_head(extension: Extension, cycle: Cycle, known_to: list[int], at: datetime) -> None:
    heads = Membership.objects.on(cycle.day(at)).filter(role=Role.HEAD, department=extension.department)

    def sentence() -> str:
        return _("%(person)s extended “%(stage)s” for %(department)s to %(day)s") % {
            "person": extension.granted_by.name,
            "stage": Stage(extension.stage).label,
            "department": extension.department,
            "day": day(extension.until_on),
        }

    notify(
        User.objects.filter(pk__in=heads.values("person_id")).exclude(pk__in=known_to),
        sentence,
        kind="cycle",
        record_id=cycle.pk,
        verb="extend",
        link=cycle.stage_url(extension.stage, extension.department),
        at=at,
        quote=extension.reason,
    )

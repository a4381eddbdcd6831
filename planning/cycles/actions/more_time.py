"""Giving one department more time in one stage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from planning.cycles.actions.windows import forget_windows
from planning.cycles.calendar import days_of_extension
from planning.cycles.models import Cycle, Extension, Stage
from planning.cycles.queries import due_for, due_in, who_can_owe
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.dates import Span, refuse_outside
from sop_portal.foundation.kit.fitting import refuse_unknown, save_new
from sop_portal.foundation.kit.formats import day
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.checks import named, takes_part, why_own_side
from sop_portal.foundation.workflow.engine import edit
from sop_portal.foundation.workflow.years import open_year

# Each refuses more time for a stage in which the department owes nothing. stages.py, which knows them, fills it.
BEFORE_EXTENDING: list[Callable[[Cycle, str, Department], None]] = []
# Whether somebody is on the side that asked for this time. stages.py fills it too.
ASKED_BY: list[Callable[[Cycle, str, Department, Actor], bool]] = []


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
    refuse_not_under_way(cycle)
    refuse_outsider(cycle, more.department)
    refuse_unknown(_("Stage"), more.stage, dict(Stage.choices))
    due_on = due_for(cycle, more.stage, more.department)
    if due_on is None:
        raise NotReady(_("This stage has no window in this year."), [], _("Set its dates first.")).about("stage")
    refuse_needless(cycle, more)
    refuse_until(more.until_on, days_of_extension(cycle, more.stage, due_on, cycle.day(at)))
    if not more.reason.strip():
        raise NotReady(_("Say why: everybody can read it."), [_("A reason is missing.")]).about("reason")
    until = due_in(cycle, more.until_on)
    with edit(CYCLE, cycle, by=by, at=at, can=Can.EXTEND_WINDOW, verb="extend", comment=more.reason) as editing:
        _refuse_asking_side(editing.record, more, Actor.of(by, at))
        where = f"{more.department}, {Stage(more.stage)}"
        editing.change("extension", str(due_on), str(until.on), where=where)
        extension = save_new(
            Extension(
                cycle=editing.record,
                stage=more.stage,
                department=more.department,
                until_on=until.on,
                moved_from=until.moved_from,
                reason=more.reason,
                granted_by=by,
                granted_at=at,
            )
        )
        _notify_head(extension, cycle, [person.pk for person in (by, asked_by) if person], at)
    forget_windows(cycle)
    return extension


def refuse_outsider(cycle: Cycle, department: Department) -> None:
    """Refuse a department that has ended and left nothing in this year; what it left is still owed."""
    if not who_can_owe(cycle).filter(pk=department.pk).exists():
        takes_part(department)


def refuse_needless(cycle: Cycle, more: MoreTime) -> None:
    """Refuse more time to whoever owes nothing that it would help with."""
    for refuse in BEFORE_EXTENDING:
        refuse(cycle, more.stage, more.department)


def nothing_owed(stage: str, department: Department) -> NotNow:
    """The refusal of more time for a stage in which a department has handed everything in."""
    words = {"department": department, "stage": Stage(stage).label}
    way_out = _("If something has to be changed, have it sent back first.")
    return NotNow(interpolate(_("%(department)s owes nothing in “%(stage)s” now."), words), way_out)


def refuse_not_under_way(cycle: Cycle) -> None:
    """Refuse more time in a year in which nobody owes anything yet."""
    if cycle.state != Cycle.State.PUBLISHED:
        raise NotNow(_("This year is not under way."), _("More time can be asked for once it is published."))


def refuse_until(until_on: date, span: Span) -> None:
    """Refuse a day until which no department may get more time; what is long over gets none at all."""
    if span.first > span.last:
        raise NotReady(
            _("This was due more than a year ago or its year is over, so no department gets more time for it."),
            [],
            _("Do it in a later year."),
        ).about("until_on")
    refuse_outside(_("Until"), until_on, span)


def _refuse_asking_side(cycle: Cycle, more: MoreTime, actor: Actor) -> None:
    """Whoever heads the department, or asked for the time, does not give it; their deputies neither."""
    others = people_who_can(Can.EXTEND_WINDOW, None, actor.on).exclude(pk=actor.user.pk)
    if why := why_own_side(actor, more.department.pk, Can.EXTEND_WINDOW):
        raise NotYours(why, named(list(others[:6])))
    if any(asked(cycle, more.stage, more.department, actor) for asked in ASKED_BY):
        sentence = _("You asked for this time, or act for somebody who did, so somebody else gives it.")
        raise NotYours(sentence, named(list(others[:6])))


def _notify_head(extension: Extension, cycle: Cycle, known_to: list[int], at: datetime) -> None:
    heads = Membership.objects.on(cycle.day(at)).filter(role=Role.HEAD, department=extension.department)

    def sentence() -> str:
        return interpolate(
            _("%(person)s extended “%(stage)s” for %(department)s to %(day)s"),
            {
                "person": extension.granted_by.name,
                "stage": Stage(extension.stage).label,
                "department": extension.department,
                "day": day(extension.until_on, cycle.day(at)),
            },
        )

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

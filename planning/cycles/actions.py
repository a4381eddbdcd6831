"""What people do with a planning year: set it up, move its windows, give a department more time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from planning.cycles.calendar import (
    WindowDates,
    days_of_windows,
    default_windows,
    execution_windows,
    start_of_financial_year,
)
from planning.cycles.models import Cycle, Extension, Stage, StageWindow
from planning.cycles.queries import dates_of, due_for
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.dates import add_months, refuse_outside
from sop_portal.foundation.kit.formats import day, day_of_year
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import tell
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import Department, Membership, Organisation, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.checks import authority, named, takes_part
from sop_portal.foundation.workflow.engine import created, edit, step
from sop_portal.foundation.workflow.years import open_year

LONGEST_EXTENSION_MONTHS = 12


# What rests on which years are over, in the same transaction: of a year under way a part is known only. stages.py,
# which knows every stage, fills it at start-up.
AFTER_CLOSING: list[Callable[..., Any]] = []


@dataclass(frozen=True, slots=True)
class YearPlan:
    """How a year is set up where it differs from the usual: its execution, first month, currency and limits.

    Execution begins on its first day where one is said, else with the financial year, else after the second quarter.
    """

    starts_on: date | None = None
    ends_on: date | None = None
    starts_month: int = 1
    financial_month: int | None = None
    currency: str = "USD"
    second_approval_above: Decimal | None = None
    small_transfer_limit: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class WindowMove:
    """The new dates of a stage's window, and why it moves."""

    stage: str
    dates: WindowDates
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MoreTime:
    """More time for one department in one stage: until when, and why."""

    stage: str
    department: Department
    until_on: date
    reason: str


USUAL = YearPlan()


@transaction.atomic
def create_cycle(*, year: int, plan: YearPlan = USUAL, by: User, at: datetime) -> Cycle:
    """Set up a planning year as a draft, with the windows of the usual calendar."""
    role = authority(Can.RUN_CYCLE, None, by, at)
    if Cycle.objects.filter(year=year).exists():
        raise NotReady(_("The year %(year)s is already set up.") % {"year": year})
    windows = _windows(year, plan)
    run = windows[Stage.EXECUTION]
    cycle = Cycle.objects.create(
        year=year,
        starts_on=run.opens_on,
        ends_on=run.due_on,
        currency=plan.currency,
        time_zone=Organisation.current().time_zone,
        second_approval_above=plan.second_approval_above,
        small_transfer_limit=plan.small_transfer_limit,
    )
    StageWindow.objects.bulk_create(
        StageWindow(
            cycle=cycle,
            stage=stage,
            opens_on=dates.opens_on,
            due_on=dates.due_on,
            grace_until=dates.grace_until,
            first_due_on=dates.due_on,
        )
        for stage, dates in windows.items()
    )
    created(CYCLE, cycle, by=by, at=at, grant=role)
    return cycle


def _windows(year: int, plan: YearPlan) -> dict[Stage, WindowDates]:
    windows = default_windows(year, plan.starts_month)
    if plan.starts_on or plan.ends_on or plan.financial_month:
        usual = windows[Stage.EXECUTION].opens_on
        starts_on = plan.starts_on or start_of_financial_year(usual, plan.financial_month)
        windows |= execution_windows(starts_on, plan.ends_on)
    run = windows[Stage.EXECUTION]
    if run.due_on <= run.opens_on:
        raise NotReady(_("The execution ends before it starts."))
    for dates in windows.values():
        _refuse_other_years(year, dates)
    return windows


def _refuse_other_years(year: int, dates: WindowDates) -> None:
    for on in (dates.opens_on, dates.due_on, dates.grace_until):
        refuse_outside(on, days_of_windows(year))


def set_window(
    cycle: Cycle, move: WindowMove, *, by: User, at: datetime, seen: int | None = None, can: Can = Can.RUN_CYCLE
) -> StageWindow:
    """Move the window of a stage for everybody. Once the year is published the first due day is kept."""
    stage, dates = move.stage, move.dates
    _refuse_disorder(stage, dates)
    _refuse_other_years(cycle.year, dates)
    with edit(CYCLE, cycle, by=by, at=at, can=can, seen=seen, comment=move.reason) as editing:
        window: StageWindow | None = editing.record.windows.filter(stage=stage).first()
        if window is None:
            window = StageWindow(cycle=editing.record, stage=stage, first_due_on=dates.due_on)
        editing.set(
            window,
            where=str(Stage(stage).label),
            opens_on=dates.opens_on,
            due_on=dates.due_on,
            grace_until=dates.grace_until,
        )
        if editing.record.state == Cycle.State.DRAFT:
            window.first_due_on = dates.due_on
        if stage == Stage.EXECUTION:
            _refuse_under_spending(editing.record, dates)
            editing.set(editing.record, starts_on=dates.opens_on, ends_on=dates.due_on)
        window.save()
    _forget_windows(cycle)
    return window


def _refuse_under_spending(cycle: Cycle, dates: WindowDates) -> None:
    """What is spent was spent in the year as it is: its first day stays, and its last does not come earlier."""
    moves = dates.opens_on != cycle.starts_on or dates.due_on < cycle.ends_on
    if moves and cycle.projects.exclude(spent=0).exists():
        days = {"first": day_of_year(cycle.starts_on), "last": day_of_year(cycle.ends_on)}
        raise NotReady(
            _("Money is spent in this year already, so its first day stays and its last day does not come earlier."),
            way_out=_("Let it begin on %(first)s and end on %(last)s or later.") % days,
        )


def _refuse_disorder(stage: str, dates: WindowDates) -> None:
    if not dates.opens_on <= dates.due_on <= dates.grace_until:
        raise NotReady(_("A window opens, is due and ends in this order."))
    if stage == Stage.EXECUTION and dates.opens_on == dates.due_on:
        raise NotReady(_("The execution ends before it starts."))


def move_window(cycle: Cycle, move: WindowMove, *, by: User, at: datetime, seen: int) -> StageWindow:
    """Move the window of a stage under way, and tell the heads of all departments until when they have time now."""
    before = dates_of(cycle, move.stage)
    days_before = (before.due_on, before.grace_until) if before else None
    with transaction.atomic():
        window = set_window(cycle, move, by=by, at=at, seen=seen)
        if cycle.state != Cycle.State.DRAFT and days_before != (window.due_on, window.grace_until):
            _tell_of_move(cycle, window, move.reason, by, at)
    return window


def _tell_of_move(cycle: Cycle, window: StageWindow, reason: str, by: User, at: datetime) -> None:
    heads = Membership.objects.on(cycle.day(at)).filter(role=Role.HEAD).values("person_id")

    def sentence() -> str:
        words = {
            "person": by,
            "stage": Stage(window.stage).label,
            "year": cycle.year,
            "day": day_of_year(window.due_on),
            "last": day_of_year(window.grace_until),
        }
        return interpolate(_("%(person)s moved “%(stage)s” of %(year)s: due %(day)s, late work until %(last)s"), words)

    tell(
        User.objects.filter(pk__in=heads).exclude(pk=by.pk),
        sentence,
        kind="cycle",
        record_id=cycle.pk,
        verb="move-window",
        link=cycle.get_absolute_url(),
        at=at,
        quote=reason,
    )


def extend(cycle: Cycle, more: MoreTime, *, by: User, at: datetime, asked_by: User | None = None) -> Extension:
    """Give one department more time in one stage, with a reason that everybody can read.

    Whoever asked for it gets the notice of the grant alone.
    """
    open_year(CYCLE.kind, cycle, "extend")
    takes_part(more.department)
    due_on = due_for(cycle, more.stage, more.department)
    if due_on is None or more.until_on <= due_on or more.until_on < cycle.day(at):
        raise NotReady(_("An extension ends after the day the department has now, and not in the past."))
    refuse_too_long(due_on, more.until_on)
    if not more.reason.strip():
        raise NotReady(_("Say why: everybody can read it."), [_("A reason is missing.")])
    with edit(CYCLE, cycle, by=by, at=at, can=Can.EXTEND_WINDOW, verb="extend", comment=more.reason) as editing:
        _refuse_own_department(more.department, by, at)
        where = f"{more.department}, {Stage(more.stage).label}"
        editing.change("extension", str(due_on), str(more.until_on), where=where)
        extension = Extension.objects.create(
            cycle=editing.record,
            stage=more.stage,
            department=more.department,
            until_on=more.until_on,
            reason=more.reason,
            granted_by=by,
            granted_at=at,
        )
        _tell_head(extension, cycle, [person.pk for person in (by, asked_by) if person], at)
    _forget_windows(cycle)
    return extension


def refuse_too_long(due_on: date, until_on: date) -> None:
    """Refuse more than a year more: such a day was mistyped."""
    last = add_months(due_on, LONGEST_EXTENSION_MONTHS)
    if until_on > last:
        raise NotReady(_("Choose a day up to %(day)s.") % {"day": day_of_year(last)})


def _refuse_own_department(department: Department, by: User, at: datetime) -> None:
    actor = Actor.of(by, at)
    if department.pk in actor.headed_ids:
        others = people_who_can(Can.EXTEND_WINDOW, None, actor.on).exclude(pk=by.pk)
        raise NotYours(_("You head this department, so somebody else extends its window."), named(list(others[:6])))


def _tell_head(extension: Extension, cycle: Cycle, known_to: list[int], at: datetime) -> None:
    heads = Membership.objects.on(cycle.day(at)).filter(role=Role.HEAD, department=extension.department)

    def sentence() -> str:
        return _("%(person)s extended “%(stage)s” for %(department)s to %(day)s") % {
            "person": extension.granted_by.name,
            "stage": Stage(extension.stage).label,
            "department": extension.department,
            "day": day(extension.until_on),
        }

    tell(
        User.objects.filter(pk__in=heads.values("person_id")).exclude(pk__in=known_to),
        sentence,
        kind="cycle",
        record_id=cycle.pk,
        verb="extend",
        link=cycle.stage_url(extension.stage, extension.department),
        at=at,
        quote=extension.reason,
    )


def _forget_windows(cycle: Cycle) -> None:
    """Let the record read its windows and extensions anew."""
    getattr(cycle, "_prefetched_objects_cache", {}).clear()


@CYCLE.act("close")
@transaction.atomic
def close_year(cycle: Cycle, *, by: User, at: datetime, seen: int, comment: str = "") -> Cycle:
    """Close the year; while anything is open this is refused, with the whole list."""
    with step(CYCLE, cycle, "close", by=by, at=at, seen=seen, comment=comment):
        pass
    for follow in AFTER_CLOSING:
        follow(cycle, by=by, at=at)
    return cycle

"""What people do with a planning year: set it up, move its windows, give a department more time."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.calendar import StageName, WindowDates, default_windows, evaluation_due
from planning.cycles.models import Cycle, Extension, Stage, StageWindow
from planning.cycles.windows import dates_of, due_for
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.dates import add_civil_days, add_months
from sop_portal.foundation.kit.formats import day, day_of_year
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import tell
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.checks import authority, named
from sop_portal.foundation.workflow.engine import created, edit

LONGEST_EXTENSION_MONTHS = 12
PAGES = {Stage.FORECAST: "forecast", Stage.REQUEST: "request"}


@transaction.atomic
def create_cycle(
    *, year: int, by: User, at: datetime, starts_on: date | None = None, ends_on: date | None = None,
    currency: str = "USD", second_approval_above: Decimal | None = None, small_transfer_limit: Decimal = Decimal(0),
    starts_month: int = 1,
) -> Cycle:  # fmt: skip
    """Set up a planning year as a draft, with the windows of the usual calendar."""
    role = authority(Can.RUN_CYCLE, None, by, at)
    if Cycle.objects.filter(year=year).exists():
        raise NotReady(_("The year %(year)s is already set up.") % {"year": year})
    windows = default_windows(year, starts_month)
    if starts_on or ends_on:
        windows |= _executed(windows[StageName.EXECUTION], starts_on, ends_on)
    run = windows[StageName.EXECUTION]
    if run.due_on <= run.opens_on:
        raise NotReady(_("The execution ends before it starts."))
    cycle = Cycle.objects.create(
        year=year, starts_on=run.opens_on, ends_on=run.due_on, currency=currency,
        second_approval_above=second_approval_above, small_transfer_limit=small_transfer_limit,
    )  # fmt: skip
    StageWindow.objects.bulk_create(
        StageWindow(
            cycle=cycle, stage=stage, opens_on=dates.opens_on, due_on=dates.due_on, grace_until=dates.grace_until,
            first_due_on=dates.due_on,
        )
        for stage, dates in windows.items()
    )  # fmt: skip
    created(CYCLE, cycle, by=by, at=at, grant=role)
    return cycle


def _executed(usual: WindowDates, starts_on: date | None, ends_on: date | None) -> dict[StageName, WindowDates]:
    """The windows of execution and evaluation for other dates of execution."""
    first = starts_on or usual.opens_on
    last = ends_on or add_civil_days(add_months(first, 12), -1)
    evaluated = evaluation_due(last)
    return {
        StageName.EXECUTION: WindowDates(first, last, evaluated),
        StageName.EVALUATION: WindowDates(first, evaluated, add_civil_days(evaluated, 7)),
    }


def set_window(
    cycle: Cycle, stage: str, *, opens_on: date, due_on: date, grace_until: date, by: User, at: datetime,
    reason: str = "", seen: int | None = None, can: Can = Can.RUN_CYCLE,
) -> StageWindow:  # fmt: skip
    """Move the window of a stage for everybody. Once the year is published the first due day is kept."""
    if not opens_on <= due_on <= grace_until:
        raise NotReady(_("A window opens, is due and ends in this order."))
    if stage == Stage.EXECUTION and opens_on == due_on:
        raise NotReady(_("The execution ends before it starts."))
    with edit(CYCLE, cycle, by=by, at=at, can=can, seen=seen, comment=reason) as editing:
        window: StageWindow | None = editing.record.windows.filter(stage=stage).first()
        if window is None:
            window = StageWindow(cycle=editing.record, stage=stage, first_due_on=due_on)
        where = str(Stage(stage).label)
        editing.set(window, where=where, opens_on=opens_on, due_on=due_on, grace_until=grace_until)
        if editing.record.state == Cycle.State.DRAFT:
            window.first_due_on = due_on
        if stage == Stage.EXECUTION:
            editing.set(editing.record, starts_on=opens_on, ends_on=due_on)
        window.save()
    _forget(cycle)
    return window


def move_window(
    cycle: Cycle, stage: str, *, opens_on: date, due_on: date, grace_until: date, by: User, at: datetime, reason: str,
    seen: int,
) -> StageWindow:  # fmt: skip
    """Move the window of a stage under way, and tell the heads of all departments until when they have time now."""
    before = dates_of(cycle, stage)
    was = (before.due_on, before.grace_until) if before else None
    with transaction.atomic():
        window = set_window(
            cycle, stage, opens_on=opens_on, due_on=due_on, grace_until=grace_until, by=by, at=at, reason=reason,
            seen=seen,
        )  # fmt: skip
        if cycle.state != Cycle.State.DRAFT and was != (due_on, grace_until):
            _tell_of_move(cycle, window, reason, by, at)
    return window


def _tell_of_move(cycle: Cycle, window: StageWindow, reason: str, by: User, at: datetime) -> None:
    heads = Membership.objects.on(cycle.day(at)).filter(role=Role.HEAD).values("person_id")

    def sentence() -> str:
        words = {
            "person": by, "stage": Stage(window.stage).label, "year": cycle.year, "day": day_of_year(window.due_on),
            "last": day_of_year(window.grace_until),
        }  # fmt: skip
        return interpolate(_("%(person)s moved “%(stage)s” of %(year)s: due %(day)s, late work until %(last)s"), words)

    tell(
        User.objects.filter(pk__in=heads).exclude(pk=by.pk), sentence, kind="cycle", record_id=cycle.pk,
        verb="move-window", link=reverse("cycle", args=[cycle.year]), at=at, quote=reason,
    )  # fmt: skip


def extend(
    cycle: Cycle,
    stage: str,
    department: Department,
    *,
    until_on: date,
    reason: str,
    by: User,
    at: datetime,
    asked_by: User | None = None,
) -> Extension:
    """Give one department more time in one stage, with a reason that everybody can read.

    Whoever asked for it is told that it was granted, and not once more what was.
    """
    due_on = due_for(cycle, stage, department)
    if due_on is None or until_on <= due_on or until_on < cycle.day(at):
        raise NotReady(_("An extension ends after the day the department has now, and not in the past."))
    refuse_too_long(due_on, until_on)
    if not reason.strip():
        raise NotReady(_("Say why: everybody can read it."), [_("A reason is missing.")])
    with edit(CYCLE, cycle, by=by, at=at, can=Can.EXTEND_WINDOW, verb="extend", comment=reason) as editing:
        _refuse_own_department(department, by, at)
        where = f"{department}, {Stage(stage).label}"
        editing.change("extension", str(due_on), str(until_on), where=where)
        extension = Extension.objects.create(
            cycle=editing.record, stage=stage, department=department, until_on=until_on, reason=reason,
            granted_by=by, granted_at=at,
        )  # fmt: skip
        _tell_head(extension, cycle, [person.pk for person in (by, asked_by) if person], at)
    _forget(cycle)
    return extension


def refuse_too_long(due_on: date, until_on: date) -> None:
    """A year more is a slip of the pen."""
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
    stage = Stage(extension.stage)
    where: list[Any] = [cycle.year]
    if stage in PAGES:
        where.append(extension.department.slug)

    def sentence() -> str:
        return _("%(person)s extended “%(stage)s” for %(department)s to %(day)s") % {
            "person": extension.granted_by.name, "stage": stage.label, "department": extension.department,
            "day": day(extension.until_on),
        }  # fmt: skip

    tell(
        User.objects.filter(pk__in=heads.values("person_id")).exclude(pk__in=known_to), sentence, kind="cycle",
        record_id=cycle.pk, verb="extend", link=reverse(PAGES.get(stage, "cycle"), args=where), at=at,
        quote=extension.reason,
    )  # fmt: skip


def _forget(cycle: Cycle) -> None:
    """Let the record read its windows and extensions anew."""
    getattr(cycle, "_prefetched_objects_cache", {}).clear()

"""Moving the window of a stage for everybody."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from planning.cycles.calendar import WindowDates, counted_window, days_of_stage, days_of_windows
from planning.cycles.models import Cycle, Extension, Stage, StageWindow
from planning.cycles.queries import dates_of, days_that_move
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.components import Missing
from sop_portal.foundation.kit.dates import refuse_outside
from sop_portal.foundation.kit.fitting import refuse_unknown
from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.engine import edit

# What lies within the year and follows when its execution moves, or refuses that. stages.py fills it at start-up.
AFTER_MOVING: list[Callable[[Cycle], None]] = []

# What is to be known before a stage is opened for everybody, each with a page about it. stages.py fills it too.
BEFORE_OPENING: list[Callable[[Cycle, str, date], list[Missing]]] = []


# Whoever publishes a year is told of the windows that open within so many days.
SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class WindowMove:
    """The new dates of a stage's window, and why it moves."""

    stage: str
    dates: WindowDates
    reason: str = ""


def refuse_other_years(year: int, dates: WindowDates) -> None:
    """Refuse days of a window that lie far from their year."""
    span = days_of_windows(year)
    refuse_outside(_("Opens"), dates.opens_on, span)
    refuse_outside(_("Due"), dates.due_on, span)
    refuse_outside(_("Late work accepted until"), dates.grace_until, span)


def set_window(
    cycle: Cycle, move: WindowMove, *, by: User, at: datetime, seen: int | None = None, can: Can = Can.RUN_CYCLE
) -> StageWindow:
    """Move the window of a stage for everybody. Once the year is published the first due day is kept.

    The dates are those that were named; where the year says so, a due day on a day off counts on the next working day.
    """
    stage = move.stage
    refuse_unknown(_("Stage"), stage, dict(Stage.choices))
    _refuse_disorder(stage, move.dates)
    refuse_other_years(cycle.year, move.dates)
    dates, moved_from = in_force(cycle, stage, move.dates)
    with edit(CYCLE, cycle, by=by, at=at, can=can, seen=seen, comment=move.reason) as editing:
        window: StageWindow | None = editing.record.windows.filter(stage=stage).first()
        if window is None:
            window = StageWindow(cycle=editing.record, stage=stage, first_due_on=dates.due_on)
        editing.set(
            window,
            where=str(stage),
            opens_on=dates.opens_on,
            due_on=dates.due_on,
            grace_until=dates.grace_until,
            moved_from=moved_from,
        )
        if editing.record.state == Cycle.State.DRAFT:
            window.first_due_on = dates.due_on
        if stage == Stage.EXECUTION:
            _refuse_under_way(editing.record, dates)
            if editing.set(editing.record, starts_on=dates.opens_on, ends_on=dates.due_on):
                for follow in AFTER_MOVING:
                    follow(editing.record)
        window.save()
    forget_windows(cycle)
    return window


def in_force(cycle: Cycle, stage: str, named: WindowDates) -> tuple[WindowDates, date | None]:
    """The dates that count in this year, and the day off the due day was moved from; the year itself ends as named."""
    return counted_window(named, None if stage == Stage.EXECUTION else days_that_move(cycle))


def _refuse_under_way(cycle: Cycle, dates: WindowDates) -> None:
    """What has begun lies in the year as it is: its first day stays, and its last does not come earlier."""
    moves = dates.opens_on != cycle.starts_on or dates.due_on < cycle.ends_on
    if moves and cycle.projects.filter(activated_at__isnull=False).exists():
        days = {"first": day_of_year(cycle.starts_on), "last": day_of_year(cycle.ends_on)}
        raise NotReady(
            _("Projects of this year have begun already, so its first day stays and its last does not come earlier."),
            way_out=_("Let it begin on %(first)s and end on %(last)s or later.") % days,
        )


def _refuse_disorder(stage: str, dates: WindowDates) -> None:
    if not dates.opens_on <= dates.due_on <= dates.grace_until:
        way_out = _("Let it open first, be due after that, and take late work longest.")
        raise NotReady(_("A window opens, is due and ends in this order."), [], way_out)
    if stage == Stage.EXECUTION and dates.opens_on == dates.due_on:
        raise NotReady(_("The execution ends before it starts."), [], _("Let it end on a later day."))


def move_window(cycle: Cycle, move: WindowMove, *, by: User, at: datetime, seen: int) -> StageWindow:
    """Move the window of a stage under way, and tell the heads of all departments until when they have time now."""
    before = dates_of(cycle, move.stage)
    _refuse_after_the_year(cycle, move)
    days_before = (before.due_on, before.grace_until) if before else None
    with transaction.atomic():
        window = set_window(cycle, move, by=by, at=at, seen=seen)
        if cycle.state != Cycle.State.DRAFT and days_before != (window.due_on, window.grace_until):
            notify_of_move(cycle, window, move.reason, by, at)
            _tell_opener(cycle, window, by, at)
    return window


def _refuse_after_the_year(cycle: Cycle, move: WindowMove) -> None:
    """Refuse a window that takes plans after their year; the execution is what says when the year ends."""
    refuse_outside(_("Late work accepted until"), move.dates.grace_until, days_of_stage(cycle, move.stage))


def _tell_opener(cycle: Cycle, window: StageWindow, by: User, at: datetime) -> None:
    """Whoever opens a window for everybody hears, by mail too, who is not ready for it."""
    _tell_of(cycle, partial(warnings_of, cycle, window.stage, cycle.day(at)), "move-window", by, at)


def tell_publisher(cycle: Cycle, *, by: User, at: datetime) -> None:
    """Whoever publishes a year opens its windows: they hear who is not ready for those that are open or near."""
    _tell_of(cycle, partial(warnings_of_year, cycle, cycle.day(at)), "publish", by, at)


def _tell_of(cycle: Cycle, warnings: Callable[[], list[Missing]], verb: str, by: User, at: datetime) -> None:
    def sentence(number: int) -> str:
        return str(warnings()[number])

    for number, warning in enumerate(warnings()):
        notify(
            [by],
            partial(sentence, number),
            kind="cycle",
            record_id=cycle.pk,
            verb=verb,
            link=warning.url,
            at=at,
        )


def warnings_of_year(cycle: Cycle, on: date) -> list[Missing]:
    """What whoever publishes a year is to know of the windows that are open then, or open within a month."""
    near = [window.stage for window in cycle.windows.all() if window.opens_on <= on + SOON]
    return [warning for stage in Stage.values if stage in near for warning in warnings_of(cycle, stage, on)]


def warnings_of(cycle: Cycle, stage: str, on: date) -> list[Missing]:
    """What whoever opens a stage is to know, as long as its window is not over."""
    dates = dates_of(cycle, stage)
    if cycle.is_closed or dates is None or dates.due_on < on:
        return []
    return not_ready(cycle, stage, on)


def not_ready(cycle: Cycle, stage: str, on: date) -> list[Missing]:
    """Who is not ready for a stage that opens, whenever that is."""
    return [warning for ask in BEFORE_OPENING for warning in ask(cycle, stage, on)]


def notify_of_move(cycle: Cycle, window: StageWindow, reason: str, by: User, at: datetime) -> None:
    """Tell the heads of all departments until when they have time now."""
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

    notify(
        User.objects.filter(pk__in=heads).exclude(pk=by.pk),
        sentence,
        kind="cycle",
        record_id=cycle.pk,
        verb="move-window",
        link=cycle.get_absolute_url(),
        at=at,
        quote=reason,
    )


def notify_of_moved_extension(cycle: Cycle, extension: Extension, by: User, at: datetime) -> None:
    """Tell the heads of a department until when it has time now that a day off moved the end of what it was given."""
    heads = Membership.objects.on(cycle.day(at)).filter(role=Role.HEAD, department=extension.department)

    def sentence() -> str:
        words = {
            "person": by,
            "stage": Stage(extension.stage).label,
            "department": extension.department,
            "day": day_of_year(extension.until_on),
        }
        return interpolate(_("%(person)s changed the days off: “%(stage)s” for %(department)s is due %(day)s"), words)

    notify(
        User.objects.filter(pk__in=heads.values("person_id")).exclude(pk=by.pk),
        sentence,
        kind="cycle",
        record_id=cycle.pk,
        verb="move-window",
        link=cycle.stage_url(extension.stage, extension.department),
        at=at,
    )


def forget_windows(cycle: Cycle) -> None:
    """Let the record read its windows and extensions anew."""
    getattr(cycle, "_prefetched_objects_cache", {}).clear()

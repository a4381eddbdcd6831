"""Deadlines on a day off: whether a year moves them, and what becomes of those ahead when the days off change."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from planning.cycles.actions.windows import forget_windows, in_force, notify_of_move, notify_of_moved_extension
from planning.cycles.calendar import DueDay, counted_due, named_dates
from planning.cycles.models import Cycle, Extension, Stage, StageWindow
from planning.cycles.queries import days_that_move
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.organisation.working_days import WorkingDays
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import edit, note
from sop_portal.foundation.workflow.owed import DueRows

# The records of later stages that keep a due day of their own. stages.py, which knows every stage, fills it.
DUE_ROWS: list[DueRows] = []
FOLLOW = "follow-days"


@transaction.atomic
def move_to_working_days(cycle: Cycle, moves: bool, *, by: User, at: datetime, seen: int) -> Cycle:
    """Say whether deadlines on a day off move to the next working day; those ahead follow at once."""
    with edit(CYCLE, cycle, by=by, at=at, can=Can.RUN_CYCLE, seen=seen) as editing:
        moved = _follow(editing, by, at) if editing.set(editing.record, moves_to_working_day=moves) else Moved()
    _notify(editing.record, moved, by, at)
    forget_windows(cycle)
    return cycle


@transaction.atomic
def follow_days_off(*, by: User, at: datetime) -> list[Cycle]:
    """Let the deadlines of open years follow the table of days off; what is due already, or done, stays as it was."""
    open_years = Cycle.objects.exclude(state=Cycle.State.CLOSED).filter(moves_to_working_day=True)
    found = list(open_years.order_by("pk"))
    for cycle in found:
        with edit(CYCLE, cycle, by=by, at=at, can=Can.RUN_CYCLE, verb=FOLLOW) as editing:
            moved = _follow(editing, by, at)
        _notify(editing.record, moved, by, at)
    return found


@dataclass
class Moved:
    """What is due on another day now and has heads waiting for it: windows of the year, and of one department."""

    windows: list[StageWindow] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)


def _notify(cycle: Cycle, moved: Moved, by: User, at: datetime) -> None:
    """Tell the heads what moved; while a year is set up nobody waits for it."""
    if not cycle.is_draft:
        for window in moved.windows:
            notify_of_move(cycle, window, "", by, at)
        for extension in moved.extensions:
            notify_of_moved_extension(cycle, extension, by, at)


def _follow(editing: Editing[Cycle], by: User, at: datetime) -> Moved:
    """Count every day ahead anew from the day that was named, unless it would be past then."""
    cycle = editing.record
    days, today = days_that_move(cycle), cycle.day(at)
    found = Moved()
    for window in cycle.windows.filter(due_on__gte=today).exclude(stage=Stage.EXECUTION).order_by("pk"):
        if _follow_window(editing, window, today):
            found.windows.append(window)
    for extension in cycle.extensions.filter(until_on__gte=today).select_related("department").order_by("pk"):
        if _follow_extension(editing, extension, days, today):
            found.extensions.append(extension)
    moved = sum(_follow_rows(rows, cycle, days, by, at) for rows in DUE_ROWS)
    if moved:
        editing.change("moved_days", None, moved)
    return found


def _follow_window(editing: Editing[Cycle], window: StageWindow, today: date) -> bool:
    """Let a window follow; whether it is due on another day now."""
    dates, moved_from = in_force(editing.record, window.stage, named_dates(window))
    if dates.due_on == window.due_on or dates.due_on < today:
        return False
    if window.first_due_on == window.due_on:
        window.first_due_on = dates.due_on
    editing.set(window, where=window.stage, due_on=dates.due_on, grace_until=dates.grace_until)
    window.moved_from = moved_from
    window.save()
    return True


def _follow_extension(editing: Editing[Cycle], extension: Extension, days: WorkingDays | None, today: date) -> bool:
    """Let the time one department was given follow; whether it ends on another day now."""
    before = DueDay(extension.until_on, extension.moved_from)
    due = _anew(before, days, today)
    if due:
        where = f"{extension.department}, {extension.stage}"
        editing.change("extension", str(before.on), str(due.on), where=where)
        extension.until_on, extension.moved_from = due.on, due.moved_from
        extension.save(update_fields=["until_on", "moved_from"])
    return due is not None


def _follow_rows(rows: DueRows, cycle: Cycle, days: WorkingDays | None, by: User, at: datetime) -> int:
    """How many records of a stage are due on another day now; each leaves it in its trail."""
    moved = 0
    for record in rows.ahead(cycle, cycle.day(at)).select_for_update(of=("self",)):
        before = DueDay(record.due, record.moved_from)
        if due := _anew(before, days, cycle.day(at)):
            record.due, record.moved_from = due.on, due.moved_from
            record.save(update_fields=["due", "moved_from"])
            changes = [Change("due", str(before.on), str(due.on), "")]
            note(rows.workflow.kind, record, FOLLOW, by=by, at=at, changes=changes)
            moved += 1
    return moved


def _anew(before: DueDay, days: WorkingDays | None, today: date) -> DueDay | None:
    """The day that counts now, where it is another one and not past."""
    due = counted_due(before.named, days)
    return due if due.on != before.on and due.on >= today else None

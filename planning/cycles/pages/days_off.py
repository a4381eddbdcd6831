"""Deadlines on a day off: pointed out where dates are set, and whether the year moves them."""

from collections.abc import Iterator
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from planning.cycles import actions
from planning.cycles.calendar import WindowDates, counted_due, named_dates
from planning.cycles.forms import DaysOffForm
from planning.cycles.models import Cycle, Stage, StageWindow
from planning.cycles.queries import cycle_with_windows
from planning.cycles.workflow import only_for
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.access import Request, act
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.organisation.working_days import WorkingDays, day_off_named


@act(Can.RUN_CYCLE)
def days_off_rule(request: Request, year: int) -> HttpResponse:
    """Say whether deadlines on a day off move to the next working day."""
    cycle = cycle_with_windows(request, year)
    only_for(request, Can.RUN_CYCLE)
    form = DaysOffForm(request.POST)
    if form.is_valid():
        moves, seen = form.cleaned_data["moves"], form.cleaned_data["seen"]
        actions.move_to_working_days(cycle, moves, by=request.user, at=request.moment, seen=seen)
        messages.success(request, _("Saved."))
    return redirect("windows", year)


def point_out(stage: str, named: WindowDates, days: WorkingDays, *, moves: bool) -> list[str]:
    """What there is to say of the days off of a window: a due day that moves or stays, and the last of grace."""
    if stage == Stage.EXECUTION:
        return []
    return [*_due(named.due_on, days, moves=moves), *_grace(named, days, moves=moves)]


def _due(named: date, days: WorkingDays, *, moves: bool) -> Iterator[str]:
    if not days.is_off(named):
        return
    due = counted_due(named, days if moves else None)
    text = _("Due on a day off, %(day)s: it counts on %(counted)s.") if moves else _("Due on a day off, %(day)s.")
    yield interpolate(text, {"day": day_off_named(named, days), "counted": formats.day_long(due.on)})


def _grace(named: WindowDates, days: WorkingDays, *, moves: bool) -> Iterator[str]:
    last = named.grace_until
    if last > named.due_on and days.is_off(last) and not (moves and days.is_off(named.due_on)):
        yield interpolate(_("Late work is accepted until a day off, %(day)s."), {"day": day_off_named(last, days)})


def pointed_out(window: StageWindow, cycle: Cycle, days: WorkingDays) -> list[str]:
    """What there is to say of the days off of a window as it stands."""
    if window.moved_from is not None:
        moved = interpolate(_("Moved from %(day)s."), {"day": day_off_named(window.moved_from, days)})
        return [moved]
    return point_out(window.stage, named_dates(window), days, moves=cycle.moves_to_working_day)

"""When a year reminds."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from planning.cycles.workflow import CYCLE
from planning.models import Cycle
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit
from sop_portal.reminders.models import ReminderSchedule
from sop_portal.reminders.schedule import LONGEST_DAYS, MOST_MOMENTS


def set_schedule(cycle: Cycle, *, by: User, at: datetime, seen: int, **wanted: Any) -> ReminderSchedule:
    """Choose when a year reminds."""
    schedule = ReminderSchedule.objects.filter(cycle=cycle).first() or ReminderSchedule(cycle=cycle)
    for name in ("before", "late", "decisions"):
        wanted[name] = _days(wanted[name])
    with edit(CYCLE, cycle, by=by, at=at, can=Can.RUN_CYCLE, seen=seen, verb="set-reminders") as editing:
        if editing.set(schedule, where=_("Reminders"), **wanted):
            schedule.save()
    return schedule


def _days(typed: Collection[int]) -> list[int]:
    """Whole days, each once, not too many and not too far away."""
    days = sorted(set(typed))
    if len(days) > MOST_MOMENTS or any(not 0 <= day <= LONGEST_DAYS for day in days):
        raise NotReady(_("Up to twelve moments, each up to a year away."))
    return days

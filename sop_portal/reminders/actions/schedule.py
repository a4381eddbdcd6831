"""When a year reminds."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext as _

from planning.cycles.workflow import CYCLE
from planning.models import Cycle
from sop_portal.foundation.kit.bounds import refuse_beyond
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit
from sop_portal.foundation.workflow.seals import seal_rows
from sop_portal.reminders.models import SCHEDULE, ReminderSchedule
from sop_portal.reminders.schedule import LONGEST_DAYS, MOST_MOMENTS, SELDOMEST, Plan


def set_schedule(cycle: Cycle, plan: Plan, *, by: User, at: datetime, seen: int) -> ReminderSchedule:
    """Choose when a year reminds."""
    refuse_beyond(_("Afterwards every so many days"), plan.late_every, SELDOMEST)
    schedule = ReminderSchedule.objects.filter(cycle=cycle).first() or ReminderSchedule(cycle=cycle)
    days = {name: _days(getattr(plan, name)) for name in ("before", "late", "decisions")}
    with edit(CYCLE, cycle, by=by, at=at, can=Can.RUN_CYCLE, seen=seen, verb="set-reminders") as editing:
        if editing.set(schedule, where="reminders", **{**asdict(plan), **days}):
            schedule.save()
            seal_rows(SCHEDULE, [schedule.pk])
    return schedule


def _days(typed: Collection[int]) -> list[int]:
    """Whole days, each once, not too many and not too far away."""
    days = sorted(set(typed))
    if len(days) > MOST_MOMENTS or any(not 0 <= day <= LONGEST_DAYS for day in days):
        raise NotReady(
            _("A year does not remind at these moments."), [], _("Up to twelve moments, each up to a year away.")
        )
    return days

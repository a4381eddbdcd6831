"""What the sweep reads: schedules, the ledger, the trail and the notices of everybody."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import Max

from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.due import Due
from sop_portal.reminders.models import Reminder, ReminderSchedule
from sop_portal.reminders.open_notices import OpenNotices
from sop_portal.reminders.schedule import Plan

CHUNK = 2000


def plans_by_cycle() -> dict[int, Plan]:
    """The schedule of every year that has one of its own."""
    return {schedule.cycle_id: schedule.plan for schedule in ReminderSchedule.objects.all()}


def last_reminded(owing: Sequence[Owed]) -> dict[tuple[str, int], datetime]:
    """The latest moment each person has in the ledger for each of these deadlines."""
    found: dict[tuple[str, int], datetime] = {}
    keys = [owed.key for owed in owing]
    for first in range(0, len(keys), CHUNK):
        rows = Reminder.objects.filter(deadline__in=keys[first : first + CHUNK]).values_list("deadline", "person_id")
        found |= {(deadline, person): at for deadline, person, at in rows.annotate(Max("at")).order_by()}
    return found


def reminded_late(deadlines: Collection[str]) -> set[tuple[str, str, int]]:
    """Who was told that a deadline is late: the deadline, its due day at that time, the person."""
    late = Reminder.objects.filter(deadline__in=deadlines, occurrence__contains=" +")
    rows = late.exclude(occurrence__endswith=" +0").values_list("deadline", "occurrence", "person_id")
    return {(deadline, occurrence.split(" ")[0], person) for deadline, occurrence, person in rows}


def latest_position() -> int:
    """The number of the last entry of the trail."""
    return Entry.objects.order_by("-position").values_list("position", flat=True).first() or 0


def stepped_since(position: int, due: Sequence[Due]) -> set[tuple[str, int]]:
    """Records that somebody took a step on while the sweep was looking: the next sweep sees how they stand."""
    kinds, records = {row.owed.kind for row in due}, {row.owed.record_id for row in due}
    taken = Entry.objects.filter(position__gt=position, kind__in=kinds, record_id__in=records).exclude(state_to="")
    return set(taken.values_list("kind", "record_id"))


def open_notices() -> OpenNotices:
    """What is open in people's inboxes, in one query."""
    fields = ("kind", "record_id", "verb", "person_id", "pk", "due_on", "is_deadline")
    rows = Notice.objects.owed().order_by().values_list(*fields)
    found = OpenNotices()
    for kind, record_id, verb, person_id, pk, due_on, is_deadline in rows:
        if is_deadline:
            found.reminders.setdefault((kind, record_id, verb, person_id), []).append((pk, due_on))
        else:
            found.acts.setdefault((kind, record_id, person_id), []).append(pk)
    return found


def last_informed_by_act(due: Sequence[Due]) -> dict[tuple[str, int, int], datetime]:
    """When these people were last told of these records by an act and not by a reminder."""
    if not due:
        return {}
    notices = Notice.objects.filter(
        is_deadline=False,
        kind__in={row.owed.kind for row in due},
        record_id__in={row.owed.record_id for row in due},
        person_id__in={row.person_id for row in due},
        settled_at=None,
        at__gte=min(row.occurrence.at for row in due),
    )
    rows = notices.exclude(verb="comment").values_list("kind", "record_id", "person_id").annotate(Max("at"))
    return {(kind, record_id, person): at for kind, record_id, person, at in rows.order_by()}

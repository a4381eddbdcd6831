"""The sweep: whatever is due is told once, by range and never by equality of dates, and stops by itself."""

import gc
import secrets
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from planning.cycles.workflow import CYCLE
from planning.models import Cycle
from sop_portal.foundation.kit.bulk import insert_rows
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.notices.actions import move_deadline, settle_notices, write_notices
from sop_portal.foundation.notices.wording import NewNotice
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import edit
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.audience import Directory
from sop_portal.reminders.ledger import (
    Due,
    Standing,
    due_now,
    last_told,
    latest_position,
    plans,
    standing,
    stepped_since,
    told_otherwise,
)
from sop_portal.reminders.models import CalendarFeed, Reminder, ReminderSchedule
from sop_portal.reminders.sources import everything_owed
from sop_portal.reminders.wording import MOST_NAMED, texts_of

BATCH = 2000
ROW = ("deadline", "occurrence", "person", "at", "made_at", "is_skipped", "sweep")
FURTHEST, MOST_MOMENTS = 365, 12


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    owed: int
    told: int
    skipped: int
    settled: int

    def as_json(self) -> dict[str, int]:
        """For programs."""
        return {"owed": self.owed, "told": self.told, "skipped": self.skipped, "settled": self.settled}


def sweep(*, at: datetime) -> Swept:
    """Tell everybody what is due, once, and archive what is owed no longer. Any number may run at the same time."""
    begun = latest_position()
    owing = list(everything_owed(at))
    directory, schedules = Directory.on(localdate(at)), plans()
    due = due_now(owing, schedules, directory, last_told(owing), by=at)
    before = standing()
    with looked_at_once():
        counts = [_tell(some, before, begun, at) for some in by_person(due)]
    settled = _settle(before, owing, directory, at)
    return Swept(len(owing), sum(told for told, _rest in counts), sum(rest for _told, rest in counts), settled)


@contextmanager
def looked_at_once() -> Iterator[None]:
    """Keep the garbage collector from going through all that is owed again and again: nothing of it is let go."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def by_person(due: Iterable[Due]) -> Iterator[list[Due]]:
    """In batches that never part what one person is told: it is one mail."""
    batch: list[Due] = []
    for _person, theirs in groupby(sorted(due, key=lambda d: d.person_id), key=lambda d: d.person_id):
        batch += theirs
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@transaction.atomic
def _tell(due: Sequence[Due], before: Standing, begun: int, at: datetime) -> tuple[int, int]:
    """Write the rows of the ledger; only those that were not there yet are told, in the same transaction."""
    moved_on = stepped_since(begun, due)
    due = [d for d in due if (d.owed.kind, d.owed.record_id) not in moved_on]
    fresh = _insert(due, at)
    told = [d for d in due if d.is_latest and d.identity in fresh]
    elsewhere = told_otherwise(told)
    known = [d for d in told if d.place in elsewhere and elsewhere[d.place] >= d.occurrence.at]
    if known:
        Reminder.objects.filter(pk__in=[fresh[d.identity] for d in known]).update(is_skipped=True)
    telling = [d for d in told if d not in known] if known else told
    settle_notices([pk for d in telling for pk in before.of(d)], at=at)
    named = {person for d in telling for person in d.part.whose[:MOST_NAMED]}
    people = User.objects.only("name", "language").in_bulk({d.person_id for d in telling} | named)
    texts = texts_of(telling, people)
    write_notices([_telling(d, people[d.person_id], texts[place]) for place, d in enumerate(telling)], at=at)
    return len(telling), len(fresh) - len(telling)


def _insert(due: Sequence[Due], at: datetime) -> dict[tuple[str, str, int], int]:
    """Insert what is not there yet, in one order for everybody, and return what is new."""
    mine, last = uuid.uuid4(), Reminder.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = (
        (d.owed.key, d.occurrence.name, d.person_id, d.occurrence.at, at, not d.is_latest, mine)
        for d in sorted(due, key=lambda d: d.identity)
    )
    insert_rows(Reminder, ROW, rows, unless_there=True)
    new = Reminder.objects.filter(pk__gt=last, sweep=mine).values_list("deadline", "occurrence", "person_id", "pk")
    return {(deadline, occurrence, person): pk for deadline, occurrence, person, pk in new}


def _telling(due: Due, person: User, texts: dict[str, str]) -> NewNotice:
    owed = due.owed
    return NewNotice(
        person, texts, owed.kind, owed.record_id, owed.step, owed.url, is_deadline=True,
        due_on=owed.due_on,
    )  # fmt: skip


def _settle(before: Standing, owing: Iterable[Owed], directory: Directory, at: datetime) -> int:
    """Archive reminders of what is done, waived or somebody else's now; let moved ones say their new day."""
    gone, moved = before.outdated(owing, directory)
    for due_on, pks in moved.items():
        move_deadline(pks, due_on)
    return settle_notices(gone, at=at) if gone else 0


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
    if len(days) > MOST_MOMENTS or any(not 0 <= day <= FURTHEST for day in days):
        raise NotReady(_("Up to twelve moments, each up to a year away."))
    return days


def renew_feed(person: User, *, at: datetime) -> CalendarFeed:
    """Give a person a new secret address for their calendar; the old one leads nowhere from now on."""
    feed, _made = CalendarFeed.objects.update_or_create(
        person=person, defaults={"key": secrets.token_urlsafe(32), "renewed_at": at}
    )
    return feed

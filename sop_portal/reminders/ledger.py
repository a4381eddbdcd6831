"""What the ledger knows, and what is still missing from it. Nothing here writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max

from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.audience import Directory, Part, audience, owners
from sop_portal.reminders.models import Reminder, ReminderSchedule
from sop_portal.reminders.schedule import USUAL, Dates, Occurrence, Plan, occurrences

PIECE = 2000
Told = Mapping[tuple[str, int], datetime]


@dataclass(frozen=True, slots=True)
class Due:
    """One row to be written: a deadline, one of its moments, one person; only the latest moment is told."""

    owed: Owed
    occurrence: Occurrence
    person_id: int
    is_latest: bool
    part: Part

    @property
    def identity(self) -> tuple[str, str, int]:
        """What is unique in the ledger."""
        return self.owed.key, self.occurrence.name, self.person_id

    @property
    def place(self) -> tuple[str, int, int]:
        """The record and the person, whatever is told of it."""
        return self.owed.kind, self.owed.record_id, self.person_id


def dates_of(owed: Owed) -> Dates:
    """The dates of a deadline."""
    return Dates(owed.zone, owed.opens_on, owed.due_on, owed.since)


def plans() -> dict[int, Plan]:
    """The schedule of every year that has one of its own."""
    return {schedule.cycle_id: schedule.plan for schedule in ReminderSchedule.objects.all()}


def last_told(owing: Sequence[Owed]) -> dict[tuple[str, int], datetime]:
    """The latest moment each person has in the ledger for each of these deadlines."""
    found: dict[tuple[str, int], datetime] = {}
    keys = [owed.key for owed in owing]
    for first in range(0, len(keys), PIECE):
        rows = Reminder.objects.filter(deadline__in=keys[first : first + PIECE]).values_list("deadline", "person_id")
        found |= {(deadline, person): at for deadline, person, at in rows.annotate(Max("at")).order_by()}
    return found


def latest_position() -> int:
    """How far the trail has come."""
    return Entry.objects.order_by("-position").values_list("position", flat=True).first() or 0


def stepped_since(position: int, due: Sequence[Due]) -> set[tuple[str, int]]:
    """Records that somebody took a step on while the sweep was looking: the next sweep sees how they stand."""
    kinds, records = {d.owed.kind for d in due}, {d.owed.record_id for d in due}
    taken = Entry.objects.filter(position__gt=position, kind__in=kinds, record_id__in=records).exclude(state_to="")
    return set(taken.values_list("kind", "record_id"))


def due_now(
    owing: Iterable[Owed], schedules: Mapping[int, Plan], directory: Directory, told: Told, *, by: datetime
) -> list[Due]:
    """The rows that are missing: for each person everything since their last one, up to now."""
    missing: list[Due] = []
    moved: list[Due] = []
    # Thousands of deadlines share the dates of a window or of a month.
    known: dict[tuple[Dates, Plan], list[Occurrence]] = {}
    for owed in owing:
        plan, dates = schedules.get(owed.cycle.pk, USUAL), dates_of(owed)
        if (dates, plan) not in known:
            known[dates, plan] = occurrences(dates, plan, by=by)
        passed = known[dates, plan]
        if passed:
            of_range, of_past = _of_one(owed, passed, plan, directory, told)
            missing += of_range
            moved += of_past
    return missing + _not_told_late(moved)


def _of_one(
    owed: Owed, passed: Sequence[Occurrence], plan: Plan, directory: Directory, told: Told
) -> tuple[list[Due], list[Due]]:
    """What came since each person's last row; and, where that row is of a later day, the news that it is late."""
    rows: list[Due] = []
    moved: list[Due] = []
    latest, owe = passed[-1], owners(owed, directory)
    for person in audience(owed, latest, plan, directory):
        since = told.get((owed.key, person))
        if since is None or since < latest.at:
            theirs = [o for o in passed if (since is None or o.at > since)]
            theirs = [o for o in theirs if o is latest or person in audience(owed, o, plan, directory)]
            part = directory.part_of(person, owe, owed.can)
            rows += [Due(owed, o, person, o is theirs[-1], part) for o in theirs]
        elif since > latest.at and latest.kind == "late":
            moved.append(Due(owed, latest, person, True, directory.part_of(person, owe, owed.can)))
    return rows, moved


def _not_told_late(moved: Sequence[Due]) -> list[Due]:
    """Of deadlines that were moved into the past: those whose people do not know yet that the day is over."""
    if not moved:
        return []
    late = Reminder.objects.filter(deadline__in={d.owed.key for d in moved}, occurrence__contains=" +")
    rows = late.exclude(occurrence__endswith=" +0").values_list("deadline", "occurrence", "person_id")
    known = {(deadline, occurrence.split(" ")[0], person) for deadline, occurrence, person in rows}
    return [d for d in moved if (d.owed.key, str(d.owed.due_on), d.person_id) not in known]


@dataclass
class Standing:
    """What stands in people's inboxes and nobody has answered yet: reminders, and acts that asked for a next step."""

    notices: dict[tuple[str, int, str, int], list[tuple[int, date | None]]] = field(default_factory=dict)
    acts: dict[tuple[str, int, int], list[int]] = field(default_factory=dict)

    def of(self, due: Due) -> list[int]:
        """The earlier reminders of the same deadline to the same person."""
        owed = due.owed
        found = self.notices.get((owed.kind, owed.record_id, owed.step, due.person_id), [])
        return [pk for pk, _due_on in found]

    def outdated(self, owing: Iterable[Owed], directory: Directory) -> tuple[list[int], dict[date, list[int]]]:
        """Those of deadlines that are gone or somebody else's, and those whose day has moved."""
        owing = list(owing)
        open_now = {(owed.kind, owed.record_id, owed.step): owed for owed in owing} if self.notices else {}
        gone = self._handed_on(owing, directory)
        moved: dict[date, list[int]] = {}
        for (kind, record_id, step, person), rows in self.notices.items():
            owed = open_now.get((kind, record_id, step))
            if owed is None or not directory.concerns(person, owed):
                gone += [pk for pk, _due_on in rows]
            elif owed.due_on is not None:
                moved.setdefault(owed.due_on, []).extend(pk for pk, due_on in rows if due_on != owed.due_on)
        return gone, {due_on: pks for due_on, pks in moved.items() if pks}

    def _handed_on(self, owing: Iterable[Owed], directory: Directory) -> list[int]:
        """What an act asked of people whose turn it is no longer, because somebody else took over."""
        on_record: dict[tuple[str, int], list[Owed]] = {}
        for owed in owing if self.acts else ():
            on_record.setdefault((owed.kind, owed.record_id), []).append(owed)
        return [
            pk
            for (kind, record_id, person), pks in self.acts.items()
            if (kind, record_id) in on_record
            and not any(directory.concerns(person, owed) for owed in on_record[kind, record_id])
            for pk in pks
        ]


def standing() -> Standing:
    """What stands open, in one query."""
    fields = ("kind", "record_id", "verb", "person_id", "pk", "due_on", "is_deadline")
    found = Standing()
    for kind, record_id, verb, person_id, pk, due_on, is_deadline in (
        Notice.objects.owed().order_by().values_list(*fields)
    ):
        if is_deadline:
            found.notices.setdefault((kind, record_id, verb, person_id), []).append((pk, due_on))
        else:
            found.acts.setdefault((kind, record_id, person_id), []).append(pk)
    return found


def told_otherwise(due: Sequence[Due]) -> dict[tuple[str, int, int], datetime]:
    """When these people were last told of these records by an act and not by a reminder."""
    if not due:
        return {}
    rows = Notice.objects.filter(
        is_deadline=False, kind__in={d.owed.kind for d in due}, record_id__in={d.owed.record_id for d in due},
        person_id__in={d.person_id for d in due}, settled_at=None, at__gte=min(d.occurrence.at for d in due),
    ).exclude(verb="comment")  # fmt: skip
    return {
        (kind, record_id, person): at
        for kind, record_id, person, at in rows.values_list("kind", "record_id", "person_id")
        .annotate(Max("at"))
        .order_by()
    }

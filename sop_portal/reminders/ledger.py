"""What the ledger knows, and what is still missing from it. Nothing here writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max

from sop_portal.notices.models import Notice
from sop_portal.reminders.audience import Directory, audience, owners
from sop_portal.reminders.models import Reminder, ReminderSchedule
from sop_portal.reminders.schedule import USUAL, Dates, Occurrence, Plan, occurrences
from sop_portal.workflow.owed import Owed

PIECE = 2000
Told = Mapping[tuple[str, int], datetime]


@dataclass(frozen=True, slots=True)
class Due:
    """One row to be written: a deadline, one of its moments, one person; only the latest moment is told."""

    owed: Owed
    occurrence: Occurrence
    person_id: int
    is_latest: bool
    is_owner: bool

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


def due_now(
    owing: Iterable[Owed], schedules: Mapping[int, Plan], directory: Directory, told: Told, *, by: datetime
) -> list[Due]:
    """The rows that are missing: for each person everything since their last one, up to now."""
    missing: list[Due] = []
    for owed in owing:
        plan = schedules.get(owed.cycle.pk, USUAL)
        missing += _of_one(owed, occurrences(dates_of(owed), plan, by=by), plan, directory, told)
    return missing


def _of_one(owed: Owed, passed: Sequence[Occurrence], plan: Plan, directory: Directory, told: Told) -> list[Due]:
    rows: list[Due] = []
    if not passed:
        return rows
    for person in audience(owed, passed[-1], plan, directory):
        since = told.get((owed.key, person))
        if since is not None and since >= passed[-1].at:
            continue
        theirs = [o for o in passed if (since is None or o.at > since) and person in audience(owed, o, plan, directory)]
        is_owner = person in owners(owed, directory)
        rows += [Due(owed, o, person, o is theirs[-1], is_owner) for o in theirs]
    return rows


@dataclass
class Standing:
    """Reminders in people's inboxes that nobody has answered yet."""

    notices: dict[tuple[str, int, str, int], list[tuple[int, date | None]]] = field(default_factory=dict)

    def of(self, due: Due) -> list[int]:
        """The earlier reminders of the same deadline to the same person."""
        owed = due.owed
        found = self.notices.get((owed.kind, owed.record_id, owed.step, due.person_id), [])
        return [pk for pk, _due_on in found]

    def outdated(self, owing: Iterable[Owed], directory: Directory) -> tuple[list[int], dict[date, list[int]]]:
        """Those of deadlines that are gone or somebody else's, and those whose day has moved."""
        open_now = {(owed.kind, owed.record_id, owed.step): owed for owed in owing} if self.notices else {}
        gone: list[int] = []
        moved: dict[date, list[int]] = {}
        for (kind, record_id, step, person), rows in self.notices.items():
            owed = open_now.get((kind, record_id, step))
            if owed is None or not directory.concerns(person, owed):
                gone += [pk for pk, _due_on in rows]
            elif owed.due_on is not None:
                moved.setdefault(owed.due_on, []).extend(pk for pk, due_on in rows if due_on != owed.due_on)
        return gone, {due_on: pks for due_on, pks in moved.items() if pks}


def standing() -> Standing:
    """What stands open, in one query."""
    rows = Notice.objects.open_deadlines().values_list("kind", "record_id", "verb", "person_id", "pk", "due_on")
    found = Standing()
    for kind, record_id, verb, person_id, pk, due_on in rows.order_by():
        found.notices.setdefault((kind, record_id, verb, person_id), []).append((pk, due_on))
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

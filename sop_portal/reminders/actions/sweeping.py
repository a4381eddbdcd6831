"""The sweep: whatever is due is told once, by range and never by equality of dates, and stops by itself."""

import gc
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.utils.timezone import localdate

from budgets.spending.actions import warn_of_lines
from evaluations.meetings.actions import follow_open_matters
from sop_portal.foundation.kit.bulk import insert_rows
from sop_portal.foundation.notices.actions import move_deadline, settle_notices, write_notices
from sop_portal.foundation.notices.wording import NewNotice
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.papers.actions import forget_waiting
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.audience import Directory
from sop_portal.reminders.due import Due
from sop_portal.reminders.ledger import due_now
from sop_portal.reminders.models import LastSweep, Reminder
from sop_portal.reminders.open_notices import OpenNotices
from sop_portal.reminders.owing import all_owed
from sop_portal.reminders.queries import (
    last_informed_by_act,
    last_reminded,
    latest_position,
    open_notices,
    plans_by_cycle,
    stepped_since,
)
from sop_portal.reminders.wording import MOST_NAMED, since_of, texts_of

BATCH = 2000
COLUMNS = ("deadline", "occurrence", "person", "at", "made_at", "is_skipped", "sweep")
# Deadline, moment and person of a row of the ledger.
Identity = tuple[str, str, int]


@dataclass(frozen=True)
class SweepResult:
    """The counts of one sweep: deadlines owed, reminders sent, skipped and archived, lines warned of."""

    owed: int
    told: int
    skipped: int
    settled: int
    warned: int = 0

    def as_json(self) -> dict[str, int]:
        """The counts by name, for `--json`."""
        return asdict(self)


def sweep(*, at: datetime) -> SweepResult:
    """Tell everybody what is due, once, and archive what is owed no longer; then which lines are not as planned.

    The agendas of meetings to come follow what is open.

    Papers that were brought for a form and never sent are forgotten after a day.

    Any number may run at the same time.
    """
    position = latest_position()
    owing = list(all_owed(at))
    directory = Directory.on(localdate(at))
    due = due_now(owing, plans_by_cycle(), directory, last_reminded(owing), by=at)
    before = open_notices()
    with garbage_collection_frozen():
        counts = [_remind(batch, before, position, at) for batch in batches_by_person(due)]
    settled = _settle(before, owing, directory, at)
    forget_waiting(at=at)
    told, skipped = sum(told for told, _skipped in counts), sum(skipped for _told, skipped in counts)
    warned = warn_of_lines(at=at)
    # Agendas name what lines are warned of, which is measured by now.
    follow_open_matters(at=at)
    LastSweep.objects.update_or_create(pk=1, defaults={"at": at})
    return SweepResult(len(owing), told, skipped, settled, warned)


@contextmanager
def garbage_collection_frozen() -> Iterator[None]:
    """Keep the garbage collector from going through all that is owed again and again: nothing of it is let go."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def batches_by_person(due: Iterable[Due]) -> Iterator[list[Due]]:
    """Split what is due into batches that keep together what one person is told, since it is one mail."""
    by_person = attrgetter("person_id")
    batch: list[Due] = []
    for _person, theirs in groupby(sorted(due, key=by_person), key=by_person):
        batch += theirs
        if len(batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


@transaction.atomic
def _remind(due: Sequence[Due], before: OpenNotices, position: int, at: datetime) -> tuple[int, int]:
    """Write the rows of the ledger; only those that were not there yet are told, in the same transaction."""
    stepped = stepped_since(position, due)
    new = _insert([row for row in due if (row.owed.kind, row.owed.record_id) not in stepped], at)
    to_tell = _without_informed([row for row in due if row.is_latest and row.identity in new], new)
    settle_notices([pk for row in to_tell for pk in before.of(row)], at=at)
    write_notices(_new_notices(to_tell), at=at)
    return len(to_tell), len(new) - len(to_tell)


def _insert(due: Sequence[Due], at: datetime) -> dict[Identity, int]:
    """Insert what is not there yet, in one order for everybody, and return what is new with its key."""
    mine, last = uuid.uuid4(), Reminder.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows = (
        (row.owed.key, row.occurrence.name, row.person_id, row.occurrence.at, at, not row.is_latest, mine)
        for row in sorted(due, key=attrgetter("identity"))
    )
    insert_rows(Reminder, COLUMNS, rows, unless_there=True)
    new = Reminder.objects.filter(pk__gt=last, sweep=mine).values_list("deadline", "occurrence", "person_id", "pk")
    return {(deadline, occurrence, person): pk for deadline, occurrence, person, pk in new}


def _without_informed(due: Sequence[Due], new: Mapping[Identity, int]) -> list[Due]:
    """The rows whose people no act has notified since the moment fell due; the rows of the others are skipped."""
    informed = last_informed_by_act(due)
    known = [row for row in due if _is_informed(row, informed)]
    if known:
        Reminder.objects.filter(pk__in=[new[row.identity] for row in known]).update(is_skipped=True)
    return [row for row in due if not _is_informed(row, informed)] if known else list(due)


def _is_informed(row: Due, informed: Mapping[tuple[str, int, int], datetime]) -> bool:
    since = informed.get(row.record_and_person)
    return since is not None and since >= row.occurrence.at


def _new_notices(due: Sequence[Due]) -> list[NewNotice]:
    """One sentence to each person about each deadline."""
    named = {person for row in due for person in row.involvement.owner_ids[:MOST_NAMED]}
    people = User.objects.only("name", "language", "password", "invited_at").in_bulk(
        {row.person_id for row in due} | named
    )
    texts = texts_of(due, people)
    return [_new_notice(row, people[row.person_id], text) for row, text in zip(due, texts, strict=True)]


def _new_notice(due: Due, person: User, texts: dict[str, str]) -> NewNotice:
    owed = due.owed
    return NewNotice(
        person,
        texts,
        kind=owed.kind,
        record_id=owed.record_id,
        verb=owed.step,
        link=owed.url,
        is_deadline=True,
        due_on=owed.due_on,
        since_on=since_of(due),
    )


def _settle(before: OpenNotices, owing: Sequence[Owed], directory: Directory, at: datetime) -> int:
    """Archive reminders of what is done, waived or somebody else's now; let moved ones say their new day."""
    gone, moved = before.outdated(owing, directory)
    for due_on, pks in moved.items():
        move_deadline(pks, due_on)
    return settle_notices(gone, at=at) if gone else 0

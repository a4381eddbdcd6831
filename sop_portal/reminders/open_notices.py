"""Which notices in people's inboxes are outdated. Pure: they are passed in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.audience import Directory
from sop_portal.reminders.due import Due


@dataclass
class OpenNotices:
    """What nobody has answered yet: reminders with their due day, and acts that asked for a next step."""

    reminders: dict[tuple[str, int, str, int], list[tuple[int, date | None]]] = field(default_factory=dict)
    acts: dict[tuple[str, int, int], list[int]] = field(default_factory=dict)

    def of(self, due: Due) -> list[int]:
        """The earlier reminders of the same deadline to the same person."""
        owed = due.owed
        found = self.reminders.get((owed.kind, owed.record_id, owed.step, due.person_id), [])
        return [pk for pk, _due_on in found]

    def outdated(self, owing: Sequence[Owed], directory: Directory) -> tuple[list[int], dict[date, list[int]]]:
        """The notices of deadlines that are gone or somebody else's, and those whose day has moved."""
        open_now = {(owed.kind, owed.record_id, owed.step): owed for owed in owing} if self.reminders else {}
        gone = self._of_other_people(owing, directory)
        moved: dict[date, list[int]] = {}
        for (kind, record_id, step, person), rows in self.reminders.items():
            owed = open_now.get((kind, record_id, step))
            if owed is None or not directory.concerns(person, owed):
                gone += [pk for pk, _due_on in rows]
            elif owed.due_on is not None:
                moved.setdefault(owed.due_on, []).extend(pk for pk, due_on in rows if due_on != owed.due_on)
        return gone, {due_on: pks for due_on, pks in moved.items() if pks}

    def _of_other_people(self, owing: Iterable[Owed], directory: Directory) -> list[int]:
        """What an act asked of people whose turn it is no longer, because somebody else took over."""
        by_record: dict[tuple[str, int], list[Owed]] = {}
        for owed in owing if self.acts else ():
            by_record.setdefault((owed.kind, owed.record_id), []).append(owed)
        return [
            pk
            for (kind, record_id, person), pks in self.acts.items()
            if (kind, record_id) in by_record
            and not any(directory.concerns(person, owed) for owed in by_record[kind, record_id])
            for pk in pks
        ]

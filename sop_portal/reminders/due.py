"""A row that the ledger of reminders lacks: one deadline, one of its moments, one person."""

from dataclasses import dataclass

from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.audience import Involvement
from sop_portal.reminders.schedule import Dates, Occurrence


@dataclass(frozen=True, slots=True)
class Due:
    """One row to be written; only the latest moment of a deadline is told to its person."""

    owed: Owed
    occurrence: Occurrence
    person_id: int
    is_latest: bool
    involvement: Involvement

    @property
    def identity(self) -> tuple[str, str, int]:
        """The key of the row, unique in the ledger: deadline, moment and person."""
        return self.owed.key, self.occurrence.name, self.person_id

    @property
    def record_and_person(self) -> tuple[str, int, int]:
        """The record and the person, whichever step of it is due."""
        return self.owed.kind, self.owed.record_id, self.person_id


def dates_of(owed: Owed) -> Dates:
    """The dates of a deadline."""
    return Dates(owed.zone, owed.opens_on, owed.due_on, owed.since)

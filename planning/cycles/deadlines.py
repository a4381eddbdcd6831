"""What a deadline is, for every stage alike: who owes which step on which record until when."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sop_portal.organisation.roles import Can


@dataclass(frozen=True, slots=True)
class Deadline:
    """Somebody owes a step on a record until the end of a civil day.

    Whoever may take the step owes it: `people_who_can(deadline.can, deadline.record, on)`.
    """

    kind: str
    record: Any
    step: str
    can: Can
    opens_on: date
    due_on: date

    @property
    def key(self) -> tuple[str, int, str]:
        """What makes this deadline the same one on another day, whatever its date has become."""
        return self.kind, self.record.pk, self.step

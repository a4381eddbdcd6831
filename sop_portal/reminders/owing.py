"""Everything that somebody is reminded of: what the stages say is owed, and the handbook to read."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sop_portal.foundation.workflow.owed import Owed
from sop_portal.handbook import deadlines as handbook
from sop_portal.stages import everything_owed


def all_owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """What is owed at a moment, or begins within so many days; of some departments only what is theirs."""
    yield from everything_owed(at, ahead=ahead, departments=departments)
    if departments is None:
        yield from handbook.owed(at)

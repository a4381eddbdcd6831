"""Which rows the ledger of reminders lacks. Nothing here writes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sop_portal.foundation.workflow.owed import Owed
from sop_portal.reminders.audience import Directory, audience, owners
from sop_portal.reminders.due import Due, dates_of
from sop_portal.reminders.queries import reminded_late
from sop_portal.reminders.schedule import USUAL_PLAN, Dates, Occurrence, Plan, occurrences

LastReminded = Mapping[tuple[str, int], datetime]


def due_now(
    owing: Iterable[Owed], plans: Mapping[int, Plan], directory: Directory, reminded: LastReminded, *, by: datetime
) -> list[Due]:
    """The rows that are missing: for each person everything since their last one, up to now."""
    missing: list[Due] = []
    moved: list[Due] = []
    # Thousands of deadlines share the dates of a window or of a month.
    known: dict[tuple[Dates, Plan], list[Occurrence]] = {}
    for owed in owing:
        plan, dates = plans.get(owed.cycle.pk, USUAL_PLAN), dates_of(owed)
        if (dates, plan) not in known:
            known[dates, plan] = occurrences(dates, plan, by=by)
        passed = known[dates, plan]
        if passed:
            rows, moved_rows = _rows_of(owed, passed, plan, directory, reminded)
            missing += rows
            moved += moved_rows
    return missing + _not_yet_known_late(moved)


def _rows_of(
    owed: Owed, passed: Sequence[Occurrence], plan: Plan, directory: Directory, reminded: LastReminded
) -> tuple[list[Due], list[Due]]:
    """What came since each person's last row; and, where that row is of a later day, the news that it is late."""
    rows: list[Due] = []
    moved: list[Due] = []
    latest, owner_ids = passed[-1], owners(owed, directory)
    for person in audience(owed, latest, plan, directory):
        since = reminded.get((owed.key, person))
        if since is None or since < latest.at:
            theirs = [moment for moment in passed if since is None or moment.at > since]
            theirs = [o for o in theirs if o is latest or person in audience(owed, o, plan, directory)]
            involvement = directory.involvement(person, owner_ids, owed.can)
            rows += [Due(owed, moment, person, moment is theirs[-1], involvement) for moment in theirs]
        elif since > latest.at and latest.kind == "late":
            moved.append(Due(owed, latest, person, True, directory.involvement(person, owner_ids, owed.can)))
    return rows, moved


def _not_yet_known_late(moved: Sequence[Due]) -> list[Due]:
    """The deadlines moved into the past whose people do not know yet that the day is over."""
    if not moved:
        return []
    known = reminded_late({row.owed.key for row in moved})
    return [row for row in moved if (row.owed.key, str(row.owed.due_on), row.person_id) not in known]

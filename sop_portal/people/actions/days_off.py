"""The organisation's table of days: holidays, and make-up days that are worked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from planning.cycles.actions import follow_days_off
from sop_portal.foundation.kit.dates import FIRST_YEAR, LAST_YEAR
from sop_portal.foundation.kit.fitting import refuse_unfit
from sop_portal.foundation.kit.refusals import Difference, NotReady
from sop_portal.foundation.organisation.models import Organisation, SpecialDay, User
from sop_portal.foundation.organisation.portal import ONLY_ROW
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.conflicts import FieldEdit, merge, written_meanwhile
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import release_rows, seal_rows
from sop_portal.people.actions.rights import require_administrator

MOST_DAYS = 366
DAY = "day-off"
# The days of a year: what each is called, and whether it is worked.
Table = dict[date, tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class DayTerms:
    """A special day: when, what it is called, and whether it is worked."""

    on: date
    name: str
    is_worked: bool = False


@transaction.atomic
def set_days_off(
    year: int, days: Sequence[DayTerms], *, by: User, at: datetime, seen: Collection[DayTerms] | None = None
) -> list[DayTerms]:
    """Say which days of a year are off, or worked although their weekday is not; deadlines ahead follow.

    Days that somebody else added, changed or took out since the table was `seen` stay as they left them.
    """
    require_administrator(by, at)
    _refuse_odd(year, days)
    # One table has one lock, also where no day stands in it yet.
    Organisation.objects.select_for_update().filter(pk=ONLY_ROW).first()
    rows = SpecialDay.objects.select_for_update().filter(on__year=year)
    known = {row.on: (row.name, row.is_worked) for row in rows}
    wanted = _by_day(days) if seen is None else _beside_theirs(_by_day(days), known, _by_day(seen))
    changes = [
        Change(_kind(known.get(on), wanted.get(on)), _name(known.get(on)), _name(wanted.get(on)), str(on))
        for on in sorted(known.keys() | wanted.keys())
        if known.get(on) != wanted.get(on)
    ]
    if changes:
        release_rows(DAY, [row.pk for row in rows])
        rows.delete()
        written = SpecialDay.objects.bulk_create(
            SpecialDay(on=on, name=name, is_worked=worked) for on, (name, worked) in wanted.items()
        )
        seal_rows(DAY, [row.pk for row in written])
        note("organisation", Organisation.current(), "set-days-off", by=by, at=at, changes=changes)
        follow_days_off(by=by, at=at)
    return [DayTerms(on, *wanted[on]) for on in sorted(wanted)]


def _by_day(days: Collection[DayTerms]) -> Table:
    return {day.on: (day.name, day.is_worked) for day in days}


def _beside_theirs(mine: Table, theirs: Table, shown: Table) -> Table:
    """My table and the one that is kept, day by day; a day that both wrote is refused."""
    days = sorted({*mine, *theirs, *shown})
    found = merge(FieldEdit(str(on), mine.get(on), theirs.get(on), (shown.get(on),)) for on in days)
    if found.asked:
        raise written_meanwhile(
            [Difference(edit.name, _name(edit.known[0]), _name(edit.theirs)) for edit in found.asked]
        )
    return {on: found.values[str(on)] for on in days if found.values[str(on)]}


def _kind(before: tuple[str, bool] | None, after: tuple[str, bool] | None) -> str:
    found = after or before
    return "make_up_day" if found and found[1] else "holiday"


def _name(day: tuple[str, bool] | None) -> str:
    return day[0] if day else ""


def _refuse_odd(year: int, days: Sequence[DayTerms]) -> None:
    """Refuse a table that names days of another year, a day twice, or one without a name."""
    if not FIRST_YEAR <= year <= LAST_YEAR or any(day.on.year != year for day in days):
        raise NotReady(_("Every day must be in its own year."), [], _("Write each year’s days on its own page."))
    if len({day.on for day in days}) != len(days) or len(days) > MOST_DAYS:
        raise NotReady(_("A day is in the table twice."), [], _("Delete one of the two lines."))
    if not all(day.name.strip() for day in days):
        raise NotReady(_("A day has no name."), [], _("Say what it is called, so that everybody knows why it is off."))
    for day in days:
        refuse_unfit(SpecialDay(name=day.name), ["name"])

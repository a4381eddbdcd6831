"""The organisation's table of days: holidays, and make-up days that are worked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from planning.cycles.actions import follow_days_off
from sop_portal.foundation.kit.dates import FIRST_YEAR, LAST_YEAR
from sop_portal.foundation.kit.fitting import refuse_unfit
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import Organisation, SpecialDay, User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import release_rows, seal_rows
from sop_portal.people.actions.rights import require_administrator

MOST_DAYS = 366
DAY = "day-off"


@dataclass(frozen=True, slots=True)
class DayTerms:
    """A special day: when, what it is called, and whether it is worked."""

    on: date
    name: str
    is_worked: bool = False


@transaction.atomic
def set_days_off(year: int, days: Sequence[DayTerms], *, by: User, at: datetime) -> list[DayTerms]:
    """Say which days of a year are off, or worked although their weekday is not; deadlines ahead follow."""
    require_administrator(by, at)
    _refuse_odd(year, days)
    wanted = {day.on: (day.name, day.is_worked) for day in days}
    rows = SpecialDay.objects.select_for_update().filter(on__year=year)
    known = {row.on: (row.name, row.is_worked) for row in rows}
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
    return list(days)


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

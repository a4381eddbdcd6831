"""Which days are worked: the weekdays of the organisation, and its table of holidays and make-up days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.portal import Organisation, SpecialDay

DAY = timedelta(days=1)
# Longer than any holiday; where more is off on end, nothing is moved rather than far away.
LONGEST_HOLIDAY = 45


@dataclass(frozen=True, slots=True)
class NamedDay:
    """What makes a day special: its name, and whether it is worked."""

    name: str
    is_worked: bool = False


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The weekdays that are worked (Monday is 1), and the days that are otherwise."""

    weekdays: frozenset[int]
    special: Mapping[date, NamedDay] = field(default_factory=dict)

    def is_off(self, on: date) -> bool:
        """Whether nobody works on this day."""
        known = self.special.get(on)
        return not known.is_worked if known else on.isoweekday() not in self.weekdays

    def holiday(self, on: date) -> str:
        """The name of the holiday on this day; nothing on a weekend or a day that is worked."""
        known = self.special.get(on)
        return known.name if known and not known.is_worked else ""

    def next_worked(self, on: date) -> date:
        """This day, or the first one after it that is worked."""
        ahead = (on + DAY * days for days in range(LONGEST_HOLIDAY))
        return next((day for day in ahead if not self.is_off(day)), on)


def working_days() -> WorkingDays:
    """The working days of the organisation as its table says now."""
    weekdays = frozenset(int(digit) for digit in Organisation.current().working_weekdays)
    rows = SpecialDay.objects.values_list("on", "name", "is_worked")
    return WorkingDays(weekdays, {on: NamedDay(name, is_worked) for on, name, is_worked in rows})


def day_off_named(on: date, days: WorkingDays) -> str:
    """A day off in words: its weekday, and the holiday where it is one."""
    holiday = days.holiday(on)
    return formats.joined([formats.day_long(on), typed(holiday) if holiday else ""])


def moved_words(moved_from: date | None) -> str:
    """From which day off a deadline was moved, as a sentence; nothing where it stands as it was set."""
    if moved_from is None:
        return ""
    return interpolate(_("Moved from %(day)s."), {"day": day_off_named(moved_from, working_days())})

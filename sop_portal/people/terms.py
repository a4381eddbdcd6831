"""From when until when somebody holds a role or stands in for somebody else. Pure: the day is passed in."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from sop_portal.foundation.kit.dates import add_months
from sop_portal.foundation.kit.formats import day_of_year

LONGEST_MONTHS = 24


@dataclass(frozen=True)
class Term:
    """The first day, and the last one where there is an end."""

    from_on: date
    until_on: date | None = None

    @property
    def last_on(self) -> date:
        """The last day; the end of time where there is no other."""
        return self.until_on or date.max


def why_past(last_on: date, today: date) -> str:
    """Why nothing ends on a day that is past; empty if the day is not."""
    if last_on >= today:
        return ""
    return _("This day is past. Choose %(day)s or a later day.") % {"day": day_of_year(today)}


def why_not_until(until_on: date, today: date) -> str:
    """Why a deputyship does not end on this day; empty if it may."""
    if sentence := why_past(until_on, today):
        return sentence
    latest = add_months(today, LONGEST_MONTHS)
    if until_on > latest:
        return _("A deputy is named for two years at most: until %(day)s.") % {"day": day_of_year(latest)}
    return ""

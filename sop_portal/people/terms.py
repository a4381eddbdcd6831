"""From when until when somebody holds a role or stands in for somebody else. Pure: the day is passed in."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from sop_portal.foundation.kit.dates import Span, add_months, months_around
from sop_portal.foundation.kit.formats import day_of_year

DAY = timedelta(days=1)
LONGEST_MONTHS = 24
LATE_MONTHS = 1
ROLE_MONTHS = 120


def days_of_role(today: date) -> Span:
    """From when until when a role may be held: ten years back and ahead; a role without an end has no last day."""
    return months_around(today, back=ROLE_MONTHS, ahead=ROLE_MONTHS)


def days_of_deputy(today: date) -> Span:
    """When a deputyship may lie: named a month late at most, and for two years at most."""
    return months_around(today, back=LATE_MONTHS, ahead=LONGEST_MONTHS)


def days_of_leaving(today: date) -> Span:
    """The last day of somebody who leaves."""
    return months_around(today, ahead=LONGEST_MONTHS)


@dataclass(frozen=True)
class Term:
    """The first day, and the last one where there is an end."""

    from_on: date
    until_on: date | None = None

    @property
    def last_on(self) -> date:
        """The last day; the end of time where there is no other."""
        return self.until_on or date.max


def days_without(wanted: Term, held: Iterable[tuple[date, date | None]]) -> Iterator[Term]:
    """The parts of a term that none of these spans covers; they come in the order of their first days."""
    first: date | None = wanted.from_on
    for from_on, until_on in held:
        if first is None or from_on > wanted.last_on or (until_on or date.max) < first:
            continue
        if from_on > first:
            yield Term(first, from_on - DAY)
        first = until_on + DAY if until_on else None
    if first is not None and first <= wanted.last_on:
        yield Term(first, wanted.until_on)


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

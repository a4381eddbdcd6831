"""The days on which the meetings of a series are held, worked out from its rule alone."""

from datetime import date

from sop_portal.foundation.kit.dates import add_months


def days_of_series(first_on: date, every: int, last: date) -> list[date]:
    """The first day, and the same day of the month every so many months, until the last day they may be held."""
    days: list[date] = []
    while (day := add_months(first_on, every * len(days))) <= last:
        days.append(day)
    return days

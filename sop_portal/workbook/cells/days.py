"""A column of days: dates as a spreadsheet program keeps them, as text in several ways, or asked about."""

import re
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.cells import MARKED, CellRefused, Undecided
from planning.projects.imports.numbers import plain_signs
from planning.projects.workflow import Wording
from sop_portal.foundation.kit import dates, formats
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.kit.sheets import CellValue, Marked
from sop_portal.workbook.cells.values import Holds, How

FIRST_DAY_OF_EXCEL, SERIALS = date(1899, 12, 30), range(20_000, 80_000)
YEAR_FIRST = re.compile(
    r"([0-9]{4})\s?[-/.年]\s?([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,2})\s?日?(?: 00:00(?::00)?)?", re.ASCII
)
YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})", re.ASCII)


NO_DAY = Wording(
    "day", _("Row %(row)s, column %(column)s: “%(value)s” is not a date. Write year, month and day like 2027-03-31.")
)


class Day(Holds):
    """A civil day."""

    def read(self, cell: CellValue, how: How) -> date | None:
        """The day, as a date, as text, or as the number a spreadsheet program keeps for it."""
        if isinstance(cell, Marked):
            raise CellRefused(MARKED[cell.kind])
        if cell is None or isinstance(cell, date):
            return self._kept(cell)
        if isinstance(cell, Decimal):
            return self._kept(_of_serial(cell), True)
        typed = plain_signs(str(cell))
        if not typed:
            return None
        if found := YEAR_FIRST.fullmatch(typed):
            return self._kept(_day(found[1], found[2], found[3]), True)
        if found := YEAR_LAST.fullmatch(typed):
            return self._kept(self._year_last(found, how), True)
        if typed.isdigit():
            return self._kept(_of_serial(Decimal(typed)), True)
        raise CellRefused(NO_DAY)

    def _year_last(self, found: re.Match[str], how: How) -> date | None:
        first, second = found[1], found[3]
        if not is_either_way(found):
            day_first = found[2] == "." or int(first) > 12
        elif how.is_day_first is None:
            raise Undecided
        else:
            day_first = how.is_day_first
        return _day(found[4], second, first) if day_first else _day(found[4], first, second)

    def _kept(self, on: date | None, is_filled: bool = False) -> date | None:
        if on is None and not is_filled:
            return None
        if on is None or not dates.FIRST_YEAR <= on.year <= dates.LAST_YEAR:
            raise CellRefused(NO_DAY)
        return on

    def said(self, value: date | None) -> StrOrPromise:
        """The day with its year."""
        return formats.day_of_year(value) if value else ""


def is_either_way(found: re.Match[str]) -> bool:
    """Whether day and month of a date with the year at its end could stand in either order."""
    first, second = int(found[1]), int(found[3])
    return found[2] != "." and first != second and first <= 12 and second <= 12


def _of_serial(number: Decimal) -> date | None:
    """The day for which a spreadsheet program keeps this number."""
    if not number.is_finite() or number != number.to_integral_value() or int(number) not in SERIALS:
        return None
    return FIRST_DAY_OF_EXCEL + timedelta(days=int(number))


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None

"""One cell of a table of past years: a name, a year or a figure, or the sentence that says why not."""

import re
from datetime import date
from decimal import Context, Decimal
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.money import parse_amount
from sop_portal.foundation.kit.sheets import CellValue
from sop_portal.foundation.kit.text import LONGEST_NAME, clean_name

FIRST_YEAR, LAST_YEAR = 1990, 2100
LARGEST = Decimal(10) ** 12
PLACES = Decimal("0.01")
LONGEST_SHOWN = 40
# A spreadsheet program keeps and shows fifteen digits; what stands behind them is the noise of its arithmetic.
AS_SHOWN = Context(prec=15)
PLAIN_FIGURE = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?", re.ASCII)
YEAR = re.compile(r"([0-9]{4})(\.0+)?", re.ASCII)

NO_NAME = _("Row %(row)s, column %(column)s is blank. Write the department's name, or delete the row.")
LONG_NAME = _("Row %(row)s, column %(column)s: “%(value)s” is longer than 120 characters. Shorten it.")
NOT_A_YEAR = _(
    "Row %(row)s, column %(column)s: “%(value)s” is not a year. Write four digits from 1990 to 2100, such as 2026."
)
NOT_A_FIGURE = _(
    "Row %(row)s, column %(column)s: “%(value)s” is not a number. Write digits, such as 1234.50, "
    "or leave the cell blank if the figure is not known."
)
NEGATIVE = _(
    "Row %(row)s, column %(column)s: “%(value)s” is negative. Write zero or more, "
    "or leave the cell blank if the figure is not known."
)
TOO_LARGE = _("Row %(row)s, column %(column)s: “%(value)s” is more than 1,000,000,000,000. Check the digits.")
NOT_WHOLE = _("Row %(row)s, column %(column)s: “%(value)s” is not a whole number. Write the number without decimals.")
TOO_FINE = _("Row %(row)s, column %(column)s: “%(value)s” has more than two decimals. Round it to two.")


class CellRefused(Exception):
    """Why a cell is not taken; the sentence takes row, column and value."""

    def __init__(self, message: Promise) -> None:
        super().__init__(message)
        self.message = message


def shown(cell: CellValue) -> str:
    """The cell as a sentence quotes it; nothing where it is blank."""
    text = "" if cell is None else format(cell, "f") if isinstance(cell, Decimal) else str(cell).strip()
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def name_in(cell: CellValue, *, required: bool) -> str:
    """A department's or project's name, without the blanks around it."""
    name = _name(format(cell, "f") if isinstance(cell, Decimal) else "" if cell is None else str(cell))
    if required and not name:
        raise CellRefused(NO_NAME)
    if len(name) > LONGEST_NAME:
        raise CellRefused(LONG_NAME)
    return name


# A few hundred names stand in a hundred thousand rows.
_name = lru_cache(maxsize=5000)(clean_name)


def year_in(cell: CellValue) -> int:
    """A year from 1990 to 2100."""
    found = YEAR.fullmatch(shown(cell))
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise CellRefused(NOT_A_YEAR)
    return int(found[1])


def figure_in(cell: CellValue, *, whole: bool) -> Decimal | None:
    """A figure, or nothing where the cell is blank."""
    figure = _number_in(cell)
    if figure is None:
        return None
    if figure < 0:
        raise CellRefused(NEGATIVE)
    if figure > LARGEST:
        raise CellRefused(TOO_LARGE)
    if figure == (rounded := figure.to_integral_value()):
        return rounded
    if whole:
        raise CellRefused(NOT_WHOLE)
    if figure != figure.quantize(PLACES):
        raise CellRefused(TOO_FINE)
    return figure


def _number_in(cell: CellValue) -> Decimal | None:
    if isinstance(cell, Decimal):
        return AS_SHOWN.plus(cell) if cell.is_finite() else _refuse(NOT_A_FIGURE)
    if isinstance(cell, date):
        return _refuse(NOT_A_FIGURE)
    typed = (cell or "").strip()
    if not typed:
        return None
    if PLAIN_FIGURE.fullmatch(typed):
        return Decimal(typed)
    try:
        return parse_amount(typed, places=20, max_digits=40, allow_negative=True)
    except ValidationError as refused:
        return _refuse(TOO_LARGE if refused.code == "max_digits" else NOT_A_FIGURE)


def _refuse(message: Promise) -> Decimal | None:
    raise CellRefused(message)

"""One cell of a table of past years: a name, a year or a figure, or the sentence that says why not."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.numbers import LONGEST, plain_signs, typed_number
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.bounds import Bound
from sop_portal.foundation.kit.sheets import CellValue, Marked
from sop_portal.foundation.kit.text import LONGEST_NAME, clean_name

LONGEST_SHOWN = 40
# A spreadsheet program keeps and shows fifteen digits; what stands behind them is the noise of its arithmetic.
AS_SHOWN = Context(prec=15)
PLAIN_FIGURE = re.compile(r"([0-9]{1,8})(?:\.([0-9]{1,2}))?", re.ASCII).fullmatch
DATE = re.compile(r"[0-9]{1,4}\s?[-/.年]\s?[0-9]{1,2}\s?[-/.月]\s?[0-9]{1,4}\s?日?", re.ASCII)
ERROR = re.compile(r"#[A-Z0-9/!?_]+")
ONE = Decimal(1)
ZERO_WIDTH = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200e\u200f\u2060\ufeff"))

NO_NAME = Wording(
    "no-name", _("Row %(row)s, column %(column)s is blank. Write the department's name, or delete the row.")
)
LONG_NAME = Wording(
    "long-name", _("Row %(row)s, column %(column)s: “%(value)s” is longer than 120 characters. Shorten it.")
)
NOT_A_YEAR = Wording(
    "year",
    _("Row %(row)s, column %(column)s: “%(value)s” is not a year. Write four digits from 1990 to 2100, such as 2026."),
)
NOT_A_FIGURE = Wording(
    "not-a-number",
    _(
        "Row %(row)s, column %(column)s: “%(value)s” is not a number. Write digits, such as 1234.50, "
        "or leave the cell blank if the figure is not known."
    ),
)
NEGATIVE = Wording(
    "negative",
    _(
        "Row %(row)s, column %(column)s: “%(value)s” is negative. Write zero or more, "
        "or leave the cell blank if the figure is not known."
    ),
)
TOO_LARGE = Wording(
    "too-large", _("Row %(row)s, column %(column)s: “%(value)s” is more than %(most)s. Check the digits.")
)
NOT_WHOLE = Wording(
    "not-whole",
    _("Row %(row)s, column %(column)s: “%(value)s” is not a whole number. Write the number without decimals."),
)
TOO_FINE = Wording(
    "too-fine", _("Row %(row)s, column %(column)s: “%(value)s” has more than two decimals. Round it to two.")
)
IS_ERROR = Wording(
    "error",
    _(
        "Row %(row)s, column %(column)s: the cell holds the error %(value)s. "
        "Type the figure, or leave the cell blank if nobody knows it."
    ),
)
IS_FORMULA = Wording(
    "formula",
    _(
        "Row %(row)s, column %(column)s: “%(value)s” is a formula without a stored result. "
        "Open the file in a spreadsheet program, save it and bring it again."
    ),
)
IS_PERCENT = Wording(
    "percent", _("Row %(row)s, column %(column)s: %(value)s is a percentage and no figure. Write the figure itself.")
)
IS_DATE = Wording(
    "date", _("Row %(row)s, column %(column)s: “%(value)s” is a date and no number. Write the number itself.")
)
MARKED = {"error": IS_ERROR, "formula": IS_FORMULA, "percent": IS_PERCENT}


class CellRefused(Exception):
    """Why a cell is not taken; the sentence takes row, column and value, and what else it names."""

    def __init__(self, wording: Wording, **named: str) -> None:
        super().__init__(wording.kind)
        self.wording, self.named = wording, named


class Undecided(Exception):
    """The cell waits for the answer to a question."""


@dataclass(frozen=True, slots=True)
class Figures:
    """How the figures of a column are read: how large they may be, which sign parts decimals, what multiplies them."""

    bound: Bound
    decimal: str = "."
    factor: Decimal = ONE

    @property
    def whole(self) -> bool:
        """Whether the figures are counts."""
        return not self.bound.places


def shown(cell: CellValue) -> str:
    """The cell as a sentence quotes it; nothing where it is blank."""
    text = "" if cell is None else format(cell, "f") if isinstance(cell, Decimal) else str(cell).strip()
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def name_in(cell: CellValue, *, required: bool) -> str:
    """A department's or project's name, without the blanks around it and without what only looks like a letter."""
    if isinstance(cell, Marked):
        raise CellRefused(MARKED[cell.kind])
    name = _name(format(cell, "f") if isinstance(cell, Decimal) else "" if cell is None else str(cell))
    if required and not name:
        raise CellRefused(NO_NAME)
    if len(name) > LONGEST_NAME:
        raise CellRefused(LONG_NAME)
    return name


# A few hundred names stand in a hundred thousand rows.
@lru_cache(maxsize=5000)
def _name(text: str) -> str:
    return clean_name(text if text.isascii() else plain_letters(text))


def plain_letters(text: str) -> str:
    """The text without signs of no width, and with Latin letters and digits of the usual width."""
    signs = (sign if sign < "\uff10" or sign > "\uff5a" else unicodedata.normalize("NFKC", sign) for sign in text)
    return "".join(signs).translate(ZERO_WIDTH)


def hundredths_in(cell: CellValue, how: Figures) -> int | None:
    """A figure in hundredths, or nothing where the cell is blank."""
    if type(cell) is str:
        if (plain := PLAIN_FIGURE(cell)) and how.factor is ONE:
            whole, decimals = plain.groups()
            if not decimals:
                return int(whole) * 100
            found = int(whole) * 100 + int(decimals.ljust(2, "0"))
            return found if not how.whole or not found % 100 else _refuse(NOT_WHOLE)
        return _in_hundredths(_number_typed(cell, how), how)
    if cell is None:
        return None
    if isinstance(cell, Decimal):
        return _in_hundredths(AS_SHOWN.plus(cell) if cell.is_finite() else None, how)
    return _refuse(MARKED[cell.kind] if isinstance(cell, Marked) else IS_DATE)


def _in_hundredths(figure: Decimal | None, how: Figures) -> int | None:
    if figure is None:
        return _refuse(NOT_A_FIGURE)
    if figure.is_nan():
        return None
    if figure < 0:
        return _refuse(NEGATIVE)
    if figure * how.factor > how.bound.most:
        raise _too_large(how)
    found = figure * how.factor * 100
    hundredths = int(found)
    if how.whole and hundredths % 100:
        return _refuse(NOT_WHOLE)
    if found != hundredths:
        return _refuse(NOT_WHOLE if how.whole else TOO_FINE)
    return hundredths


BLANK = Decimal("NaN")


def _number_typed(cell: str, how: Figures) -> Decimal | None:
    typed = cell.strip()
    if not typed:
        return BLANK
    number = typed_number(typed)
    if number is None:
        raise _why_not(typed, how)
    value = number.read(how.decimal)
    if value is None:
        raise Undecided
    return value


def _why_not(typed: str, how: Figures) -> CellRefused:
    """What the text is, where that can be said."""
    plain = plain_signs(typed)
    if plain.endswith("%"):
        return CellRefused(IS_PERCENT)
    if len(plain) > LONGEST and plain.isdigit():
        return _too_large(how)
    return CellRefused(IS_DATE if DATE.fullmatch(plain) else IS_ERROR if ERROR.fullmatch(plain) else NOT_A_FIGURE)


def _too_large(how: Figures) -> CellRefused:
    return CellRefused(TOO_LARGE, most=how.bound.largest)


def _refuse(wording: Wording) -> int | None:
    raise CellRefused(wording)

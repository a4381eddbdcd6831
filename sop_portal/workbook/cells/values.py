"""What the cells of a column hold: how one is read, how it is written into a workbook, and how a page says it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from planning.projects.imports.cells import MARKED, CellRefused, Figures, hundredths_in, name_in, shown
from planning.projects.imports.columns import plain_name
from planning.projects.imports.years import FIRST_YEAR, LAST_YEAR, typed_year
from planning.projects.workflow import Wording
from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.bounds import MONEY, Bound
from sop_portal.foundation.kit.formats import sentences
from sop_portal.foundation.kit.sentences import StrOrPromise, typed
from sop_portal.foundation.kit.sheets import CellValue, Marked
from sop_portal.foundation.kit.text import LONGEST_TEXT, clean_text

SHORT_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)
NOT_ONE_OF = Wording(
    "choice", _("Row %(row)s, column %(column)s: “%(value)s” is none of these: %(choices)s. Choose one of them.")
)
NO_ADDRESS = Wording(
    "email",
    _("Row %(row)s, column %(column)s: “%(value)s” is not an e-mail address. Write one like name@example.org."),
)
NO_SHORT_NAME = Wording(
    "code",
    _("Row %(row)s, column %(column)s: “%(value)s” is no short name. Write letters a to z, digits and hyphens."),
)
NO_YEAR = Wording(
    "year", _("Row %(row)s, column %(column)s: “%(value)s” is not a year. Write four digits, such as 2027.")
)
IS_DAY = Wording("date", _("Row %(row)s, column %(column)s: “%(value)s” is a date. Write a name."))
ODD_TEXT = Wording("name", _("Row %(row)s, column %(column)s: %(reason)s"))
LONG_TEXT = Wording(
    "long", _("Row %(row)s, column %(column)s: the text is longer than %(most)s characters. Shorten it.")
)

YES_WORDS = frozenset(["yes", "y", "true", "x", "1", "ja", "j", "oui", "o", "sí", "si", "是", "对", "對", "✓", "√"])
NO_WORDS = frozenset(["no", "n", "false", "0", "nein", "non", "否", "不", "不是", "–"])
YES, NO = _("yes"), _("no")


@dataclass(frozen=True, slots=True)
class How:
    """What was decided for a column of a file: which sign parts decimals, by what it is multiplied, which days come."""

    decimal: str = "."
    factor: Decimal = Decimal(1)
    is_day_first: bool | None = None


class Holds:
    """What a column holds: plain text on one line, where a kind does not say otherwise."""

    def read(self, cell: CellValue, how: How) -> Any:
        """The value of a cell, nothing where it is blank; what cannot be read raises `CellRefused`."""
        if isinstance(cell, date):
            raise CellRefused(IS_DAY)
        try:
            return name_in(cell, required=False) or None
        except ValidationError as refused:
            raise CellRefused(ODD_TEXT, reason=sentences(refused.messages)) from None

    def write(self, value: Any) -> Any:
        """The value as a cell of a workbook in the reader's language."""
        return value

    def said(self, value: Any) -> StrOrPromise:
        """The value as a page says it."""
        return "" if value is None else typed(value)

    @property
    def choices(self) -> list[str]:
        """What the drop-down of the column offers."""
        return []


class Name(Holds):
    """A name on one line."""


class LongText(Holds):
    """A text of some lines."""

    def read(self, cell: CellValue, how: How) -> str | None:
        """The text as typed."""
        if isinstance(cell, Marked):
            raise CellRefused(MARKED[cell.kind])
        try:
            text = clean_text("" if cell is None else format(cell, "f") if isinstance(cell, Decimal) else str(cell))
        except ValidationError as refused:
            raise CellRefused(ODD_TEXT, reason=sentences(refused.messages)) from None
        if len(text) > LONGEST_TEXT:
            raise CellRefused(LONG_TEXT, most=formats.number(LONGEST_TEXT))
        return text or None


class Names(LongText):
    """Names, one a line."""

    def read(self, cell: CellValue, how: How) -> Any:
        """Each name on its own, none of them twice."""
        lines = (super().read(cell, how) or "").splitlines()
        try:
            names = [name_in(line, required=False) for line in lines]
        except ValidationError as refused:
            raise CellRefused(ODD_TEXT, reason=sentences(refused.messages)) from None
        return list(dict.fromkeys(name for name in names if name)) or None

    def write(self, value: object) -> str:
        """One a line."""
        return "\n".join(cast("list[str]", value))

    def said(self, value: object) -> StrOrPromise:
        """The names behind each other."""
        return formats.listed([typed(name) for name in cast("list[str]", value or [])])


class Address(Holds):
    """An e-mail address, in small letters."""

    def read(self, cell: CellValue, how: How) -> str | None:
        """The address."""
        found = super().read(cell, how)
        if found is None:
            return None
        address = str(found).lower().removeprefix("mailto:").strip()
        try:
            validate_email(address)
        except ValidationError:
            raise CellRefused(NO_ADDRESS) from None
        return address


class ShortName(Holds):
    """A short name in addresses: small letters and digits."""

    def read(self, cell: CellValue, how: How) -> str | None:
        """The short name."""
        found = super().read(cell, how)
        if found is None:
            return None
        short = str(found).lower()
        if not SHORT_NAME.fullmatch(short):
            raise CellRefused(NO_SHORT_NAME)
        return short


@dataclass(frozen=True)
class Choice(Holds):
    """One of a few, by its name in any of the portal's languages; `also` are other words for it."""

    labels: Mapping[Any, StrOrPromise]
    also: Mapping[str, Any]

    @classmethod
    def of(cls, labels: Mapping[Any, StrOrPromise], **also: str) -> "Choice":
        """A choice; other words for one of its values stand behind the value's name, parted by a bar."""
        return cls(labels, {word: value for value, words in also.items() for word in words.split("|")})

    def read(self, cell: CellValue, how: How) -> Any:
        """The value that is called so."""
        found = super().read(cell, how)
        if found is None:
            return None
        called = plain_name(str(found))
        known = self._known() | {plain_name(word): value for word, value in self.also.items()}
        if called not in known:
            raise CellRefused(NOT_ONE_OF, choices=formats.listed(self.choices))
        return known[called]

    def _known(self) -> dict[str, Any]:
        return {
            plain_name(word): value
            for value, label in self.labels.items()
            for word in (str(value), *in_every_language(label))
        }

    def write(self, value: object) -> str:
        """What it is called."""
        return str(self.labels[value])

    def said(self, value: object) -> StrOrPromise:
        """What it is called."""
        return self.labels.get(value, "")

    @property
    def choices(self) -> list[str]:
        """All of them."""
        return [str(label) for label in self.labels.values()]


class YesNo(Holds):
    """Yes or no."""

    def read(self, cell: CellValue, how: How) -> bool | None:
        """Whether it is so."""
        found = super().read(cell, how)
        if found is None:
            return None
        word = str(found).casefold()
        if word in YES_WORDS or word in map(str.casefold, in_every_language(YES)):
            return True
        if word in NO_WORDS or word in map(str.casefold, in_every_language(NO)):
            return False
        raise CellRefused(NOT_ONE_OF, choices=formats.listed(self.choices))

    def write(self, value: bool) -> str:
        """The word."""
        return str(YES if value else NO)

    def said(self, value: bool | None) -> StrOrPromise:
        """The word."""
        return "" if value is None else self.write(value)

    @property
    def choices(self) -> list[str]:
        """Both words."""
        return [str(YES), str(NO)]


@dataclass(frozen=True)
class Number(Holds):
    """A figure, as large as its bound allows."""

    bound: Bound = MONEY

    def read(self, cell: CellValue, how: How) -> Decimal | None:
        """The figure, exactly."""
        found = hundredths_in(cell, Figures(self.bound, how.decimal, how.factor))
        return None if found is None else Decimal(found).scaleb(-2)

    def write(self, value: Decimal) -> Decimal:
        """The figure without noughts that say nothing."""
        return value.quantize(Decimal(1)) if value == value.to_integral_value() else value

    def said(self, value: Decimal | None) -> StrOrPromise:
        """The figure as it is printed."""
        return "" if value is None else formats.number(value, 0 if value == value.to_integral_value() else 2)


class PlanYear(Holds):
    """A plan year."""

    def said(self, value: int | None) -> StrOrPromise:
        """Its four digits."""
        return "" if value is None else str(value)

    def read(self, cell: CellValue, how: How) -> int | None:
        """The year."""
        if isinstance(cell, Marked):
            raise CellRefused(MARKED[cell.kind])
        text = shown(cell)
        if not text:
            return None
        found = typed_year(text)
        if found is None or found.year is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise CellRefused(NO_YEAR)
        return found.year


def in_every_language(words: StrOrPromise) -> tuple[str, ...]:
    """The words in each of the portal's languages."""
    return tuple(_in(code, words) for code, _name in settings.LANGUAGES)


def _in(language: str, words: StrOrPromise) -> str:
    with translation.override(language):
        return str(words)

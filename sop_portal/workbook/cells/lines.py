"""Cells that hold a whole number by which the portal knows something: a line, or the version of a record."""

import re
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from planning.projects.imports.cells import MARKED, CellRefused, shown
from planning.projects.workflow import Wording
from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.kit.sheets import CellValue, Marked
from sop_portal.workbook.cells.values import Holds, How

LINE = re.compile(r"(?:(?P<year>[0-9]{4})[-–/])?(?P<number>[1-9][0-9]{0,8})(?:\.0+)?", re.ASCII)
NO_LINE = Wording(
    "line", _("Row %(row)s, column %(column)s: “%(value)s” is not the number of a line. Write digits, such as 12.")
)
NO_VERSION = Wording(
    "version",
    _("Row %(row)s, column %(column)s: “%(value)s” is no version. Leave the column as it was taken away."),
)


class TypedLine(NamedTuple):
    """A line as it was typed: its number, and the year in front of it where one stands there."""

    number: int
    year: int | None


class PlainNumber(Holds):
    """A number as the portal wrote it."""

    wording = NO_LINE

    def read(self, cell: CellValue, how: How) -> int | None:
        """The number, with no year in front of it."""
        typed = self.typed(cell)
        if typed and typed.year is not None:
            raise CellRefused(self.wording)
        return typed.number if typed else None

    def typed(self, cell: CellValue) -> TypedLine | None:
        """The number and what stands in front of it."""
        if isinstance(cell, Marked):
            raise CellRefused(MARKED[cell.kind])
        text = shown(cell)
        if not text:
            return None
        found = LINE.fullmatch(text)
        if found is None:
            raise CellRefused(self.wording)
        return TypedLine(int(found["number"]), int(found["year"]) if found["year"] else None)

    def said(self, value: int | None) -> StrOrPromise:
        """Its digits."""
        return "" if value is None else str(value)


class VersionNumber(PlainNumber):
    """The version of a record as it was taken away."""

    wording = NO_VERSION


class LineNumber(PlainNumber):
    """The number of a budget line, alone or behind its year; `settle_line` holds the year against that of its row."""

    def read(self, cell: CellValue, how: How) -> TypedLine | None:  # type: ignore[override]
        """The number and its year."""
        return self.typed(cell)

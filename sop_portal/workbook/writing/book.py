"""The workbook going out: an empty one to fill in, with explanations and examples, or one with what is there."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import IO

from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.sheets import BookColumn, BookSheet, write_book, write_csv
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.known import Row
from sop_portal.workbook.read_only import EXPLANATION, TITLES
from sop_portal.workbook.sheet import Sheet
from sop_portal.workbook.sheets import SHEETS, sheet_of

WIDE, WIDER = 44, 70


def write_template(stream: IO[bytes], sheets: Iterable[Sheet] = SHEETS) -> None:
    """Write an empty workbook in the reader's language: what to do first, then a sheet for each kind of rows."""
    chosen = list(sheets)
    write_book(stream, [explanation(chosen), *(BookSheet(str(one.title), book_columns(one)) for one in chosen)])


def write_table(stream: IO[bytes], sheet: Sheet) -> None:
    """Write one sheet of the template as a text table."""
    write_csv(stream, [str(column.name) for column in sheet.columns], [])


def filled(sheets: Iterable[Sheet], on: date, year: int | None = None) -> Iterator[BookSheet]:
    """The sheets that can be brought in, with what stands in the portal."""
    for sheet in sheets:
        yield BookSheet(str(sheet.title), book_columns(sheet), _rows(sheet, on, year))


def write_to_fill_in(stream: IO[bytes], sheet: Sheet, rows: Iterable[Row]) -> None:
    """Write a forecast or a request of a department, to be filled in and brought back."""
    cells = (_cells(sheet, row) for row in rows)
    write_book(stream, [BookSheet(str(sheet.title), book_columns(sheet), cells), explanation([sheet])])


def _rows(sheet: Sheet, on: date, year: int | None) -> Iterator[list[object]]:
    for row in sheet.current(on, year):
        yield _cells(sheet, row)


def _cells(sheet: Sheet, row: Row) -> list[object]:
    return [column.holds.write(row[column.key]) if column.key in row else None for column in sheet.columns]


def book_columns(sheet: Sheet) -> list[BookColumn]:
    """The columns with their explanations and drop-downs."""
    return [
        BookColumn(
            str(column.name),
            str(column.says),
            tuple(column.holds.choices),
            _offered(column),
            column.is_required,
            is_locked=column.is_locked,
        )
        for column in sheet.columns
    ]


def _offered(column: Column) -> tuple[str, int] | None:
    return (str(sheet_of(column.offers).title), 0) if column.offers else None


def explanation(sheets: Iterable[Sheet]) -> BookSheet:
    """What each sheet and column is for, with an example: a sheet that is passed over when the workbook comes back."""
    columns = [
        BookColumn(_("Sheet")),
        BookColumn(_("Column")),
        BookColumn(_("What it holds"), width=WIDER),
        BookColumn(_("Example"), width=WIDE),
        BookColumn(_("Needed")),
    ]
    return BookSheet(str(TITLES[EXPLANATION]), columns, _explained(sheets), is_locked=True)


def _explained(sheets: Iterable[Sheet]) -> Iterator[list[str | None]]:
    hint = _("Leave out sheets and columns that you do not need. Your own column names are fine.")
    yield [None, None, hint, None, None]
    for sheet in sheets:
        yield [str(sheet.title), None, str(sheet.says), None, None]
        for column in sheet.columns:
            needed = _("needed") if column.is_required else None
            choices = formats.listed(column.holds.choices)
            says = formats.with_note(column.says, choices) if choices else str(column.says)
            yield [None, str(column.name), says, str(column.example), needed]

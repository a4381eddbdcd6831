"""Reading a table that people bring, whatever it pretends to be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sheets.cells import CellValue, ShownFigures, column_letters
from sop_portal.foundation.kit.sheets.child import MAX_COLUMNS, MAX_ROWS, PACKED, WorkbookProblem
from sop_portal.foundation.kit.sheets.header import Header, Recognise, find_header, nothing_known
from sop_portal.foundation.kit.sheets.workbook import WorkbookRefused, rows_from_child

MAX_BYTES = 10_000_000
ROWS_REMEMBERED = 20
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

NOTHING: list[CellValue] = []

SENTENCES: dict[WorkbookProblem, Promise] = {
    WorkbookProblem.DAMAGED: _(
        "“%(name)s” cannot be read; it may be damaged. Save it anew from a spreadsheet program as .xlsx and try again."
    ),
    WorkbookProblem.NOT_A_WORKBOOK: _(
        "“%(name)s” is not a workbook of the kind .xlsx. Save it as .xlsx or CSV and try again."
    ),
    WorkbookProblem.MACROS: _("“%(name)s” holds macros. Save it as .xlsx, without macros, and try again."),
    WorkbookProblem.PASSWORD: _("“%(name)s” is protected by a password. Save it without one and try again."),
    WorkbookProblem.UNPACKS_TOO_LARGE: _(
        "“%(name)s” would unpack to far more than can be read. Save only the table you need and try again."
    ),
    WorkbookProblem.TOO_MANY_ROWS: _(
        "“%(name)s” has more than %(rows)s rows. Split it and bring the parts one by one."
    ),
    WorkbookProblem.TOO_MANY_COLUMNS: _(
        "“%(name)s” has more than %(columns)s columns. Delete those you do not need and try again."
    ),
    WorkbookProblem.NO_TABLE: _(
        "“%(name)s” holds no table. The first sheet needs a row of column names and the rows under it."
    ),
    WorkbookProblem.NOT_TEXT: _(
        "“%(name)s” is neither a workbook (.xlsx) nor a text table (CSV) in an encoding that can be told. "
        "Save it as .xlsx or as CSV UTF-8 and try again."
    ),
}
TOO_LARGE = _("“%(name)s” is larger than %(megabytes)s MB. Split it and bring the parts one by one.")
OLD_OR_LOCKED = _(
    "“%(name)s” is an old Excel file (.xls) or protected by a password. "
    "Save it as .xlsx, without a password, and try again."
)
WEB_PAGE = _(
    "“%(name)s” is a web page, whatever its name says. "
    "Open it in a spreadsheet program, save it as .xlsx and try again."
)
TOOK_TOO_LONG = _("“%(name)s” takes too much time or memory to read. Save only the table you need and try again.")


class SheetRefused(Exception):
    """A file that is not read, with the sentence that says why and what to do."""

    def __init__(self, message: Promise, filename: str) -> None:
        self.message = message
        name = "".join(sign for sign in Path(filename).name if sign.isprintable())[:80]
        self.params = {
            "name": name,
            "rows": f"{MAX_ROWS:,}",
            "columns": str(MAX_COLUMNS),
            "megabytes": str(MAX_BYTES // 1_000_000),
        }
        super().__init__(filename)

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return str(self.message) % self.params

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """A sheet of the workbook that was not read, with its first rows."""

    name: str
    is_hidden: bool
    rows: list[list[CellValue]]


@dataclass(frozen=True, slots=True)
class TableContext:
    """What stands around a table in its file: other sheets, lines above it, what is hidden, how the text is written.

    Rows and columns are counted from 0 here, as in `Table.rows` and `Table.header` together with their first.
    """

    sheet: str = ""
    others: tuple[OtherSheet, ...] = ()
    above: tuple[tuple[int, str], ...] = ()
    headers: tuple[tuple[str, ...], ...] = ()
    over: tuple[str, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    shown: tuple[ShownFigures, ...] = ()
    encoding: str = ""
    samples: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was brought: row `n` of `rows` is row `first_row + n` of the file."""

    header: list[str]
    rows: list[list[CellValue]] = field(repr=False)
    first_row: int = 2
    first_column: int = field(default=0, compare=False)
    context: TableContext = field(default_factory=TableContext, compare=False, repr=False)

    def consume_rows(self) -> Iterator[tuple[int, list[CellValue]]]:
        """Every row with its number, each once: behind the first few the table forgets those that were read."""
        for place, cells in enumerate(self.rows):
            yield self.row_number(place), cells
            if place >= ROWS_REMEMBERED:
                self.rows[place] = NOTHING

    def row_number(self, place: int) -> int:
        """The row's number as the spreadsheet program shows it."""
        return self.first_row + place

    def letters(self, place: int) -> str:
        """The column's letters as the spreadsheet program shows them."""
        return column_letters(self.first_column + place)

    def address(self, row_number: int, place: int) -> str:
        """A cell's address as the spreadsheet program shows it."""
        return f"{self.letters(place)}{row_number}"


def read_table(
    path_or_bytes: Path | str | bytes,
    filename: str,
    *,
    answers: Mapping[str, str] | None = None,
    recognise: Recognise = nothing_known,
) -> Table:
    """Read a CSV file or one sheet of an .xlsx workbook; the kind is told by content, never by name.

    `answers` may name the sheet and the encoding; `recognise` counts the known column names in a row.
    """
    packed = path_or_bytes if isinstance(path_or_bytes, bytes) else _bytes_of(Path(path_or_bytes), filename)
    if len(packed) > MAX_BYTES:
        raise SheetRefused(TOO_LARGE, filename)
    if not packed.startswith(PACKED):
        _refuse_what_is_no_text(packed, filename)
    wanted = {key: answer for key, answer in (answers or {}).items() if key in ("sheet", "encoding")}
    try:
        context, rows = rows_from_child(packed, wanted)
    except WorkbookRefused as refused:
        raise SheetRefused(SENTENCES[refused.refusal] if refused.refusal else TOOK_TOO_LONG, filename) from None
    return _table(context, rows, filename, recognise)


def _bytes_of(path: Path, filename: str) -> bytes:
    with path.open("rb") as stream:
        packed = stream.read(MAX_BYTES + 1)
    if len(packed) > MAX_BYTES:
        raise SheetRefused(TOO_LARGE, filename)
    return packed


def _refuse_what_is_no_text(packed: bytes, filename: str) -> None:
    if packed.startswith(OLD_EXCEL):
        raise SheetRefused(OLD_OR_LOCKED, filename)
    if packed.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise SheetRefused(WEB_PAGE, filename)


def _table(context: Mapping[str, Any], rows: list[list[CellValue]], filename: str, recognise: Recognise) -> Table:
    """Part the header from the rows under it; a title above the header is passed over."""
    header = find_header(rows, recognise)
    if header is None:
        raise SheetRefused(SENTENCES[WorkbookProblem.NO_TABLE], filename)
    body = rows[header.ends :]
    if len(body) > MAX_ROWS:
        raise SheetRefused(SENTENCES[WorkbookProblem.TOO_MANY_ROWS], filename)
    width = max(len(header.names), max(map(len, body), default=0))
    if width > MAX_COLUMNS:
        raise SheetRefused(SENTENCES[WorkbookProblem.TOO_MANY_COLUMNS], filename)
    names = header.names + [""] * (width - len(header.names))
    rows_padded = [_padded(row, width) for row in body]
    begins = context.get("first_column", 0)
    return Table(names, rows_padded, header.ends + 1, begins, _context_of(context, header, begins))


def _context_of(context: Mapping[str, Any], header: Header, begins: int) -> TableContext:
    return TableContext(
        sheet=context.get("sheet", ""),
        others=tuple(OtherSheet(**other) for other in context.get("others", ())),
        above=header.above,
        headers=header.rows,
        over=header.over,
        hidden_rows=frozenset(row - header.ends for row in context.get("hidden_rows", ()) if row >= header.ends),
        hidden_columns=frozenset(column - begins for column in context.get("hidden_columns", ())),
        merged=tuple(
            (top - header.ends, left - begins, bottom - header.ends, right - begins)
            for top, left, bottom, right in context.get("merged", ())
            if top >= header.ends
        ),
        shown=tuple(
            ShownFigures(
                *(column - begins, before, behind, divisor, Decimal(first)),
                tuple((top - header.ends, bottom - header.ends) for top, bottom in runs if bottom >= header.ends),
            )
            for column, before, behind, divisor, first, runs in context.get("shown", ())
        ),
        encoding=context.get("encoding", ""),
        samples=context.get("samples", {}),
    )


def _padded(row: list[CellValue], width: int) -> list[CellValue]:
    row.extend([None] * (width - len(row)))
    return row

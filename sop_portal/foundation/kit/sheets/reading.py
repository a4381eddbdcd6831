"""Reading a table that people bring, whatever it pretends to be."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sheets.child import MAX_COLUMNS, MAX_ROWS, MAX_ROWS_BEFORE_HEADER, WorkbookProblem
from sop_portal.foundation.kit.sheets.text_table import NotReadable, TooManyRows, csv_rows
from sop_portal.foundation.kit.sheets.workbook import WorkbookRefused, workbook_rows

MAX_BYTES = 10_000_000
HEADER_WITHIN = 10
MOST = MAX_ROWS + MAX_ROWS_BEFORE_HEADER
ROWS_REMEMBERED = 20
PACKED = (b"PK\x03\x04", b"PK\x05\x06")
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

CellValue = str | Decimal | date | None
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
NOT_TEXT = _("“%(name)s” is neither a workbook (.xlsx) nor a text table (CSV). Save it as .xlsx or CSV and try again.")
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
class Table:
    """A table as it was brought: row `n` of `rows` is row `first_row + n` of the file."""

    header: list[str]
    rows: list[list[CellValue]] = field(repr=False)
    first_row: int = 2

    def consume_rows(self) -> Iterator[tuple[int, list[CellValue]]]:
        """Every row with its number, each once: behind the first few the table forgets those that were read."""
        for place, cells in enumerate(self.rows):
            yield self.row_number(place), cells
            if place >= ROWS_REMEMBERED:
                self.rows[place] = NOTHING

    def row_number(self, place: int) -> int:
        """The row's number as the spreadsheet program shows it."""
        return self.first_row + place


def read_table(path_or_bytes: Path | str | bytes, filename: str) -> Table:
    """Read a CSV file or the first sheet of an .xlsx workbook; the kind is told by content, never by name."""
    packed = path_or_bytes if isinstance(path_or_bytes, bytes) else _bytes_of(Path(path_or_bytes), filename)
    if len(packed) > MAX_BYTES:
        raise SheetRefused(TOO_LARGE, filename)
    try:
        rows = workbook_rows(packed) if packed.startswith(PACKED) else csv_rows(_text_table(packed, filename), MOST)
        return _table(rows, filename)
    except WorkbookRefused as refused:
        raise SheetRefused(SENTENCES[refused.refusal] if refused.refusal else TOOK_TOO_LONG, filename) from None
    except TooManyRows:
        raise SheetRefused(SENTENCES[WorkbookProblem.TOO_MANY_ROWS], filename) from None
    except NotReadable:
        raise SheetRefused(NOT_TEXT, filename) from None


def _bytes_of(path: Path, filename: str) -> bytes:
    with path.open("rb") as stream:
        packed = stream.read(MAX_BYTES + 1)
    if len(packed) > MAX_BYTES:
        raise SheetRefused(TOO_LARGE, filename)
    return packed


def _text_table(packed: bytes, filename: str) -> bytes:
    if packed.startswith(OLD_EXCEL):
        raise SheetRefused(OLD_OR_LOCKED, filename)
    if packed.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise SheetRefused(WEB_PAGE, filename)
    return packed


def _table(rows: list[list[CellValue]], filename: str) -> Table:
    """Part the header from the rows under it; a title above the header is passed over."""
    top = enumerate(rows[:MAX_ROWS_BEFORE_HEADER])
    filled = [(place, sum(cell is not None for cell in row)) for place, row in top if row]
    if not filled:
        raise SheetRefused(SENTENCES[WorkbookProblem.NO_TABLE], filename)
    header_at = next((place for place, cells in filled[:HEADER_WITHIN] if cells > 1), filled[0][0])
    body = rows[header_at + 1 :]
    if len(body) > MAX_ROWS:
        raise SheetRefused(SENTENCES[WorkbookProblem.TOO_MANY_ROWS], filename)
    width = max(map(len, rows[header_at:]))
    if width > MAX_COLUMNS:
        raise SheetRefused(SENTENCES[WorkbookProblem.TOO_MANY_COLUMNS], filename)
    header = [_column_name(cell) for cell in _padded(rows[header_at], width)]
    return Table(header, [_padded(row, width) for row in body], header_at + 2)


def _column_name(cell: CellValue) -> str:
    return "" if cell is None else str(cell).strip()


def _padded(row: list[CellValue], width: int) -> list[CellValue]:
    row.extend([None] * (width - len(row)))
    return row

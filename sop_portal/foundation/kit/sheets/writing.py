"""Writing spreadsheets: flat memory, Decimals as numbers, text as text even when it begins with =."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from io import StringIO
from typing import IO, Any

from django.utils.timezone import get_current_timezone
from django.utils.timezone import override as override_zone
from django.utils.translation import get_language, override

from sop_portal.foundation.kit.sheets.text_table import guarded

LONGEST_CELL = 32_767
LONGEST_TITLE = 31
EXACT_DIGITS = 15
FIRST_EXCEL_YEAR = 1900
LINES_AT_ONCE = 500
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
}
NO_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
NO_XML = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})

Row = Sequence[Any]
Write = Callable[[int, int, Any], Any]


def write_xlsx(stream: IO[bytes], title: str, header: Sequence[Any], rows: Iterable[Row]) -> None:
    """Write one table as a workbook; rows may be a generator of any length."""
    # Imported here because no page needs it but the one that exports.
    import xlsxwriter

    workbook = xlsxwriter.Workbook(stream, OPTIONS)
    worksheet = workbook.add_worksheet(sheet_name(title))
    worksheet.freeze_panes(1, 0)
    worksheet.set_column(0, max(0, len(header) - 1), 18)
    bold = workbook.add_format({"bold": True, "bottom": 1})
    for column, name in enumerate(header):
        worksheet.write_string(0, column, plain_text(name), bold)
    write = cell_writer(workbook, worksheet)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if cell is not None:
                write(number, column, cell)
    workbook.close()


def sheet_name(title: str) -> str:
    """A title as a spreadsheet program takes it for a sheet."""
    name = " ".join(plain_text(title).translate(NO_SHEET_NAME).split())[:LONGEST_TITLE].strip()
    return name if name and name.casefold() != "history" else "Table"


def plain_text(cell: object) -> str:
    """The text of a cell without what no workbook can hold."""
    text = str(cell)
    if text.isascii():
        return text[:LONGEST_CELL]
    return text.encode(errors="replace").decode().translate(NO_XML)[:LONGEST_CELL]


def cell_writer(workbook: Any, worksheet: Any, more: Mapping[str, Any] | None = None) -> Write:
    """Writes a cell by its type; the number formats are made once per number of places, with `more` in each."""
    also = dict(more or {})
    day = workbook.add_format({"num_format": "yyyy-mm-dd", **also})
    moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm", **also})
    plain = workbook.add_format(also) if also else None
    by_places: dict[int, Any] = {}

    def number_format(places: int) -> Any:
        if places not in by_places:
            by_places[places] = workbook.add_format(
                {"num_format": "#,##0" + ("." + "0" * places if places else ""), **also}
            )
        return by_places[places]

    def write(row: int, column: int, cell: object) -> None:
        if isinstance(cell, Decimal) and cell.is_finite():
            _sign, digits, exponent = cell.as_tuple()
            if len(digits) <= EXACT_DIGITS:
                worksheet.write_number(row, column, cell, number_format(max(0, -int(exponent))))
                return
        elif isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < 10**EXACT_DIGITS:
            worksheet.write_number(row, column, cell, plain)
            return
        elif isinstance(cell, date) and cell.year >= FIRST_EXCEL_YEAR:
            worksheet.write_datetime(row, column, cell, moment if isinstance(cell, datetime) else day)
            return
        worksheet.write_string(row, column, plain_text(cell), plain)

    return write


def csv_lines(header: Sequence[Any], rows: Iterable[Row]) -> Iterator[bytes]:
    """The table as CSV in pieces, for a response that streams.

    Such a response is written when its request has ended already, so that language and time zone of whoever asked are
    held for the rows, which are often worked out as they are written.
    """
    return _held(_csv_pieces(header, rows), get_language(), get_current_timezone())


def _held(pieces: Iterator[bytes], language: str | None, zone: tzinfo) -> Iterator[bytes]:
    while True:
        with override(language), override_zone(zone):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _csv_pieces(header: Sequence[Any], rows: Iterable[Row]) -> Iterator[bytes]:
    buffer = StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([_csv_cell(name) for name in header])
    for number, row in enumerate(rows, 1):
        writer.writerow([_csv_cell(cell) for cell in row])
        if number % LINES_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: StringIO) -> bytes:
    piece = buffer.getvalue().encode(errors="replace")
    buffer.seek(0)
    buffer.truncate()
    return piece


def _csv_cell(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return guarded(str(cell)) if not isinstance(cell, int | date) else str(cell)


def write_csv(stream: IO[bytes], header: Sequence[Any], rows: Iterable[Row]) -> None:
    """Write one table as CSV that Excel opens in UTF-8."""
    for piece in csv_lines(header, rows):
        stream.write(piece)

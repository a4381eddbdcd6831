"""Text tables: which encoding, which delimiter, which rows."""

import csv
from collections.abc import Hashable
from io import BytesIO, TextIOWrapper
from itertools import islice
from typing import Any

# A cell beginning with one of these is run as a formula by spreadsheet programs; the last four are full-width.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DELIMITERS = (",", ";", "\t")
LONGEST_CELL = 100_000
SAMPLE = 20_000


class Interner:
    """Keeps one object for all equal cells of a table: most of them stand in it over and over."""

    MOST = 20_000

    def __init__(self) -> None:
        self._known: dict[Any, Any] = {}

    def __call__(self, cell: Hashable) -> Any:
        """The first equal cell, or this one."""
        known = self._known.get(cell)
        if known is None:
            if len(self._known) < self.MOST:
                self._known[cell] = cell
            return cell
        return known if type(known) is type(cell) else cell


class NotReadable(Exception):
    """Not a text table."""


class TooManyRows(Exception):
    """More rows than are read, blank ones counted."""


def guarded(text: str) -> str:
    """Text that a spreadsheet program will not run: an apostrophe goes before what it would take for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """The text without the apostrophe `guarded` put before it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS) else text


def csv_rows(packed: bytes, most: int) -> list[list[Any]]:
    """The rows of a CSV file: text or None, blank rows kept between others and dropped at the end."""
    encoding, sample = encoding_of(packed)
    csv.field_size_limit(LONGEST_CELL)
    # Read piece by piece: StringIO would hold four bytes for every letter of the file.
    lines, same = TextIOWrapper(BytesIO(packed), encoding, newline=""), Interner()
    try:
        found = islice(csv.reader(lines, delimiter=delimiter_of(sample)), most + 1)
        rows = [[same(cell) for cell in _cells(row)] for row in found]
    except csv.Error:
        raise NotReadable from None
    if len(rows) > most:
        raise TooManyRows
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _cells(row: list[str]) -> list[str | None]:
    cells = [unguarded(cell) if cell[:1] == "'" else cell or None for cell in row]
    while cells and not (cells[-1] or "").strip():
        cells.pop()
    return cells


def encoding_of(packed: bytes) -> tuple[str, str]:
    """How the text is written, and its beginning.

    UTF-8 with or without its mark, what Excel calls Unicode text, else the Chinese standard GB 18030.
    """
    encodings = ("utf-16",) if packed[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = packed.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return encoding, text[:SAMPLE]
    raise NotReadable


def delimiter_of(text: str) -> str:
    """Comma, semicolon or tab, whichever parts the first filled row into most columns."""
    first = next((line for line in text[:SAMPLE].splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda delimiter: _columns(first, delimiter))


def _columns(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 0

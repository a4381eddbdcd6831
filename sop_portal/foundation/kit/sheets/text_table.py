"""Text tables: which delimiter, which rows. The child reads with it, so it stands on no Django."""

import csv
import re
from collections import Counter
from collections.abc import Hashable, Iterator
from io import StringIO
from itertools import islice
from typing import Any

# A cell beginning with one of these is run as a formula by spreadsheet programs; the last four are full-width.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
DELIMITERS = (",", ";", "\t", "|")
LONGEST_CELL = 100_000
SAMPLE = 20_000
ROWS_JUDGED = 50
WORDS = re.compile(r"[^\s,;|\"]+")


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
    """Raised for bytes that are no text table."""


def guarded(text: str) -> str:
    """Text that a spreadsheet program will not run: an apostrophe goes before what it would take for a formula."""
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """The text without the apostrophe `guarded` put before it."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_SIGNS) else text


def rows_in(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of a text table, each cut behind its last filled cell."""
    csv.field_size_limit(LONGEST_CELL)
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=delimiter):
            while row and not row[-1].strip():
                row.pop()
            yield row
    except csv.Error:
        raise NotReadable from None


def delimiter_of(text: str) -> str:
    """What parts most of the first rows into the same number of columns."""
    return max(DELIMITERS, key=lambda delimiter: _evenness(text, delimiter))


def _evenness(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first filled rows have the commonest number of columns above one, and that number."""
    try:
        filled = (row for row in rows_in(text[:SAMPLE], delimiter) if row)
        widths = Counter(len(row) for row in islice(filled, ROWS_JUDGED) if len(row) > 1)
    except NotReadable:
        return 0, 0
    width, rows = max(widths.items(), key=lambda found: (found[1], found[0]), default=(0, 0))
    return rows, width


def sample_of(text: str) -> str:
    """The first signs of a text that are not plain English, with the words around them."""
    words = dict.fromkeys(word for word in WORDS.findall(text[:SAMPLE]) if not word.isascii())
    return " … ".join(words)[:60]

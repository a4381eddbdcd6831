"""Text tables: which encoding, which delimiter, which rows. The child reads with it, so it stands on no Django."""

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
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
# What is told apart by plausibility, once it is no UTF-8: how much stranger the second guess must read than the first.
GUESSED = ("gb18030", "big5", "cp1252")
CLEARLY_STRANGER = 0.04


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


def decoded(packed: bytes, encoding: str) -> str | None:
    """The text in this encoding, or nothing where it is not written in it."""
    try:
        text = packed.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if "\0" in text else text


def encodings_of(packed: bytes) -> list[str]:
    """How the text may be written, the likeliest first; one where there is no doubt."""
    certain = next((encoding for mark, encoding in MARKS if packed.startswith(mark)), "utf-8")
    if decoded(packed, certain) is not None:
        return [certain]
    if (unmarked := _without_mark(packed)) and decoded(packed, unmarked) is not None:
        return [unmarked]
    return _plausible(packed)


def _without_mark(packed: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of plain letters is nought."""
    sample = packed[:SAMPLE]
    noughts = len(sample) // 4
    if sample[1::2].count(0) > noughts and not sample[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if sample[::2].count(0) > noughts and not sample[1::2].count(0) else None


def _plausible(packed: bytes) -> list[str]:
    """Encodings in which the text reads like text."""
    # Imported here because hardly any file needs it.
    from charset_normalizer import from_bytes

    strange = b"\n".join(line for line in packed.splitlines() if not line.isascii())[:SAMPLE]
    found = [match for match in from_bytes(strange, cp_isolation=list(GUESSED)) if decoded(packed, match.encoding)]
    # The end of the sample may cut a sign in two: then whatever the file itself can be read in is a guess.
    names = [match.encoding for match in found if match.chaos <= found[0].chaos + CLEARLY_STRANGER]
    if not names:
        raise NotReadable
    return names


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

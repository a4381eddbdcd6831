"""Where the column names of a table stand: below title lines, and sometimes in two rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sop_portal.foundation.kit.sheets.cells import CellValue

LOOKED_AT = 100
HEADER_WITHIN = 15
KNOWN_AT_LEAST = 2

Recognise = Callable[[Sequence[str]], int]
Row = Sequence[CellValue]


@dataclass(frozen=True, slots=True)
class Header:
    """The names of the columns, the rows they stand in, the lines above them, and the row after them."""

    names: list[str]
    rows: tuple[tuple[str, ...], ...]
    above: tuple[tuple[int, str], ...]
    ends: int
    # The cells right above the names: those of a group of columns each.
    over: tuple[str, ...] = ()


def nothing_known(names: Sequence[str]) -> int:
    """Where no column names are known, the first row of several cells is the header."""
    return 0


def find_header(rows: Sequence[Row], recognise: Recognise) -> Header | None:
    """The row in which most column names are known, else the first of several cells, else the first with any."""
    filled = [place for place, row in enumerate(rows[:LOOKED_AT]) if any(cell is not None for cell in row)]
    if not filled:
        return None
    near = filled[:HEADER_WITHIN]
    names = {place: texts(rows[place]) for place in near}
    known = {place: recognise(names[place]) for place in near}
    best = max(near, key=lambda place: known[place])
    if known[best] < KNOWN_AT_LEAST:
        best = next((place for place in near if sum(map(bool, names[place])) > 1), filled[0])
        return _header(rows, [best], names[best])
    for pair in ((best, best + 1), (best - 1, best)):
        if all(place in names and not _has_figures(rows[place]) for place in pair):
            joined = _joined(names[pair[0]], names[pair[1]])
            if recognise(joined) > known[best]:
                return _header(rows, list(pair), joined)
    return _header(rows, [best], names[best])


def texts(row: Row) -> list[str]:
    """The cells of a row as text."""
    return ["" if cell is None else str(cell).strip() for cell in row]


def _joined(upper: list[str], lower: list[str]) -> list[str]:
    """Two rows of names as one: the lower name, or the one above where there is none below."""
    width = max(len(upper), len(lower))
    pairs = zip(upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower)), strict=True)
    return [below or above for above, below in pairs]


def _has_figures(row: Row) -> bool:
    return any(isinstance(cell, Decimal) or (isinstance(cell, str) and cell.strip().isdigit()) for cell in row)


def _header(rows: Sequence[Row], places: list[int], names: list[str]) -> Header:
    lines = ((place + 1, " ".join(filter(None, texts(rows[place])))) for place in range(places[0]))
    above = tuple((number, line) for number, line in lines if line)
    over = tuple(texts(rows[places[0] - 1])) if places[0] else ()
    if len(places) > 1:
        over = tuple(texts(rows[places[0]]))
    return Header(names, tuple(tuple(texts(rows[place])) for place in places), above, places[-1] + 1, over)

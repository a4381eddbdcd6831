"""Every value of a file as typed, as understood, and as it stands in the portal: new, changed or the same."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import ClassVar, NamedTuple

from planning.projects.imports.cells import shown
from planning.projects.imports.reading import HistoryReading
from planning.projects.queries import PastKey, figures_there
from sop_portal.foundation.kit.sheets import Table

NEW, CHANGED, SAME = "new", "changed", "same"
STATES = (NEW, CHANGED, SAME)


@dataclass(frozen=True, slots=True)
class PreviewedValue:
    """One figure of a file: where it stands, as typed, as understood, and what the portal has for it."""

    cell: str
    department: str
    project: str
    year: int
    metric: str
    typed: str
    figure: Decimal | None
    there: Decimal | None
    state: str


class _ComparedValue(NamedTuple):
    """A figure beside the one in the portal; `place` is its row's among the rows of the reading."""

    place: int
    metric: str
    state: str
    figure: Decimal | None
    there: Decimal | None


@dataclass(frozen=True)
class _HistoryComparison:
    """The rows of a reading beside what the portal has for them."""

    found: HistoryReading
    there: Mapping[PastKey, Mapping[str, Decimal | None]]
    NOTHING: ClassVar[Mapping[str, Decimal | None]] = {}

    def values(self) -> Iterator[_ComparedValue]:
        """Every figure that is known here or there."""
        for place, row in enumerate(self.found.rows):
            there = self.NOTHING
            if self.there and self.found.known.department_of(row):
                there = self.there.get(self.found.known.key_of(row), self.NOTHING)
            for metric, figure in zip(row.named, row.figures, strict=True):
                known = there.get(metric)
                if figure is not None or known is not None:
                    state = SAME if figure == known else CHANGED if known is not None else NEW
                    yield _ComparedValue(place, metric, state, figure, known)


def _compared(found: HistoryReading) -> _HistoryComparison:
    return _HistoryComparison(found, figures_there(found.rows, found.known))


def counted(found: HistoryReading) -> dict[str, int]:
    """How many values are new, changed and the same."""
    compared = _compared(found)
    if not compared.there:
        filled = sum(figure is not None for row in found.rows for figure in row.hundredths)
        return {NEW: filled, CHANGED: 0, SAME: 0}
    counts = Counter(value.state for value in compared.values())
    return {state: counts[state] for state in STATES}


def values(
    found: HistoryReading, sheet: Table, mapping: Mapping[str, int], *, state: str = "", start: int = 0, most: int
) -> list[PreviewedValue]:
    """So many values of one state, or of all, from a place on, as typed and as understood."""
    wanted = (value for value in _compared(found).values() if not state or value.state == state)
    return [_value(found, sheet, mapping, value) for value in islice(wanted, start, start + most)]


def _value(found: HistoryReading, sheet: Table, mapping: Mapping[str, int], value: _ComparedValue) -> PreviewedValue:
    row = found.rows[value.place]
    columns = found.places.get(value.metric) or [mapping[value.metric]]
    numbers = found.added.get(row.row_number, (row.row_number,))
    typed = (shown(sheet.rows[number - sheet.first_row][column]) for number in numbers for column in columns)
    return PreviewedValue(
        sheet.address(row.row_number, columns[0]),
        row.department,
        row.project,
        row.year,
        value.metric,
        " + ".join(filter(None, typed)),
        value.figure,
        value.there,
        value.state,
    )

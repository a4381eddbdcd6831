"""A bar inside the row of a table: parts end to end in percent of its width, and perhaps a mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from sop_portal.foundation.kit.charts.scale import Value

WHOLE = 100.0
# Which class colours a part that is filled, and the pattern of one that is not: no two differ in their colour alone.
CLASSES = {"solid": "f1", "light": "f-soft f-edge"}
PATTERNS = {"hatched": "c1", "bad": "c-no"}


@dataclass(frozen=True)
class RowPart:
    """One part of the bar. Looks: solid, hatched, light, bad."""

    x: float
    width: float
    look: str

    @property
    def classes(self) -> str:
        """The class that colours it; none for a part with a pattern."""
        return CLASSES.get(self.look, "")

    @property
    def pattern(self) -> str:
        """The pattern it is drawn with; none for a part that is filled."""
        return PATTERNS.get(self.look, "")


@dataclass(frozen=True)
class RowBar:
    """The parts of a bar, and where its mark stands; the row says the same in figures."""

    parts: tuple[RowPart, ...]
    mark: float | None = None


def row_bar(whole: Value, *parts: tuple[Value, str], mark: Value | None = None) -> RowBar:
    """Lay out parts of a whole from left to right; nothing goes beyond its end."""
    at, placed = 0.0, []
    for amount, look in parts:
        width = min(share(amount, whole), round(WHOLE - at, 1))
        placed.append(RowPart(at, width, look))
        at = round(at + width, 1)
    return RowBar(tuple(placed), None if mark is None else share(mark, whole))


def longest(values: Sequence[Value]) -> Value:
    """What the whole width of the bars of a table stands for."""
    return max([*values, 0])


def share(part: Value, whole: Value) -> float:
    """A part in percent of the whole, between nothing and all of it."""
    return min(WHOLE, max(0.0, round(float(part) / float(whole) * 100, 1))) if whole else 0.0

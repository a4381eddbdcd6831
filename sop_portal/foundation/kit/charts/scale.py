"""Turning figures into places on the drawing: scales, round gridlines, and room for words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor, log10

Value = Decimal | int | float


@dataclass(frozen=True)
class Scale:
    """A straight line from figures to pixels."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: Value) -> float:
        """Return the pixel of a figure."""
        span = self.high - self.low
        share = (float(value) - self.low) / span if span else 0.0
        return round(self.start + share * (self.end - self.start), 1)


@dataclass(frozen=True)
class Caption:
    """What is said beside a drawing: its finding as a title, what it shows for those who do not see it, and a note."""

    title: str
    summary: str
    note: str = ""

    @property
    def words(self) -> tuple[str, str, str]:
        """Title, summary and note, in the order in which every chart takes them."""
        return self.title, self.summary, self.note


@dataclass(frozen=True)
class Gridline:
    """A line across the drawing, with the figure it stands for."""

    value: float
    at: float
    places: int = 0

    @property
    def label(self) -> str:
        """The figure as it is written at the axis, with the decimals its steps need."""
        return f"{self.value:,.{self.places}f}".replace("-", "\N{MINUS SIGN}")


@dataclass(frozen=True)
class Label:
    """Words at a place, perhaps set strong."""

    at: float
    text: str
    is_strong: bool = False


def round_steps(low: Value, high: Value, about: int = 4) -> list[float]:
    """Return evenly spaced round figures that enclose everything from low to high."""
    bottom, top = float(low), float(high)
    if top <= bottom:
        top = bottom + (abs(bottom) or 1.0)
    step = _round_step((top - bottom) / about)
    first, last = floor(bottom / step), ceil(top / step)
    return [round(index * step, 6) for index in range(first, last + 1)]


def gridlines(steps: Sequence[float], scale: Scale) -> tuple[Gridline, ...]:
    """Return one line for each round figure."""
    places = next(count for count in range(7) if count == 6 or all(round(step, count) == step for step in steps))
    return tuple(Gridline(step, scale.at(step), places) for step in steps)


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """Return points as an SVG attribute."""
    return " ".join(f"{x},{y}" for x, y in points)


def text_width(text: str) -> float:
    """Return about how wide small print is: a Chinese character takes twice the room of a Latin one."""
    return sum(12.5 if ord(letter) > 0x2E7F else 6.4 for letter in text)


def shortened(text: str, room: float) -> str:
    """Return the text, cut with an ellipsis when it does not fit the room."""
    if text_width(text) <= room:
        return text
    while text and text_width(text) + 9 > room:
        text = text[:-1]
    return text.rstrip() + "…"


def spread(places: Sequence[float], gap: float = 16) -> list[float]:
    """Return the places, top to bottom, moved apart until no two labels overlap."""
    order = sorted(range(len(places)), key=lambda index: places[index])
    moved = list(places)
    for upper, lower in pairwise(order):
        moved[lower] = max(moved[lower], moved[upper] + gap)
    shift = (sum(moved) - sum(places)) / len(places) if places else 0
    return [round(place - shift, 1) for place in moved]


def _round_step(rough: float) -> float:
    magnitude = 10.0 ** floor(log10(rough))
    return next(magnitude * factor for factor in (1, 2, 2.5, 5, 10) if rough <= magnitude * factor * 1.0001)

"""Bars: how full a pool is, how far a goal is, how far off a forecast was, and parts of a whole."""

from collections.abc import Sequence
from dataclasses import dataclass

from sop_portal.foundation.kit.charts.row_bars import share
from sop_portal.foundation.kit.charts.scale import Caption, Scale, Value, shortened

HATCHED_FROM = 20
ROW, STACK_ROW = 22, 26
NAMES = 118.0


@dataclass(frozen=True)
class CapacityBar:
    """A pool in percent of its width: granted solid, this draft hatched, the rest free."""

    granted: float
    drafted: float
    is_full: bool


@dataclass(frozen=True)
class ProgressBar:
    """How much of a goal is reached, in percent, and where the plan stands today."""

    reached: float
    planned: float | None


@dataclass(frozen=True)
class Miss:
    """By how many percent a forecast was too high (above zero) or too low."""

    name: str
    percent: Value
    url: str = ""


@dataclass(frozen=True)
class MissBar:
    """One forecast error as a bar from the middle line."""

    name: str
    full_name: str
    url: str
    percent: Value
    x: float
    y: int
    width: float
    is_hatched: bool

    @property
    def text_at(self) -> float:
        """Where its figure stands: outside, on the side it points to."""
        return round(self.x + self.width + 6 if self.percent >= 0 else self.x - 6, 1)


@dataclass(frozen=True)
class BiasLayout:
    """One drawing of the errors, wide or narrow."""

    width: int
    height: int
    zero: float
    bars: tuple[MissBar, ...]

    @property
    def floor(self) -> int:
        """The lower end of the middle line."""
        return self.height - 18


@dataclass(frozen=True)
class BiasChart:
    """Forecast errors, from too high to too low."""

    title: str
    summary: str
    note: str
    wide: BiasLayout
    narrow: BiasLayout


@dataclass(frozen=True)
class Whole:
    """A whole and its parts, in the order of the legend."""

    name: str
    parts: tuple[Value, ...]
    url: str = ""

    @property
    def total(self) -> Value:
        """The sum of the parts."""
        return sum(self.parts)


@dataclass(frozen=True)
class StackPart:
    """One part of a whole as a piece of its bar."""

    x: float
    width: float
    place: int


@dataclass(frozen=True)
class StackBar:
    """A whole as one bar, its parts end to end."""

    name: str
    full_name: str
    url: str
    total: Value
    y: int
    text_at: float
    parts: tuple[StackPart, ...]


@dataclass(frozen=True)
class StackLayout:
    """One drawing of the stacked bars, wide or narrow."""

    width: int
    height: int
    bars: tuple[StackBar, ...]


@dataclass(frozen=True)
class StackChart:
    """Wholes and their parts, up to three of them."""

    title: str
    summary: str
    note: str
    legend: tuple[str, ...]
    wholes: tuple[Whole, ...]
    places: int
    wide: StackLayout
    narrow: StackLayout


def capacity_bar(total: Value, granted: Value, drafted: Value = 0) -> CapacityBar:
    """Lay out a pool; what goes beyond it fills the bar and no more."""
    solid = share(granted, total)
    hatched = min(share(drafted, total), round(100 - solid, 1))
    return CapacityBar(solid, hatched, float(granted) + float(drafted) >= float(total))


def progress_bar(reached: Value, goal: Value, planned: Value | None = None) -> ProgressBar:
    """Lay out how much of a goal is reached and, as a mark, where the plan stands today."""
    return ProgressBar(share(reached, goal), None if planned is None else share(planned, goal))


def bias_chart(misses: Sequence[Miss], caption: Caption) -> BiasChart:
    """Lay out forecast errors around a middle line, in the order given."""
    return BiasChart(*caption.words, _bias(misses, 460, 92), _bias(misses, 326, 76))


def stack_chart(wholes: Sequence[Whole], legend: Sequence[str], caption: Caption, *, places: int = 0) -> StackChart:
    """Lay out wholes as bars made of up to three parts, in the order given."""
    layouts = (_stack(wholes, 460), _stack(wholes, 326))
    return StackChart(*caption.words, tuple(legend), tuple(wholes), places, *layouts)


def _bias(misses: Sequence[Miss], width: int, margin: int) -> BiasLayout:
    low = min([float(miss.percent) for miss in misses] + [0.0])
    high = max([float(miss.percent) for miss in misses] + [0.0])
    left = NAMES + (56 if low < 0 else 8)
    scale = Scale(low, high if high > low else low + 1, left, width - margin)
    bars = tuple(_miss_bar(miss, index, scale) for index, miss in enumerate(misses))
    return BiasLayout(width, len(misses) * ROW + 24, scale.at(0), bars)


def _miss_bar(miss: Miss, index: int, scale: Scale) -> MissBar:
    zero, end = scale.at(0), scale.at(miss.percent)
    width = max(round(abs(end - zero), 1), 1.5)
    left = zero if miss.percent >= 0 else round(zero - width, 1)
    is_hatched = abs(float(miss.percent)) > HATCHED_FROM
    name = shortened(miss.name, NAMES)
    return MissBar(name, miss.name, miss.url, miss.percent, left, index * ROW + 6, width, is_hatched)


def _stack(wholes: Sequence[Whole], width: int) -> StackLayout:
    scale = Scale(0, max([float(whole.total) for whole in wholes] + [0.0]) or 1, 0, width - NAMES - 45)
    bars = tuple(_stack_bar(whole, index, scale) for index, whole in enumerate(wholes))
    return StackLayout(width, len(wholes) * STACK_ROW + 4, bars)


def _stack_bar(whole: Whole, index: int, scale: Scale) -> StackBar:
    parts: list[StackPart] = []
    at = NAMES
    for place, part in enumerate(whole.parts):
        width = scale.at(part)
        parts.append(StackPart(round(at, 1), max(round(width - 1, 1), 0.0), place))
        at += width
    name = shortened(whole.name, NAMES - 8)
    return StackBar(name, whole.name, whole.url, whole.total, index * STACK_ROW + 4, round(at + 7, 1), tuple(parts))

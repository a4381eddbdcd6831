"""A history as a line, and what is proposed for the year ahead with its band."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sop_portal.foundation.kit.charts.scale import (
    Caption,
    Gridline,
    Label,
    Scale,
    Value,
    gridlines,
    polyline,
    round_steps,
    spread,
)

LEFT = 56.0
ROOM_FOR_A_LABEL = 38


@dataclass(frozen=True)
class LinePoint:
    """One figure of one year; no figure leaves a hole in the line."""

    label: str
    value: Value | None


@dataclass(frozen=True)
class YearAhead:
    """What is proposed for the year ahead, its band, and the person's own figure."""

    label: str
    proposal: Value | None = None
    low: Value | None = None
    high: Value | None = None
    own: Value | None = None
    band: int = 80

    @property
    def has_band(self) -> bool:
        """Whether both ends of the band are known."""
        return self.low is not None and self.high is not None

    @property
    def figures(self) -> tuple[Value | None, ...]:
        """Every figure the drawing has to hold."""
        return (self.proposal, self.low, self.high, self.own)


@dataclass(frozen=True)
class Dot:
    """A reading on the drawing; its figure is written where there is room, below it at the bottom of a valley."""

    x: float
    y: float
    value: Value
    is_written: bool
    is_below: bool = False


@dataclass(frozen=True)
class AheadLayout:
    """Where the year ahead stands: ring for the proposal, bar for the band, dot for the own figure."""

    x: float
    ring_at: float | None
    own_at: float | None
    ring_text_at: float
    own_text_at: float
    band_top: float | None
    band_bottom: float | None
    comes_from: Dot | None

    @property
    def has_band(self) -> bool:
        """Whether there is a band to draw."""
        return self.band_top is not None and self.band_bottom is not None

    @property
    def band_left(self) -> float:
        """Where the band begins."""
        return self.x - 13

    @property
    def band_right(self) -> float:
        """Where the band ends."""
        return self.x + 13

    @property
    def band_height(self) -> float:
        """How tall the band is."""
        return round((self.band_bottom or 0) - (self.band_top or 0), 1)


@dataclass(frozen=True)
class LineLayout:
    """One drawing of the line: wide, narrow, or small beside a record."""

    width: int
    height: int
    right: float
    gridlines: tuple[Gridline, ...]
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    ahead: AheadLayout | None
    has_words: bool


@dataclass(frozen=True)
class LineChart:
    """Past figures and, where there is one, the proposal for the year ahead."""

    title: str
    summary: str
    note: str
    history: tuple[LinePoint, ...]
    ahead: YearAhead | None
    wide: LineLayout
    narrow: LineLayout | None


@dataclass(frozen=True)
class _Frame:
    width: int
    height: int
    margin: int
    steps: int
    is_tight: bool


WIDE, NARROW, SMALL = _Frame(660, 236, 122, 4, False), _Frame(326, 220, 36, 4, True), _Frame(300, 170, 36, 3, True)


def line_chart(
    history: Sequence[LinePoint],
    ahead: YearAhead | None,
    caption: Caption,
    *,
    is_small: bool = False,
    from_zero: bool = False,
) -> LineChart:
    """Lay out a history and the year ahead; small is for the column beside a record."""
    wide, *narrow = (
        _layout(history, ahead, frame, from_zero=from_zero) for frame in ([SMALL] if is_small else [WIDE, NARROW])
    )
    return LineChart(*caption.words, tuple(history), ahead, wide, narrow[0] if narrow else None)


def _layout(history: Sequence[LinePoint], ahead: YearAhead | None, frame: _Frame, *, from_zero: bool) -> LineLayout:
    figures = [reading.value for reading in history] + list(ahead.figures if ahead else ()) + [0] * from_zero
    known = [value for value in figures if value is not None] or [0]
    steps = round_steps(min(known), max(known), frame.steps)
    heights = Scale(steps[0], steps[-1], frame.height - 26, 18)
    names = [reading.label for reading in history] + ([ahead.label] if ahead else [])
    right = frame.width - (frame.margin if ahead else 28)
    places = _places(len(names), right)
    dots = _dots(history, places, heights, writes_all=not frame.is_tight and len(history) <= 6)
    return LineLayout(
        width=frame.width,
        height=frame.height,
        right=right + 16,
        gridlines=gridlines(steps, heights),
        lines=tuple(polyline(run) for run in _runs(history, places, heights) if len(run) > 1),
        dots=dots,
        labels=_labels(names, places, last_is_ahead=ahead is not None),
        ahead=_ahead(ahead, places[-1], heights, dots[-1] if dots else None) if ahead else None,
        has_words=not frame.is_tight,
    )


def _places(count: int, right: float) -> list[float]:
    step = (right - LEFT) / max(count - 1, 1)
    return [round(LEFT + index * step, 1) for index in range(count)]


def _dots(history: Sequence[LinePoint], places: list[float], heights: Scale, *, writes_all: bool) -> tuple[Dot, ...]:
    known = [index for index, reading in enumerate(history) if reading.value is not None]
    return tuple(
        Dot(
            places[index],
            heights.at(reading.value),
            reading.value,
            writes_all or index in (known[0], known[-1]),
            _is_valley(history, index),
        )
        for index, reading in enumerate(history)
        if reading.value is not None
    )


def _is_valley(history: Sequence[LinePoint], index: int) -> bool:
    if not 0 < index < len(history) - 1:
        return False
    before, here, after = (reading.value for reading in history[index - 1 : index + 2])
    return before is not None and here is not None and after is not None and before > here < after


def _runs(history: Sequence[LinePoint], places: list[float], heights: Scale) -> Iterator[list[tuple[float, float]]]:
    run: list[tuple[float, float]] = []
    for place, reading in zip(places, history, strict=False):
        if reading.value is None:
            yield run
            run = []
        else:
            run.append((place, heights.at(reading.value)))
    yield run


def _ahead(ahead: YearAhead, place: float, heights: Scale, comes_from: Dot | None) -> AheadLayout:
    proposal, low, high, own = (None if value is None else heights.at(value) for value in ahead.figures)
    own_text, ring_text = own or 0.0, proposal or 0.0
    if own is not None and proposal is not None:
        own_text, ring_text = spread([own, proposal])
    return AheadLayout(place, proposal, own, ring_text, own_text, high, low, comes_from)


def _labels(names: list[str], places: list[float], *, last_is_ahead: bool) -> tuple[Label, ...]:
    gap = places[1] - places[0] if len(places) > 1 else ROOM_FOR_A_LABEL
    every = max(1, -int(-ROOM_FOR_A_LABEL // gap))
    last = len(names) - 1
    return tuple(
        Label(places[index], name, last_is_ahead and index == last)
        for index, name in enumerate(names)
        if (last - index) % every == 0
    )

"""The windows of a cycle along the months, with today."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from sop_portal.foundation.kit.charts.scale import Caption, Scale, text_width

LEFT, WIDTH = 172.0, 980
TOP, ROW = 32, 50
DIAMOND = 7
PILL = 146
STUB = 60
MOST_NAMES = 12
MONTH_NAME = 62


class Phase(StrEnum):
    """Where a window stands in time; also its place in the style sheet."""

    PAST = "past"
    NOW = "now"
    AHEAD = "ahead"


@dataclass(frozen=True)
class WindowSpan:
    """From when until when something can be done; the grace days come after the deadline."""

    opens_on: date
    due_on: date
    text: str = ""
    grace_until: date | None = None
    grace_text: str = ""
    has_deadline: bool = True
    said: str = ""


@dataclass(frozen=True)
class Lane:
    """A stage and its windows."""

    name: str
    note: str
    windows: tuple[WindowSpan, ...]
    url: str = ""


@dataclass(frozen=True)
class WindowBar:
    """A window on the drawing, its words inside where they fit, else beside it."""

    x: float
    width: float
    phase: Phase
    text: str
    text_at: float
    anchor: str
    is_inside: bool
    deadline_at: float | None
    grace_at: float
    grace_width: float
    grace_text: str
    said: str = ""

    @property
    def grace_text_at(self) -> float:
        """Where the words about the grace days begin."""
        return round(self.grace_at + self.grace_width + DIAMOND + 3, 1)


@dataclass(frozen=True)
class LaneLayout:
    """A stage on the drawing."""

    name: str
    note: str
    url: str
    y: int
    phase: Phase
    bars: tuple[WindowBar, ...]


@dataclass(frozen=True)
class MonthMark:
    """The first of a month; its name is written where there is room."""

    x: float
    on: date
    is_written: bool


@dataclass(frozen=True)
class OffMark:
    """Days off that follow each other, as a stripe behind the windows."""

    x: float
    width: float


@dataclass(frozen=True)
class Timeline:
    """The windows of a cycle; the phone gets a chain of stages instead of a drawing."""

    title: str
    summary: str
    today: date
    lanes: tuple[Lane, ...]
    width: int
    height: int
    months: tuple[MonthMark, ...]
    rows: tuple[LaneLayout, ...]
    today_at: float | None
    off: tuple[OffMark, ...] = ()

    @property
    def bottom(self) -> int:
        """Where the month lines end."""
        return self.height - 20

    @property
    def off_height(self) -> int:
        """How high the stripe of a day off is."""
        return self.bottom - 26

    @property
    def pill_at(self) -> float:
        """Where the word for today is centred, kept inside the drawing."""
        return min(max(self.today_at or 0, PILL / 2), self.width - PILL / 2)

    @property
    def pill_left(self) -> float:
        """Where the word for today begins."""
        return self.pill_at - PILL / 2

    @property
    def pill_width(self) -> int:
        """How wide the word for today is."""
        return PILL


def timeline(
    lanes: Sequence[Lane], caption: Caption, *, from_on: date, to_on: date, today: date, off: Sequence[date] = ()
) -> Timeline:
    """Lay out the windows between two days, days off behind them; what reaches beyond is cut at the edge."""
    across = _Days(from_on, to_on)
    rows = tuple(_lane(lane, index, across, today) for index, lane in enumerate(lanes))
    marks = _marks(from_on, to_on, across)
    now = across.at(today) if from_on <= today <= to_on else None
    return Timeline(
        caption.title,
        caption.summary,
        today,
        tuple(lanes),
        WIDTH,
        TOP + len(rows) * ROW + 26,
        marks,
        rows,
        now,
        tuple(_off(off, across)),
    )


@dataclass(frozen=True)
class _Days:
    first: date
    last: date

    def at(self, on: date) -> float:
        """Return the pixel of a day, kept inside the drawing."""
        scale = Scale(0, max((self.last - self.first).days, 1), LEFT, WIDTH - 8)
        return scale.at((min(max(on, self.first), self.last) - self.first).days)


def phase_of(window: WindowSpan, today: date) -> Phase:
    """Return whether a window is over, open or still to come."""
    if today < window.opens_on:
        return Phase.AHEAD
    return Phase.NOW if today <= (window.grace_until or window.due_on) else Phase.PAST


def _off(days: Sequence[date], across: _Days) -> Iterator[OffMark]:
    """One stripe for all days off that follow each other."""
    within = [on for on in days if across.first <= on <= across.last]
    for _key, run in groupby(enumerate(within), key=lambda place: place[1].toordinal() - place[0]):
        stretch = [on for _place, on in run]
        left, right = across.at(stretch[0]), across.at(stretch[-1] + timedelta(days=1))
        yield OffMark(left, round(max(right - left, 1), 1))


def _lane(lane: Lane, index: int, across: _Days, today: date) -> LaneLayout:
    phases = [phase_of(window, today) for window in lane.windows]
    phase = Phase.NOW if Phase.NOW in phases else (phases[-1] if phases else Phase.AHEAD)
    bars = tuple(_bar(window, across, today) for window in lane.windows)
    return LaneLayout(lane.name, lane.note, lane.url, TOP + index * ROW, phase, bars)


def _bar(window: WindowSpan, across: _Days, today: date) -> WindowBar:
    is_beyond = window.opens_on > across.last
    left = across.at(window.opens_on) - (STUB if is_beyond else 0)
    right = across.at(window.due_on + timedelta(days=1))
    grace_right = across.at(window.grace_until + timedelta(days=1)) if window.grace_until else right
    width = round(max(right - left, 2), 1)
    text_at, anchor, is_inside = _place(window.text, left, width, grace_right)
    fits = grace_right + DIAMOND + 3 + text_width(window.grace_text) <= WIDTH
    return WindowBar(
        x=left,
        width=width,
        phase=phase_of(window, today),
        text=window.text,
        text_at=text_at,
        anchor=anchor,
        is_inside=is_inside,
        deadline_at=right if window.has_deadline and across.first <= window.due_on < across.last else None,
        grace_at=right,
        grace_width=round(grace_right - right, 1),
        grace_text=window.grace_text if fits else "",
        said=window.said,
    )


def _place(text: str, left: float, width: float, end: float) -> tuple[float, str, bool]:
    room = text_width(text)
    if room + 24 <= width:
        return left + 10, "start", True
    beside = end + DIAMOND + 6
    if beside + room <= WIDTH:
        return round(beside, 1), "start", False
    return round(left - 10, 1), "end", False


def _marks(from_on: date, to_on: date, across: _Days) -> tuple[MonthMark, ...]:
    starts = list(_months(from_on, to_on))
    every = -(-len(starts) // MOST_NAMES) or 1
    return tuple(
        MonthMark(across.at(on), on, index % every == 0 and across.at(on) + MONTH_NAME <= WIDTH)
        for index, on in enumerate(starts)
    )


def _months(from_on: date, to_on: date) -> Iterator[date]:
    on = from_on.replace(day=1) if from_on.day == 1 else _next_month(from_on)
    while on < to_on:
        yield on
        on = _next_month(on)


def _next_month(on: date) -> date:
    return (on.replace(day=1) + timedelta(days=32)).replace(day=1)

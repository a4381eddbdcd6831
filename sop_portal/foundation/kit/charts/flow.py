"""Money as it flows from stage to stage: what was needed, asked, granted, budgeted, spent."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sop_portal.foundation.kit.charts.scale import Caption, Scale, Value

TOP = 26.0
ROOM_FOR_A_FIGURE = 26.0


@dataclass(frozen=True)
class Amount:
    """What one stage came to; None while the stage has not happened. What is not whole yet is compared with nothing."""

    name: str
    value: Value | None
    url: str = ""
    is_whole: bool = True


@dataclass(frozen=True)
class FlowBar:
    """One stage as a bar, and above it, hatched, what the stage before had more."""

    name: str
    url: str
    value: Value | None
    x: float
    y: float
    width: float
    height: float
    is_last: bool
    share: Decimal | None
    change: Value | None
    before_y: float
    before_x: float
    is_whole: bool = True
    per: int = 1

    @property
    def figure_in_units(self) -> Decimal:
        """The figure of the bar in the unit of the chart."""
        return _exact(self.value) / self.per

    @property
    def change_in_units(self) -> Decimal:
        """The change on the stage before, in the unit of the chart."""
        return _exact(self.change) / self.per

    @property
    def lost_height(self) -> float:
        """How tall the part is that did not come over from the stage before."""
        return round(max(self.y - self.before_y, 0), 1)

    @property
    def middle(self) -> float:
        """The middle of the bar, on which its words are centred."""
        return round(self.x + self.width / 2, 1)

    @property
    def right(self) -> float:
        """The right edge of the bar."""
        return round(self.x + self.width, 1)

    @property
    def figure_at(self) -> float:
        """Where its figure stands: inside the bar, or above it when the bar is too low."""
        return round(self.y + 20 if self.is_tall else self.y - 8, 1)

    @property
    def change_at(self) -> float:
        """Where the change is written: above the height of the stage before, clear of the bar's own figure."""
        is_crowded = not self.is_tall and self.lost_height < ROOM_FOR_A_FIGURE
        return round(min(self.before_y, self.y) - (24 if is_crowded else 7), 1)

    @property
    def is_tall(self) -> bool:
        """Whether the figure fits inside."""
        return self.height >= ROOM_FOR_A_FIGURE


@dataclass(frozen=True)
class FlowLayout:
    """One drawing of the flow, wide or narrow."""

    width: int
    height: int
    floor: float
    bars: tuple[FlowBar, ...]


@dataclass(frozen=True)
class FlowChart:
    """The flow of money through the stages."""

    title: str
    summary: str
    note: str
    places: int
    per: int
    unit_places: int
    wide: FlowLayout
    narrow: FlowLayout


def flow_chart(amounts: Sequence[Amount], caption: Caption, *, places: int = 0, per: int = 1) -> FlowChart:
    """Lay out the flow, wide and narrow; its table is written with so many places, its bars in units of `per`."""
    wide, narrow = _layout(amounts, 460, 330, 22.0, per), _layout(amounts, 326, 300, 10.0, per)
    return FlowChart(*caption.words, places, per, places if per == 1 else 1, wide, narrow)


def _layout(amounts: Sequence[Amount], width: int, height: int, gap: float, per: int) -> FlowLayout:
    floor = height - 42.0
    heights = Scale(0, max((float(amount.value or 0) for amount in amounts), default=0) or 1, floor, TOP)
    bar_width = round((width - 4 - gap * (len(amounts) - 1)) / max(len(amounts), 1), 1)
    bars: list[FlowBar] = []
    for index, amount in enumerate(amounts):
        bars.append(_bar(amount, bars[-1] if bars else None, 2 + index * (bar_width + gap), bar_width, heights, floor))
    bars = [replace(bar, per=per) for bar in bars]
    known = [index for index, bar in enumerate(bars) if bar.value is not None]
    return FlowLayout(width, height, floor, tuple(_mark_last(bars, known[-1] if known else -1)))


def _bar(amount: Amount, before: FlowBar | None, left: float, width: float, heights: Scale, floor: float) -> FlowBar:
    top = floor if amount.value is None else heights.at(amount.value)
    is_compared = (
        before is not None and amount.is_whole and before.is_whole and None not in (before.value, amount.value)
    )
    return FlowBar(
        name=amount.name,
        url=amount.url,
        value=amount.value,
        x=round(left, 1),
        y=top,
        width=width,
        height=round(floor - top, 1),
        is_last=False,
        share=_share(amount.value, before.value) if before and is_compared else None,
        change=_exact(amount.value) - _exact(before.value) if before and is_compared else None,
        before_y=before.y if before and is_compared else top,
        before_x=before.right if before else round(left, 1),
        is_whole=amount.is_whole,
    )


def _mark_last(bars: list[FlowBar], last: int) -> list[FlowBar]:
    return [replace(bar, is_last=index == last) for index, bar in enumerate(bars)]


def _share(value: Value | None, before: Value | None) -> Decimal | None:
    whole = _exact(before)
    return _exact(value) / whole * 100 if whole else None


def _exact(value: Value | None) -> Decimal:
    return Decimal(str(value or 0))

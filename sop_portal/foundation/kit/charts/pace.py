"""Plan, actual and projection of a year, month by month."""

from collections.abc import Sequence
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

LEFT = 46.0


@dataclass(frozen=True)
class PaceSums:
    """Running sums: one plan figure a month, actual ones so far, projected ones for the months left.

    An actual one that is not known yet is None, never the last one.
    """

    months: Sequence[str]
    plan: Sequence[Value]
    actual: Sequence[Value | None]
    projection: Sequence[Value] = ()


@dataclass(frozen=True)
class PaceLayout:
    """One drawing of the pace, wide or narrow."""

    width: int
    height: int
    right: float
    gridlines: tuple[Gridline, ...]
    months: tuple[Label, ...]
    now_at: float
    plan: str
    actual: str
    projection: str
    now_y: float
    plan_text_at: float
    projection_text_at: float

    @property
    def now_is_left(self) -> bool:
        """Whether the word for today stands left of its line, for want of room on the right."""
        return self.now_at > self.right - 60


@dataclass(frozen=True)
class PaceChart:
    """Sums since the year began: what was planned, what happened, and where it leads."""

    title: str
    summary: str
    note: str
    now: str
    months: tuple[str, ...]
    plan: tuple[Value, ...]
    actual: tuple[Value | None, ...]
    projection: tuple[Value, ...]
    is_over: bool
    pace_note: str
    wide: PaceLayout
    narrow: PaceLayout

    @property
    def reached(self) -> Value:
        """The actual sum up to now."""
        return next((known for known in reversed(self.actual) if known is not None), 0)

    @property
    def planned(self) -> Value:
        """The planned sum at the end."""
        return self.plan[-1] if self.plan else 0

    @property
    def projected(self) -> Value | None:
        """The projected sum at the end."""
        return self.projection[-1] if self.projection else None

    @property
    def rows(self) -> list[tuple[str, Value, Value | None, Value | None]]:
        """The table twin: month, plan, actual, projection."""
        reached = len(self.actual)
        return [
            (
                month,
                self.plan[index],
                self.actual[index] if index < reached else None,
                self.projection[index - reached] if 0 <= index - reached < len(self.projection) else None,
            )
            for index, month in enumerate(self.months)
        ]


def pace_chart(sums: PaceSums, caption: Caption, *, now: str, is_over: bool = False, pace_note: str = "") -> PaceChart:
    """Lay out running sums, wide and narrow; `now` is the word for today."""
    return PaceChart(
        *caption.words,
        now=now,
        months=tuple(sums.months),
        plan=tuple(sums.plan),
        actual=tuple(sums.actual),
        projection=tuple(sums.projection),
        is_over=is_over,
        pace_note=pace_note,
        wide=_layout(sums, 460, 2),
        narrow=_layout(sums, 326, 3),
    )


def _layout(sums: PaceSums, width: int, every: int) -> PaceLayout:
    known = [value for value in sums.actual if value is not None]
    steps = round_steps(0, max([*sums.plan, *known, *sums.projection, 0]), 3)
    heights = Scale(0, steps[-1], 206, 14)
    across = Scale(0, max(len(sums.months), 1), LEFT, width - 66)
    reached = len(sums.actual)
    plan: list[Value] = [0, *sums.plan]
    so_far: list[Value | None] = [0, *sums.actual]
    now = [0, *known][-1]
    ahead = [now, *sums.projection]
    ends = spread([heights.at(plan[-1]), heights.at(ahead[-1])])
    return PaceLayout(
        width=width,
        height=230,
        right=width - 66,
        gridlines=gridlines(steps, heights),
        months=_months(sums.months, across, reached, every),
        now_at=across.at(reached),
        plan=_line(plan, 0, across, heights),
        actual=_line(so_far, 0, across, heights),
        projection=_line(ahead, reached, across, heights) if sums.projection else "",
        now_y=heights.at(now),
        plan_text_at=round(ends[0] + 4, 1),
        projection_text_at=round(ends[1] + 4, 1),
    )


def _line(values: Sequence[Value | None], first: int, across: Scale, heights: Scale) -> str:
    known = ((index, value) for index, value in enumerate(values) if value is not None)
    return polyline((across.at(first + index), heights.at(value)) for index, value in known)


def _months(months: Sequence[str], across: Scale, reached: int, every: int) -> tuple[Label, ...]:
    now = reached - 1
    return tuple(
        Label(across.at(index + 0.5), name, index == now)
        for index, name in enumerate(months)
        if (index - now) % every == 0
    )

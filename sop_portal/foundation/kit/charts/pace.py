"""Plan, actual and projection of a year, month by month."""

from collections.abc import Sequence
from dataclasses import dataclass

from sop_portal.foundation.kit.charts.scale import (
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
class PaceDrawing:
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
    actual: tuple[Value, ...]
    projection: tuple[Value, ...]
    is_over: bool
    pace_note: str
    wide: PaceDrawing
    narrow: PaceDrawing

    @property
    def reached(self) -> Value:
        """What was reached until now."""
        return self.actual[-1] if self.actual else 0

    @property
    def planned(self) -> Value:
        """What the plan comes to."""
        return self.plan[-1] if self.plan else 0

    @property
    def projected(self) -> Value | None:
        """Where the pace leads."""
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


def pace_chart(
    months: Sequence[str],
    plan: Sequence[Value],
    actual: Sequence[Value],
    projection: Sequence[Value] = (),
    *,
    title: str,
    summary: str,
    now: str,
    note: str = "",
    is_over: bool = False,
    pace_note: str = "",
) -> PaceChart:
    """Lay out running sums: one plan figure a month, actual ones so far, projected ones for the months left."""
    drawings = [_drawing(months, plan, actual, projection, width, every) for width, every in ((460, 2), (326, 3))]
    series = (tuple(months), tuple(plan), tuple(actual), tuple(projection))
    return PaceChart(title, summary, note, now, *series, is_over, pace_note, *drawings)


def _drawing(
    months: Sequence[str],
    plan: Sequence[Value],
    actual: Sequence[Value],
    projection: Sequence[Value],
    width: int,
    every: int,
) -> PaceDrawing:
    steps = round_steps(0, max([*plan, *actual, *projection, 0]), 3)
    heights = Scale(0, steps[-1], 206, 14)
    across = Scale(0, max(len(months), 1), LEFT, width - 66)
    reached = len(actual)
    so_far: list[Value] = [0, *actual]
    ends = spread([heights.at([0, *plan][-1]), heights.at([*so_far, *projection][-1])])
    return PaceDrawing(
        width=width,
        height=230,
        right=width - 66,
        gridlines=gridlines(steps, heights),
        months=_months(months, across, reached, every),
        now_at=across.at(reached),
        plan=_line([0, *plan], 0, across, heights),
        actual=_line(so_far, 0, across, heights),
        projection=_line([so_far[-1], *projection], reached, across, heights) if projection else "",
        now_y=heights.at(so_far[-1]),
        plan_text_at=round(ends[0] + 4, 1),
        projection_text_at=round(ends[1] + 4, 1),
    )


def _line(values: Sequence[Value], first: int, across: Scale, heights: Scale) -> str:
    return polyline((across.at(first + index), heights.at(value)) for index, value in enumerate(values))


def _months(months: Sequence[str], across: Scale, reached: int, every: int) -> tuple[Label, ...]:
    now = reached - 1
    return tuple(
        Label(across.at(index + 0.5), name, index == now)
        for index, name in enumerate(months)
        if (index - now) % every == 0
    )

"""A trend in a tile: no axis, only the shape and where it ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from sop_portal.foundation.kit.charts.scale import Scale, Value, polyline


@dataclass(frozen=True)
class Sparkline:
    """A small line and its last point."""

    points: str
    x: float
    y: float


def sparkline(values: Sequence[Value]) -> Sparkline | None:
    """Lay out a trend of at least two figures; fewer have no shape."""
    if len(values) < 2:
        return None
    low, high = min(values), max(values)
    heights = Scale(float(low), float(high), 28, 4) if high > low else Scale(0, 1, 16, 16)
    across = Scale(0, len(values) - 1, 4, 92)
    points = [(across.at(index), heights.at(value)) for index, value in enumerate(values)]
    return Sparkline(polyline(points), *points[-1])

"""What the page of my work is made of, above the tasks and beside them."""

from dataclasses import dataclass, field

from sop_portal.dashboards.queries.deviations import Deviation
from sop_portal.foundation.kit.charts.lines import LineChart
from sop_portal.foundation.kit.components import Link, MatrixRow, Missing, Pair, PoolCapacity, Tile


@dataclass(frozen=True)
class YearComparison:
    """Figures of one year beside their change on another: (measure, figure, change)."""

    heads: tuple[str, str, str]
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Panel:
    """One box beside the tasks."""

    title: str
    pairs: list[Pair] = field(default_factory=list)
    chart: LineChart | None = None
    pools: list[PoolCapacity] = field(default_factory=list)
    chain: list[Link] = field(default_factory=list)
    figures: YearComparison | None = None
    note: str = ""


@dataclass(frozen=True)
class TopicEntry:
    """One sentence with its link: who or what it is about, and what is the matter."""

    who: str
    sentence: str
    url: str
    note: str = ""


@dataclass(frozen=True)
class Topic:
    """Sentences about one thing, how many there are in all, and the list of all of them."""

    title: str
    count: int | None
    url: str
    entries: list[TopicEntry]


@dataclass(frozen=True)
class Highlight:
    """One block above the tasks; only what it has is shown."""

    title: str
    note: str = ""
    topics: list[Topic] = field(default_factory=list)
    strip: list[Tile] = field(default_factory=list)
    rows: list[MatrixRow] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    exceptions: list[Deviation] = field(default_factory=list)
    checks: list[Missing] = field(default_factory=list)
    more: tuple[str, str] | None = None
    empty: str = ""
    is_beside: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show but a sentence."""
        return not any((self.topics, self.strip, self.rows, self.exceptions, self.checks))

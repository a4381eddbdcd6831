"""What-if, side by side: the decisions so far beside two other ways of deciding, in words and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.requests.figures import SCENARIOS, WhatIfLine, WhatIfOutcome, importance_only, outcome, same_share
from planning.requests.models import Pool
from planning.requests.queries import compared_lines_of_all_departments
from sop_portal.foundation.kit.formats import NOTHING, joined, percent, signed

MOST_COMPARED = 3000


@dataclass(frozen=True)
class WhatIfTable:
    """What is compared, and a value for each way of deciding."""

    heads: list[str]
    rows: list[tuple[str, list[str]]]

    @property
    def labelled(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each row, its values with what stands above them."""
        return [(label, list(zip(self.heads, values, strict=True))) for label, values in self.rows]


@dataclass(frozen=True)
class WhatIf:
    """What the lines of the board could be granted otherwise; no lines where they are too many for one page."""

    lines: Sequence[WhatIfLine] | None
    free: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def table(self) -> WhatIfTable | None:
        """The ways of deciding side by side; none without lines."""
        return compare(self.lines, self.free) if self.lines else None

    def proposal(self, scenario: str) -> dict[int, Decimal] | None:
        """What a scenario grants each line; none where there is no such scenario."""
        return SCENARIOS[scenario](self.lines, self.free) if self.lines and scenario in SCENARIOS else None


def what_if_of(cycle: Cycle, pools: Sequence[Pool]) -> WhatIf:
    """The lines of the board and what they could share: what is free, and what they were granted so far."""
    lines = compared_lines_of_all_departments(cycle, MOST_COMPARED + 1)
    if len(lines) > MOST_COMPARED:
        return WhatIf(None)
    free = {pool.pk: pool.free for pool in pools}
    for line in lines:
        for pool, amount in line.takes(line.granted).items():
            free[pool] = free.get(pool, Decimal(0)) + amount
    return WhatIf(lines, free)


def compare(lines: Sequence[WhatIfLine], free: Mapping[int, Decimal]) -> WhatIfTable:
    """The decisions so far, the same share for all, and importance only."""
    draft = {line.pk: line.granted for line in lines}
    ways = [
        outcome(lines, draft),
        outcome(lines, same_share(lines, free), beside=draft),
        outcome(lines, importance_only(lines, free), beside=draft),
    ]
    rows = [
        (_("Granted of what was asked, average over the resources"), [percent(way.share) for way in ways]),
        (_("Lowest share of a department"), [_lowest(way) for way in ways]),
        (_("In full / in part / nothing"), [f"{way.full} / {way.part} / {way.nothing}" for way in ways]),
        (_("Who gains most, who loses most, in money"), [_moved(way) for way in ways]),
    ]
    return WhatIfTable([_("Decided so far"), _("Same share for all"), _("Importance only")], rows)


def _lowest(way: WhatIfOutcome) -> str:
    return f"{way.lowest[0]} {percent(way.lowest[1])}" if way.lowest else NOTHING


def _moved(way: WhatIfOutcome) -> str:
    return joined(f"{name} {signed(change)}" for name, change in filter(None, (way.gains, way.loses))) or NOTHING

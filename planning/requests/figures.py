"""The arithmetic of resource planning: costs, scores, and what would be granted if it were decided otherwise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from planning.projects.models import Metric
from planning.requests.models import Pool, ResourceKind

IMPORTANCE_COUNTS, URGENCY_COUNTS, EVIDENCE_COUNTS = 3, 2, 1
CENT = Decimal("0.01")
NOTHING = Decimal(0)

Grants = Mapping[int, Decimal]

# The kinds of pools that may serve a figure of the forecast, its own kind first.
SERVED_BY = {
    Metric.PEOPLE: (ResourceKind.PEOPLE,),
    Metric.MATERIALS: (ResourceKind.MATERIALS, ResourceKind.MONEY),
    Metric.MONEY: (ResourceKind.MONEY,),
}


@dataclass(frozen=True, slots=True)
class LineScore:
    """Importance, urgency and evidence as they count."""

    importance: int
    urgency: int
    evidence: int

    @property
    def total(self) -> int:
        """The total score, by which the board is ordered."""
        return self.importance + self.urgency + self.evidence


def score_of(importance: int, urgency: int, evidence: int) -> LineScore:
    """Score = 3 × importance + 2 × urgency + evidence, each from 1 to 5."""
    return LineScore(IMPORTANCE_COUNTS * importance, URGENCY_COUNTS * urgency, EVIDENCE_COUNTS * evidence)


def cost_of(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """What a quantity costs, to the cent; half a cent counts as one."""
    return (quantity * unit_cost).quantize(CENT, ROUND_HALF_UP)


def affordable(money: Decimal, unit_cost: Decimal) -> Decimal:
    """How much can be paid with an amount of money, rounded down to what certainly costs no more."""
    return max(NOTHING, (money / unit_cost).quantize(CENT, ROUND_DOWN))


def pool_for(metric: str, pools: Iterable[Pool]) -> Pool | None:
    """The pool of the year that a figure of the forecast goes to; none where a person has to say which.

    Materials are forecast as an amount: a pool of materials may serve them, or the money that buys them.
    """
    fitting = [pool for pool in pools if pool.kind in SERVED_BY[Metric(metric)]]
    is_materials = metric == Metric.MATERIALS
    usual = [
        pool
        for pool in fitting
        if (pool.takes_materials and is_materials) or (pool.is_usual and pool.kind == SERVED_BY[Metric(metric)][0])
    ]
    found = usual or fitting
    return found[0] if len(found) == 1 else None


def asked_which(pools: Sequence[Pool]) -> list[Metric]:
    """The figures of the forecast that several pools could serve, none of them the usual one."""
    several = [metric for metric in SERVED_BY if sum(pool.kind in SERVED_BY[metric] for pool in pools) > 1]
    return [metric for metric in several if pool_for(metric, pools) is None]


def quantity_from(figure: Decimal, pool: Pool) -> Decimal:
    """A figure of the forecast in the unit of a pool; nothing where it does not say how much that would be.

    People are forecast in hours, money as an amount, materials as the amount that they cost.
    """
    return quantity_left(figure, pool) or NOTHING


def left_of(known: Mapping[str, Decimal], metric: str, asked: Iterable[tuple[bool, Decimal]]) -> Decimal | None:
    """What of the forecast figures of a project is left to ask for: hours, or money; nothing where neither is known.

    Materials and money are both amounts, so what lines ask of either counts against both together, and what is asked
    about one figure (`metric`) stays within that figure as well. `asked` says for each line whether it is people.
    """
    is_people = metric == Metric.PEOPLE
    figures = {name: figure for name, figure in known.items() if (name == Metric.PEOPLE) == is_people}
    if not figures:
        return None
    taken = sum((amount for of_people, amount in asked if of_people == is_people), NOTHING)
    left = max(NOTHING, sum(figures.values(), NOTHING) - taken)
    return min(left, figures[metric]) if metric in figures else left


def quantity_left(left: Decimal, pool: Pool) -> Decimal | None:
    """What is left of a forecast in the unit of a pool: hours, money, or what that money buys; else unknown."""
    if pool.kind != ResourceKind.MATERIALS:
        return left
    return affordable(left, pool.unit_cost) if pool.unit_cost else None


@dataclass(frozen=True, slots=True)
class WhatIfLine:
    """One line of the comparison: what it asks of which pool, what it counts for, what it was granted so far.

    `payer` is the money pool that pays for it, where one does.
    """

    pk: int
    department: str
    pool: int
    quantity: Decimal
    unit_cost: Decimal
    importance: int
    score: int
    decision: str
    granted: Decimal
    payer: int | None = None

    def takes(self, quantity: Decimal) -> dict[int, Decimal]:
        """What so much of it takes of which pool."""
        taken = {self.pool: quantity}
        return taken if self.payer is None else taken | {self.payer: cost_of(quantity, self.unit_cost)}

    def within(self, left: Grants) -> Decimal:
        """How much of it the pools hold."""
        part = min(self.quantity, left.get(self.pool, NOTHING))
        if self.payer is not None and self.unit_cost:
            part = min(part, affordable(left.get(self.payer, NOTHING), self.unit_cost))
        return max(NOTHING, part)


def same_share(lines: Sequence[WhatIfLine], free: Grants) -> dict[int, Decimal]:
    """Everybody gets the same share of a pool, rounded down; where money pays, no more than its share of that."""
    asked: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        for pool, amount in line.takes(line.quantity).items():
            asked[pool] += amount
    granted = {}
    left = dict(free)
    for line in lines:
        share = line.quantity
        for pool in line.takes(line.quantity):
            if asked[pool] > free.get(pool, NOTHING):
                share = min(share, line.quantity * free.get(pool, NOTHING) / asked[pool])
        part = min(share.quantize(CENT, ROUND_DOWN), line.within(left))
        granted[line.pk] = max(NOTHING, part)
        _take(left, line, granted[line.pk])
    return granted


def importance_only(lines: Sequence[WhatIfLine], free: Grants) -> dict[int, Decimal]:
    """The most important projects first, in full, until a pool is empty; the score decides between equals."""
    left = dict(free)
    granted = {}
    for line in sorted(lines, key=lambda line: (-line.importance, -line.score, line.pk)):
        granted[line.pk] = line.within(left)
        _take(left, line, granted[line.pk])
    return granted


def _take(left: dict[int, Decimal], line: WhatIfLine, quantity: Decimal) -> None:
    for pool, amount in line.takes(quantity).items():
        left[pool] = left.get(pool, NOTHING) - amount


def _asked_of(lines: Iterable[WhatIfLine]) -> dict[int, Decimal]:
    asked: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        asked[line.pool] += line.quantity
    return asked


@dataclass(frozen=True, slots=True)
class WhatIfOutcome:
    """The result of one way of deciding: what is granted and how many are refused."""

    share: Decimal | None
    lowest: tuple[str, Decimal] | None
    full: int
    part: int
    nothing: int
    gains: tuple[str, Decimal] | None = None
    loses: tuple[str, Decimal] | None = None


def outcome(lines: Sequence[WhatIfLine], granted: Grants, beside: Grants | None = None) -> WhatIfOutcome:
    """Shares in percent; hours and money cannot be added, so a share is the average over pools or lines."""
    parts = [(line, granted.get(line.pk, NOTHING)) for line in lines]
    whole = sum(1 for line, part in parts if part == line.quantity)
    some = sum(1 for line, part in parts if NOTHING < part < line.quantity)
    by_department: dict[str, list[Decimal]] = defaultdict(list)
    for line, part in parts:
        by_department[line.department].append(100 * part / line.quantity)
    shares = {name: sum(found, NOTHING) / len(found) for name, found in by_department.items()}
    lowest = min(shares.items(), key=lambda pair: (pair[1], pair[0]), default=None)
    gains, loses = _moved(lines, granted, beside) if beside is not None else (None, None)
    return WhatIfOutcome(_share(parts), lowest, whole, some, len(parts) - whole - some, gains, loses)


def _share(parts: Sequence[tuple[WhatIfLine, Decimal]]) -> Decimal | None:
    asked = _asked_of(line for line, _ in parts)
    given: dict[int, Decimal] = defaultdict(Decimal)
    for line, part in parts:
        given[line.pool] += part
    shares = [100 * given[pool] / total for pool, total in asked.items()]
    return sum(shares, NOTHING) / len(shares) if shares else None


def _moved(
    lines: Sequence[WhatIfLine], granted: Grants, beside: Grants
) -> tuple[tuple[str, Decimal] | None, tuple[str, Decimal] | None]:
    """The department that gains most money against another way of deciding, and the one that loses most."""
    change: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        now, then = granted.get(line.pk, NOTHING), beside.get(line.pk, NOTHING)
        change[line.department] += cost_of(now, line.unit_cost) - cost_of(then, line.unit_cost)
    most = max(change.items(), key=lambda pair: (pair[1], pair[0]), default=None)
    least = min(change.items(), key=lambda pair: (pair[1], pair[0]), default=None)
    return (most if most and most[1] > 0 else None), (least if least and least[1] < 0 else None)


# The ways to share out what is not enough, by the word in the address.
SCENARIOS = {"share": same_share, "importance": importance_only}

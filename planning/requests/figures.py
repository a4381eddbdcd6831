"""The arithmetic of resource planning: costs, scores, and what would be granted if it were decided otherwise."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

IMPORTANCE_COUNTS, URGENCY_COUNTS, EVIDENCE_COUNTS = 3, 2, 1
CENT = Decimal("0.01")
NOTHING = Decimal(0)

Grants = Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class LineScore:
    """Importance, urgency and evidence as they count."""

    importance: int
    urgency: int
    evidence: int

    @property
    def total(self) -> int:
        """What the list is ordered by."""
        return self.importance + self.urgency + self.evidence


def score_of(importance: int, urgency: int, evidence: int) -> LineScore:
    """Score = 3 × importance + 2 × urgency + evidence, each from 1 to 5."""
    return LineScore(IMPORTANCE_COUNTS * importance, URGENCY_COUNTS * urgency, EVIDENCE_COUNTS * evidence)


def cost_of(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """What a quantity costs, to the cent; half a cent counts as one."""
    return (quantity * unit_cost).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of the comparison: what it asks of which pool, what it counts for, what it was granted so far."""

    pk: int
    department: str
    pool: int
    quantity: Decimal
    unit_cost: Decimal
    importance: int
    score: int
    decision: str
    granted: Decimal


def same_share(lines: Sequence[ComparedLine], free: Grants) -> dict[int, Decimal]:
    """Everybody gets the same share of a pool, rounded down to the cent."""
    asked = _asked_of(lines)
    granted = {}
    for line in lines:
        available = free.get(line.pool, NOTHING)
        enough = asked[line.pool] <= available
        share = line.quantity if enough else line.quantity * available / asked[line.pool]
        granted[line.pk] = max(NOTHING, share.quantize(CENT, ROUND_DOWN))
    return granted


def importance_only(lines: Sequence[ComparedLine], free: Grants) -> dict[int, Decimal]:
    """The most important projects first, in full, until a pool is empty; the score decides between equals."""
    left = dict(free)
    granted = {}
    for line in sorted(lines, key=lambda line: (-line.importance, -line.score, line.pk)):
        part = max(NOTHING, min(line.quantity, left.get(line.pool, NOTHING)))
        granted[line.pk] = part
        left[line.pool] = left.get(line.pool, NOTHING) - part
    return granted


def _asked_of(lines: Iterable[ComparedLine]) -> dict[int, Decimal]:
    asked: dict[int, Decimal] = defaultdict(Decimal)
    for line in lines:
        asked[line.pool] += line.quantity
    return asked


@dataclass(frozen=True, slots=True)
class WhatIfOutcome:
    """What a way of deciding comes to."""

    share: Decimal | None
    lowest: tuple[str, Decimal] | None
    full: int
    part: int
    nothing: int
    gains: tuple[str, Decimal] | None = None
    loses: tuple[str, Decimal] | None = None


def outcome(lines: Sequence[ComparedLine], granted: Grants, beside: Grants | None = None) -> WhatIfOutcome:
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


def _share(parts: Sequence[tuple[ComparedLine, Decimal]]) -> Decimal | None:
    asked = _asked_of(line for line, _ in parts)
    given: dict[int, Decimal] = defaultdict(Decimal)
    for line, part in parts:
        given[line.pool] += part
    shares = [100 * given[pool] / total for pool, total in asked.items()]
    return sum(shares, NOTHING) / len(shares) if shares else None


def _moved(
    lines: Sequence[ComparedLine], granted: Grants, beside: Grants
) -> tuple[tuple[str, Decimal] | None, tuple[str, Decimal] | None]:
    """The department that gains most money against another way of deciding, and the one that loses most."""
    change: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        now, then = granted.get(line.pk, NOTHING), beside.get(line.pk, NOTHING)
        change[line.department] += cost_of(now, line.unit_cost) - cost_of(then, line.unit_cost)
    most = max(change.items(), key=lambda pair: (pair[1], pair[0]), default=None)
    least = min(change.items(), key=lambda pair: (pair[1], pair[0]), default=None)
    return (most if most and most[1] > 0 else None), (least if least and least[1] < 0 else None)

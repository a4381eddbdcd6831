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
class Score:
    """Importance, urgency and evidence as they count."""

    importance: int
    urgency: int
    evidence: int

    @property
    def total(self) -> int:
        """What the list is ordered by."""
        return self.importance + self.urgency + self.evidence


def score_of(importance: int, urgency: int, evidence: int) -> Score:
    """Score = 3 × importance + 2 × urgency + evidence, each from 1 to 5."""
    return Score(IMPORTANCE_COUNTS * importance, URGENCY_COUNTS * urgency, EVIDENCE_COUNTS * evidence)


def cost_of(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    """What a quantity costs, to the cent; half a cent counts as one."""
    return (quantity * unit_cost).quantize(CENT, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Ask:
    """One line on the board: what it asks of which pool, what it counts for, what it was granted so far."""

    line: int
    department: str
    pool: int
    quantity: Decimal
    unit_cost: Decimal
    importance: int
    score: int
    decision: str
    granted: Decimal


def same_share(asks: Sequence[Ask], free: Grants) -> dict[int, Decimal]:
    """Everybody gets the same share of a pool, rounded down to the cent."""
    asked = _asked_of(asks)
    granted = {}
    for ask in asks:
        available = free.get(ask.pool, NOTHING)
        enough = asked[ask.pool] <= available
        share = ask.quantity if enough else ask.quantity * available / asked[ask.pool]
        granted[ask.line] = max(NOTHING, share.quantize(CENT, ROUND_DOWN))
    return granted


def importance_only(asks: Sequence[Ask], free: Grants) -> dict[int, Decimal]:
    """The most important projects first, in full, until a pool is empty; the score decides between equals."""
    left = dict(free)
    granted = {}
    for ask in sorted(asks, key=lambda ask: (-ask.importance, -ask.score, ask.line)):
        part = max(NOTHING, min(ask.quantity, left.get(ask.pool, NOTHING)))
        granted[ask.line] = part
        left[ask.pool] = left.get(ask.pool, NOTHING) - part
    return granted


def _asked_of(asks: Iterable[Ask]) -> dict[int, Decimal]:
    asked: dict[int, Decimal] = defaultdict(Decimal)
    for ask in asks:
        asked[ask.pool] += ask.quantity
    return asked


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a way of deciding comes to."""

    share: Decimal | None
    lowest: tuple[str, Decimal] | None
    full: int
    part: int
    nothing: int
    gains: tuple[str, Decimal] | None = None
    loses: tuple[str, Decimal] | None = None


def outcome(asks: Sequence[Ask], granted: Grants, beside: Grants | None = None) -> Outcome:
    """Shares in percent; hours and money cannot be added, so a share is the average over pools or lines."""
    lines = [(ask, granted.get(ask.line, NOTHING)) for ask in asks]
    whole = sum(1 for ask, part in lines if part == ask.quantity)
    some = sum(1 for ask, part in lines if NOTHING < part < ask.quantity)
    by_department: dict[str, list[Decimal]] = defaultdict(list)
    for ask, part in lines:
        by_department[ask.department].append(100 * part / ask.quantity)
    shares = {name: sum(parts, NOTHING) / len(parts) for name, parts in by_department.items()}
    lowest = min(shares.items(), key=lambda pair: (pair[1], pair[0]), default=None)
    gains, loses = _moved(asks, granted, beside) if beside is not None else (None, None)
    return Outcome(_share(lines), lowest, whole, some, len(lines) - whole - some, gains, loses)


def _share(lines: Sequence[tuple[Ask, Decimal]]) -> Decimal | None:
    asked = _asked_of(ask for ask, _ in lines)
    given: dict[int, Decimal] = defaultdict(Decimal)
    for ask, part in lines:
        given[ask.pool] += part
    shares = [100 * given[pool] / total for pool, total in asked.items()]
    return sum(shares, NOTHING) / len(shares) if shares else None


def _moved(
    asks: Sequence[Ask], granted: Grants, beside: Grants
) -> tuple[tuple[str, Decimal] | None, tuple[str, Decimal] | None]:
    """The department that gains most money against another way of deciding, and the one that loses most."""
    change: dict[str, Decimal] = defaultdict(Decimal)
    for ask in asks:
        now, then = granted.get(ask.line, NOTHING), beside.get(ask.line, NOTHING)
        change[ask.department] += cost_of(now, ask.unit_cost) - cost_of(then, ask.unit_cost)
    most = max(change.items(), key=lambda pair: (pair[1], pair[0]), default=None)
    least = min(change.items(), key=lambda pair: (pair[1], pair[0]), default=None)
    return (most if most and most[1] > 0 else None), (least if least and least[1] < 0 else None)

"""The arithmetic of the budget: quarters, sums of lines, and what kind of amendment a set of changes is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from sop_portal.foundation.kit.dates import Span, add_months, months_around
from sop_portal.foundation.kit.formats import money, months
from sop_portal.foundation.kit.money import STORED_PLACES, places_of, split_evenly

ZERO = Decimal(0)
ONE_DAY = timedelta(days=1)
QUARTERS = ("q1", "q2", "q3", "q4")
FUND_MONTHS = 120


class AmendmentClass(StrEnum):
    """What an amendment does to the money, from the least to the most."""

    CORRECTION = "correction"
    SMALL_TRANSFER = "small_transfer"
    TRANSFER = "transfer"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True, slots=True)
class Shift:
    """The money one line holds for a department out of one fund, before and after."""

    department: int
    fund: int
    old: Decimal
    new: Decimal


def moved(shifts: Iterable[Shift]) -> Decimal:
    """The amount of money that the changes of an amendment move to another place."""
    return sum((max(shift.new - shift.old, ZERO) for shift in shifts), ZERO)


def changed_sum(shifts: Iterable[Shift]) -> Decimal:
    """How much money an amendment moves, adds or takes away: the larger of what arrives and what leaves."""
    changes = [shift.new - shift.old for shift in shifts]
    arriving, leaving = (sum((max(sign * change, ZERO) for change in changes), ZERO) for sign in (1, -1))
    return max(arriving, leaving)


def classify(shifts: Sequence[Shift], *, limit: Decimal = ZERO, moved_before: Decimal = ZERO) -> AmendmentClass:
    """Name the kind of an amendment: small transfers of the year add up against the limit."""
    if sum((shift.new - shift.old for shift in shifts), ZERO):
        return AmendmentClass.SUPPLEMENT
    amount = moved(shifts)
    if not amount:
        return AmendmentClass.CORRECTION
    nets: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for shift in shifts:
        nets[shift.department, shift.fund] += shift.new - shift.old
    stays_inside = not any(nets.values())
    small = stays_inside and moved_before + amount <= limit
    return AmendmentClass.SMALL_TRANSFER if small else AmendmentClass.TRANSFER


def places(currency: str) -> int:
    """The decimal places an amount of this currency is planned in."""
    return min(places_of(currency), STORED_PLACES)


def planned_places(amount: Decimal, currency: str) -> int:
    """The places an amount is shared out in: what is whole stays whole in every quarter."""
    return places(currency) if amount % 1 else 0


def spread(amount: Decimal, like: Sequence[Decimal], decimals: int) -> list[Decimal]:
    """Share an amount out over the quarters as it was shared before; evenly if there was nothing. No cent is lost."""
    before = sum(like, ZERO)
    if not before:
        return split_evenly(amount, len(like), decimals)
    cent = Decimal(1).scaleb(-decimals)
    parts = [(amount * part / before).quantize(cent, ROUND_DOWN) for part in like]
    left = amount - sum(parts, ZERO)
    for place in sorted(range(len(parts)), key=lambda place: -like[place]):
        given = min(left, cent)
        parts[place] += given
        left -= given
    parts[0] += left
    return parts


def quarter_spans(starts_on: date) -> list[tuple[date, date]]:
    """First and last month of each quarter of the execution year."""
    return [(add_months(starts_on, 3 * q), add_months(starts_on, 3 * q + 2)) for q in range(len(QUARTERS))]


def days_of_quarters(starts_on: date) -> list[tuple[date, date]]:
    """First and last day of each quarter of the execution year."""
    return [(add_months(starts_on, 3 * q), add_months(starts_on, 3 * q + 3) - ONE_DAY) for q in range(len(QUARTERS))]


def days_of_fund(today: date, *known: date | None) -> Span:
    """Where the period of a funding source may lie: ten years back and ahead; days it has already stay possible."""
    days = [day for day in known if day is not None]
    usual = months_around(today, back=FUND_MONTHS, ahead=FUND_MONTHS)
    return Span(min([usual.first, *days]), max([usual.last, *days]))


def quarter_names(starts_on: date) -> list[str]:
    """The quarters of the execution year: "Jul–Sep"."""
    return [months(first, last) for first, last in quarter_spans(starts_on)]


def decimals(amounts: Iterable[Decimal | None]) -> int:
    """The places all of these amounts need, so that they add up as they are shown."""
    return STORED_PLACES if any(amount is not None and amount % 1 for amount in amounts) else 0


def exact(amount: Decimal | None) -> str:
    """One amount as it is written where it is never rounded: with cents where it has any."""
    return money(amount, decimals([amount]))


@dataclass(frozen=True, slots=True)
class LineSums:
    """The sums of some lines of a budget, by quarter."""

    count: int = 0
    allocated: Decimal = ZERO
    q1: Decimal = ZERO
    q2: Decimal = ZERO
    q3: Decimal = ZERO
    q4: Decimal = ZERO

    @property
    def quarters(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """The four amounts, in order."""
        return self.q1, self.q2, self.q3, self.q4

    @property
    def amount(self) -> Decimal:
        """What is budgeted in all quarters together."""
        return sum(self.quarters, ZERO)

    def __add__(self, other: "LineSums") -> "LineSums":
        """The sums of these lines and of others."""
        amounts = (mine + added for mine, added in zip(self.quarters, other.quarters, strict=True))
        return LineSums(self.count + other.count, self.allocated + other.allocated, *amounts)

    def __sub__(self, other: "LineSums") -> "LineSums":
        """The sums of these lines without some of them."""
        amounts = (mine - taken for mine, taken in zip(self.quarters, other.quarters, strict=True))
        return LineSums(self.count - other.count, self.allocated - other.allocated, *amounts)

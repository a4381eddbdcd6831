"""The arithmetic of the budget: quarters, and what kind of amendment a set of changes is. No database, no clock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from sop_portal.foundation.kit.dates import add_months
from sop_portal.foundation.kit.money import STORED_PLACES, places_of, split_evenly

NOTHING = Decimal(0)
QUARTERS = 4


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
    """How much money arrives somewhere else."""
    return sum((max(shift.new - shift.old, NOTHING) for shift in shifts), NOTHING)


def classify(
    shifts: Sequence[Shift], *, limit: Decimal = NOTHING, moved_before: Decimal = NOTHING
) -> AmendmentClass:  # fmt: skip
    """Name the kind of an amendment: small transfers of the year add up against the limit."""
    if sum((shift.new - shift.old for shift in shifts), NOTHING):
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
    before = sum(like, NOTHING)
    if not before:
        return split_evenly(amount, len(like), decimals)
    cent = Decimal(1).scaleb(-decimals)
    parts = [(amount * part / before).quantize(cent, ROUND_DOWN) for part in like]
    left = amount - sum(parts, NOTHING)
    for place in sorted(range(len(parts)), key=lambda place: -like[place]):
        given = min(left, cent)
        parts[place] += given
        left -= given
    parts[0] += left
    return parts


def quarter_spans(starts_on: date) -> list[tuple[date, date]]:
    """First and last month of each quarter of the execution year."""
    return [(add_months(starts_on, 3 * q), add_months(starts_on, 3 * q + 2)) for q in range(QUARTERS)]

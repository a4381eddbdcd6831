"""How amounts are written on the pages of the budget: to the cent where there are cents, whole otherwise."""

from collections.abc import Iterable
from decimal import Decimal

from sop_portal.foundation.kit.formats import money
from sop_portal.foundation.kit.money import STORED_PLACES


def decimals(amounts: Iterable[Decimal | None]) -> int:
    """The places all of these amounts need, so that they add up as they are shown."""
    return STORED_PLACES if any(amount is not None and amount % 1 for amount in amounts) else 0


def exact(amount: Decimal | None) -> str:
    """One amount, never rounded."""
    return money(amount, decimals([amount]))

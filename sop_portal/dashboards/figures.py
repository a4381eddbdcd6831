"""The arithmetic that the pages above the stages share: parts of a whole, and how much of a period is over."""

from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


def percentage(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Part of whole in percent; None where there is no whole."""
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def elapsed(starts_on: date, ends_on: date, on: date) -> Decimal:
    """How much of a period is over on a day, in percent, from 0 to 100."""
    days = (ends_on - starts_on).days + 1
    gone = min(max((on - starts_on).days, 0), days)
    return Decimal(gone) * 100 / days

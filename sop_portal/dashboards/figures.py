"""The arithmetic that the pages above the stages share: parts of a whole, and how much of a period is over."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from math import ceil, floor
from statistics import median

ZERO = Decimal(0)


def percentage(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Part of whole in percent; None where there is no whole."""
    return Decimal(part) * 100 / Decimal(whole) if whole else None


def elapsed(starts_on: date, ends_on: date, on: date) -> Decimal:
    """How much of a period is over on a day, in percent, from 0 to 100."""
    days = (ends_on - starts_on).days + 1
    gone = min(max((on - starts_on).days, 0), days)
    return Decimal(gone) * 100 / days


def half_and_nine_in_ten(days: Sequence[float]) -> tuple[float, float]:
    """The median of the days, and the smallest wait that nine in ten did not exceed."""
    ordered = sorted(days)
    return median(ordered), ordered[ceil(len(ordered) * 9 / 10) - 1]


def whole_days(days: float) -> int:
    """Days as they are shown; half a day counts as one."""
    return floor(days + 0.5)


def weighted_miss(pairs: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """By how much forecasts missed what happened, each to its own side, in percent of all that happened (WAPE)."""
    found = list(pairs)
    missed = sum((abs(forecast - actual) for forecast, actual in found), ZERO)
    return percentage(missed, sum((actual for _forecast, actual in found), ZERO))


def to_cents(value: Decimal | float) -> str:
    """A figure to the cent, whatever the database counts in."""
    return f"{Decimal(value):.2f}"

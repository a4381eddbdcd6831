"""A failing list of acts made short: what can be left out without the failure going away is left out."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TypeVar

T = TypeVar("T")


def shrunk(rows: Sequence[T], still_fails: Callable[[Sequence[T]], bool], *, seconds: float) -> list[T]:
    """The shortest list found in so many seconds, by leaving out halves, then quarters, then single ones."""
    until, found, size = monotonic() + seconds, list(rows), max(len(rows) // 2, 1)
    while monotonic() < until:
        shorter = _without_one_part(found, size, still_fails, until)
        if shorter is not None:
            found = shorter
        elif size == 1:
            break
        else:
            size = max(size // 2, 1)
    return found


def _without_one_part(
    rows: list[T], size: int, still_fails: Callable[[Sequence[T]], bool], until: float
) -> list[T] | None:
    found, place, is_shorter = rows, 0, False
    # What came last made it fail, so it stays.
    while place < len(found) - 1 and monotonic() < until:
        without = found[:place] + found[min(place + size, len(found) - 1) :]
        if still_fails(without):
            found, is_shorter = without, True
        else:
            place += size
    return found if is_shorter else None

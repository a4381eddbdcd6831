"""Where one person stands with one need, worked out from days alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sop_portal.foundation.kit.dates import add_months

# From so many days before a window opens, who has not learned what it asks is named as needing it now.
NEEDED_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class NeedState:
    """Kinds: done, expired, booked, open, now (open, and the window is near or open). The day tells when."""

    kind: str
    on: date | None = None

    @property
    def is_gap(self) -> bool:
        """Whether the person does not know it."""
        return self.kind != "done"


def holds_until(learned_on: date, years: int) -> date:
    """The last day on which what was learned holds."""
    return add_months(learned_on, 12 * years) - timedelta(days=1)


def state_of_need(
    learned_on: Collection[date], booked_on: Collection[date], years: int, window: tuple[date, date] | None, on: date
) -> NeedState:
    """Where somebody stands: what was learned last, else the next session, else how near the window is."""
    last = max(learned_on, default=None)
    if last is not None and on <= holds_until(last, years):
        return NeedState("done", last)
    # A session after the day on which the step is due comes too late for it.
    if any(window is None or day <= window[1] for day in booked_on):
        return NeedState("booked", min(booked_on))
    if window is not None and window[0] - NEEDED_WITHIN <= on <= window[1]:
        return NeedState("now", window[0])
    if booked_on:
        return NeedState("booked", min(booked_on))
    return NeedState("open") if last is None else NeedState("expired", holds_until(last, years))

"""When a deadline reminds: moments worked out from dates alone. No database, no clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from sop_portal.foundation.kit.bounds import Bound
from sop_portal.foundation.kit.dates import start_of_day

# What an administrator may choose.
LONGEST_DAYS, MOST_MOMENTS = 365, 12
SELDOMEST = Bound(Decimal(60), least=Decimal(1))
Kind = Literal["opens", "due", "late", "waits"]
start = lru_cache(maxsize=4096)(start_of_day)


@dataclass(frozen=True, slots=True)
class Plan:
    """The moments at which a year reminds, in days; what an administrator can change."""

    opens: bool = True
    before: tuple[int, ...] = (14, 7, 3, 1, 0)
    late: tuple[int, ...] = (1, 3, 5)
    late_every: int = 5
    decisions: tuple[int, ...] = (3, 5)


USUAL_PLAN = Plan()


@dataclass(frozen=True, slots=True)
class Dates:
    """What a deadline is made of: its window, or the moment since when a decision waits."""

    zone: ZoneInfo
    opens_on: date | None = None
    due_on: date | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One moment at which a deadline reminds. Its name holds the day it counts from: a moved deadline reminds anew.

    `days` are those late (or waited), and below zero those left.
    """

    at: datetime
    name: str
    kind: Kind
    days: int


def occurrences(dates: Dates, plan: Plan, *, by: datetime, after: datetime | None = None) -> list[Occurrence]:
    """Everything that fell due after one moment (or ever) and by another, in order."""
    today = by.astimezone(dates.zone).date()
    found = sorted(_all_occurrences(dates, plan, today), key=lambda occurrence: occurrence.at)
    return [o for o in found if o.at <= by and (after is None or o.at > after)]


def _all_occurrences(dates: Dates, plan: Plan, today: date) -> Iterator[Occurrence]:
    if dates.since is not None:
        yield from _while_waiting(dates, plan)
    if plan.opens and dates.opens_on and dates.opens_on <= today:
        yield Occurrence(start(dates.opens_on, dates.zone), f"opens {dates.opens_on}", "opens", 0)
    if dates.due_on is None:
        return
    for days in _offsets(plan, (today - dates.due_on).days):
        on = dates.due_on + timedelta(days=days)
        if dates.opens_on is None or on >= dates.opens_on:
            kind: Kind = "late" if days > 0 else "due"
            yield Occurrence(start(on, dates.zone), f"{dates.due_on} {days:+d}", kind, days)


def _offsets(plan: Plan, most: int) -> Iterator[int]:
    """Days around the due day, the earliest first: those before it, the late ones, then every so many days."""
    yield from sorted(-days for days in plan.before if -days <= most)
    yield from sorted(days for days in plan.late if days <= most)
    if plan.late_every:
        yield from range(max(plan.late, default=0) + plan.late_every, most + 1, plan.late_every)


def _while_waiting(dates: Dates, plan: Plan) -> Iterator[Occurrence]:
    if dates.since is not None:
        began = dates.since.astimezone(dates.zone).date()
        for days in plan.decisions:
            on = began + timedelta(days=days)
            yield Occurrence(start(on, dates.zone), f"since {began} {days:+d}", "waits", days)

"""Plan, pace and projection of what is spent: one answer to each question, for every page, list, export and notice.

What is planned by a day comes from the plan by quarters; a straight line over the months stands only where nothing is
phased. Where a line ends is the rest of its plan at the pace of the last three months.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache

from django.utils.translation import gettext as _

from budgets.spending.models import Flag
from sop_portal.foundation.kit.dates import add_months
from sop_portal.foundation.kit.formats import day_of_year, money, percent
from sop_portal.foundation.kit.sentences import interpolate

CENT = Decimal("0.01")
ZERO = Decimal(0)
# A line that heads for more than this share of what is approved, or for less, in percent, is warned of.
OVER_PERCENT, UNDER_PERCENT = 105, 90


@dataclass(frozen=True)
class YearFacts:
    """The execution year as the guard sees it: its days, the day it is now, and the deviation that is tolerated."""

    starts_on: date
    ends_on: date
    today: date
    tolerance: int = 20
    is_closed: bool = False


def ahead_of_plan(name: str, spent: Decimal, quarters: Sequence[Decimal], on: date, year: YearFacts) -> str | None:
    """ "Venue: 128 % of plan at 33 % of the time." once spending exceeds its plan by more than is tolerated."""
    time = share_of_time(year.starts_on, year.ends_on, on)
    planned = planned_by(quarters, time)
    if not is_ahead(spent, planned, year.tolerance):
        return None
    if not planned:
        names = {"line": name, "spent": money(spent, 2)}
        return interpolate(_("%(line)s: %(spent)s would be spent, nothing is planned by now."), names)
    names = {"line": name, "plan": percent(spent / planned * 100), "time": percent(percent_of(time))}
    return interpolate(_("%(line)s: %(plan)s of plan at %(time)s of the time."), names)


def is_ahead(spent: Decimal, planned: Decimal, tolerance: int) -> bool:
    """Whether more is spent than is planned by now, by more than is tolerated."""
    return spent > planned * (100 + tolerance) / 100


def planned_on(quarters: Sequence[Decimal], year: YearFacts, on: date) -> Decimal:
    """What is planned until the end of the month of a day."""
    return planned_by(quarters, share_of_time(year.starts_on, year.ends_on, on))


def planned_share(quarters: Sequence[Decimal], year: YearFacts, on: date) -> Decimal | None:
    """How much of a plan is planned until the end of the month of a day, in percent; None without a plan."""
    whole = sum(quarters, ZERO)
    return planned_on(quarters, year, on) * 100 / whole if whole else None


def planned_evenly(whole: Decimal | int, first: date, last: date, on: date) -> Decimal:
    """What is planned by the end of a month where nothing is phased: the same in every month, a straight line."""
    share = share_of_time(first, last, on)
    return (Decimal(whole) * share.numerator / share.denominator).quantize(Decimal(1), ROUND_HALF_UP)


def last_whole_month(year: YearFacts) -> date:
    """The end of the last month that is over, within the execution year: paces are measured up to it."""
    return min(year.today.replace(day=1) - timedelta(days=1), year.ends_on)


def months_between(first: date, last: date) -> int:
    """How many calendar months two days touch, both included."""
    return (last.year - first.year) * 12 + last.month - first.month + 1


# Every line of a year asks for the same few days.
@lru_cache(maxsize=256)
def share_of_time(first: date, last: date, on: date) -> Fraction:
    """The share of the year that is over when the month of this day ends: what is planned for a month may be
    spent on its first day."""
    if on < first:
        return Fraction(0)
    return min(Fraction(months_between(first, on), months_between(first, last)), Fraction(1))


def percent_of(share: Fraction) -> Decimal:
    """A share in percent."""
    return Decimal(share.numerator * 100) / Decimal(share.denominator)


def planned_by(quarters: Sequence[Decimal], share: Fraction) -> Decimal:
    """What the plan by quarters comes to after a share of the year; within a quarter it grows evenly."""
    whole, rest = divmod(share * len(quarters), 1)
    done = sum(quarters[: int(whole)], ZERO)
    if not rest:
        return done
    begun = quarters[int(whole)] * rest.numerator / rest.denominator
    return (done + begun).quantize(CENT, ROUND_HALF_UP)


def pace_of(reached: Decimal, planned: Decimal) -> Decimal:
    """How fast things go beside the plan: 1 is as planned. Without a plan to measure by it is taken as planned."""
    return reached / planned if planned > 0 else Decimal(1)


def projected(reached: Decimal, planned_rest: Decimal, pace: Decimal) -> Decimal:
    """Where the year ends if what is still planned goes on at this pace; never below what is reached."""
    return (reached + max(planned_rest, ZERO) * max(pace, ZERO)).quantize(CENT, ROUND_HALF_UP)


def year_end(reached: Decimal, recent: Decimal, quarters: Sequence[Decimal], year: YearFacts, until: date) -> Decimal:
    """Where a line ends if the rest of its plan goes on at the pace of the last three months."""
    now = share_of_time(year.starts_on, year.ends_on, until)
    before = share_of_time(year.starts_on, year.ends_on, add_months(until.replace(day=1), -3))
    planned = planned_by(quarters, now)
    return projected(reached, sum(quarters, ZERO) - planned, pace_of(recent, planned - planned_by(quarters, before)))


@dataclass(frozen=True)
class LinePace:
    """A line as its projection sees it: what it holds, how it is planned, what was spent and when.

    `reached` is what was spent until the last whole month, `recent` what of it in the three months before.
    """

    approved: Decimal
    spent: Decimal
    quarters: Sequence[Decimal]
    reached: Decimal = ZERO
    recent: Decimal = ZERO
    is_closed: bool = False
    is_completed: bool = False


def end_of_line(line: LinePace, year: YearFacts) -> Decimal | None:
    """Where a line ends; not known before the year begins. Nothing more is planned once its project is completed."""
    if line.is_closed or line.is_completed or year.is_closed:
        return line.spent
    if year.today < year.starts_on:
        return None
    return max(year_end(line.reached, line.recent, line.quarters, year, last_whole_month(year)), line.spent)


def flag_of(end: Decimal, plan: Decimal) -> Flag | None:
    """Whether what something comes to in the end is over its plan, or under it, by more than is taken as planned."""
    if end * 100 > plan * OVER_PERCENT:
        return Flag.OVER
    return Flag.UNDER if end * 100 < plan * UNDER_PERCENT else None


@dataclass(frozen=True)
class Outlook:
    """Where an approved line ends, None while that is not known, and what it is warned of."""

    end: Decimal | None
    flags: frozenset[Flag]


def outlook_of(line: LinePace, year: YearFacts) -> Outlook:
    """Where an approved line ends, with everything it is warned of."""
    end = end_of_line(line, year)
    return Outlook(end, _flags_at(end, line, year))


def flags_of(line: LinePace, year: YearFacts) -> frozenset[Flag]:
    """Everything an approved line is warned of; nothing before the year begins or once line or year are closed."""
    return outlook_of(line, year).flags


def _flags_at(end: Decimal | None, line: LinePace, year: YearFacts) -> frozenset[Flag]:
    if end is None or line.is_closed or year.is_closed or year.today < year.starts_on:
        return frozenset()
    found = {flag_of(end, line.approved)}
    if not line.is_completed and is_ahead(line.spent, planned_on(line.quarters, year, year.today), year.tolerance):
        found.add(Flag.AHEAD)
    return frozenset(flag for flag in found if flag)


def warnings_of(name: str, line: LinePace, outlook: Outlook, year: YearFacts) -> list[str]:
    """What a line is warned of, a sentence each: how far it is ahead, and where it ends beside what is approved.

    "Of plan" is what is planned by now; what the line ends at stands beside the sum that is approved.
    """
    flags, end = outlook.flags, outlook.end
    found = [ahead_of_plan(name, line.spent, line.quarters, year.today, year)] if Flag.AHEAD in flags else []
    if end is not None and flags - {Flag.AHEAD}:
        words = {"line": name, "end": money(end), "day": day_of_year(year.ends_on), "approved": money(line.approved)}
        sentence = _(
            "%(line)s: %(end)s by %(day)s if the rest of its plan goes at the pace of the last 3 months; "
            "%(approved)s approved."
        )
        found.append(sentence % words)
    return [sentence for sentence in found if sentence]

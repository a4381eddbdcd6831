"""Plan, actual and projection of a project, and the warnings that follow from them: pure arithmetic."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import accumulate, pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _

from budgets.models import Flag
from budgets.spending.figures import (
    YearFacts,
    ahead_of_plan,
    flag_of,
    pace_of,
    percent_of,
    planned_evenly,
    planned_on,
    projected,
    share_of_time,
)
from sop_portal.foundation.kit.formats import day_of_year, money, number, percent

NOTHING = Decimal(0)
PACE_MONTHS = 3
# What is this close to the plan of now, in percent, is on plan.
ON_PLAN = 5
# A count this far above its plan, in percent so far or in times the plan of its month, is perhaps mistyped.
FAR_ABOVE, FAR_TIMES = 100, 5


class MonthSpending(NamedTuple):
    """What was spent on one budget category in one month, named by its first day."""

    category: str
    month: date
    amount: Decimal


@dataclass(frozen=True)
class CategorySpending:
    """One budget category of a project: planned by quarter, spent in the period and since the start."""

    name: str
    quarters: tuple[Decimal, ...]
    in_period: Decimal
    total: Decimal


@dataclass(frozen=True)
class Course:
    """What was planned and what happened month by month; None is a month that nobody has counted yet.

    A month that is not counted is no zero: it is left out of what is compared, and projected like those to come.
    """

    plan: tuple[Decimal, ...]
    by_month: tuple[Decimal | None, ...]

    @cached_property
    def actual(self) -> tuple[Decimal | None, ...]:
        """The running sums up to the last month that is counted."""
        last = max((place for place, found in enumerate(self.by_month, 1) if found is not None), default=0)
        sums = accumulate(found or NOTHING for found in self.by_month[:last])
        return tuple(None if found is None else total for found, total in zip(self.by_month, sums, strict=False))

    @cached_property
    def _counted(self) -> list[tuple[Decimal, Decimal]]:
        """What each month reached that is counted, and what was planned for it."""
        months = [now - before for before, now in pairwise((NOTHING, *self.plan))]
        return [(found, plan) for found, plan in zip(self.by_month, months, strict=False) if found is not None]

    @property
    def is_whole(self) -> bool:
        """Whether every month that is over is counted."""
        return None not in self.by_month

    @property
    def planned_by_now(self) -> Decimal:
        """The planned sum of all months that are over, counted or not."""
        return self.plan[len(self.by_month) - 1] if self.by_month else NOTHING

    @property
    def planned(self) -> Decimal:
        """The planned sum of the months that are counted."""
        return sum((plan for _found, plan in self._counted), NOTHING)

    @property
    def whole(self) -> Decimal:
        """The planned sum of the whole year."""
        return self.plan[-1] if self.plan else NOTHING

    @property
    def reached(self) -> Decimal:
        """The actual sum up to now."""
        return sum((found for found, _plan in self._counted), NOTHING)

    @property
    def last_month(self) -> tuple[Decimal, Decimal]:
        """What the last month reached that is counted, and what was planned for it."""
        return self._counted[-1] if self._counted else (NOTHING, NOTHING)

    @property
    def pace(self) -> Decimal:
        """Actual beside plan in the last three months that are counted."""
        last = self._counted[-PACE_MONTHS:]
        return pace_of(sum((found for found, _plan in last), NOTHING), sum((plan for _found, plan in last), NOTHING))

    @property
    def ahead(self) -> tuple[Decimal, ...]:
        """The projected running sums of the months left, at the present pace."""
        left = self.plan[len(self.actual) :]
        return tuple(projected(self.reached, planned - self.planned, self.pace) for planned in left)

    @property
    def end(self) -> Decimal:
        """The projected sum at the end of the year."""
        return self.ahead[-1] if self.ahead else self.reached

    @property
    def deviation(self) -> int:
        """By how many percent the actual figure is above the plan of now, or below it."""
        if not self.planned:
            return 0
        return int(((self.reached / self.planned - 1) * 100).quantize(Decimal(1), ROUND_HALF_UP))


@dataclass(frozen=True)
class ProgressFigures:
    """What a project spent, by category and in all, and what it counted; a count that is not given is left out."""

    spending: Sequence[CategorySpending]
    money: Course
    counted: Sequence[tuple[str, Course]]


@dataclass(frozen=True)
class ProgressWarning:
    """One warning: the sentence, and what it is made of."""

    sentence: str
    note: str = ""
    is_bad: bool = False


def category_spending(
    name: str, quarters: tuple[Decimal, ...], spent: Iterable[MonthSpending], month: date
) -> CategorySpending:
    """One category: what was spent on it in a month, and until then."""
    amounts = [(spending.month, spending.amount) for spending in spent]
    in_period = sum((amount for on, amount in amounts if on == month), NOTHING)
    return CategorySpending(name, quarters, in_period, sum((amount for _on, amount in amounts), NOTHING))


def spent_by_month(spent: Iterable[MonthSpending], month_ends: Sequence[date]) -> list[Decimal]:
    """What was spent in each month; an excepted expense of before the start counts with the first month."""
    months = [end.replace(day=1) for end in month_ends]
    by_month = dict.fromkeys(months, NOTHING)
    for spending in spent if months else ():
        month = max(spending.month, months[0])
        by_month[month] = by_month.get(month, NOTHING) + spending.amount
    return [by_month[month] for month in months]


def course(plan: Sequence[Decimal], by_month: Sequence[Decimal | None]) -> Course:
    """What happened month by month, None where nobody has counted it yet, beside the running sums of the plan."""
    return Course(tuple(plan), tuple(by_month))


def money_plan(quarters: Sequence[Decimal], months: Sequence[date], year: YearFacts) -> list[Decimal]:
    """What the lines of a project come to at the end of each month."""
    return [planned_on(quarters, year, month) for month in months]


def even_plan(whole: int, months: Sequence[date], first: date) -> list[Decimal]:
    """What was planned by the end of each month, spread evenly over the time of the project."""
    return [planned_evenly(whole, first, months[-1], month) for month in months]


def warnings_of(
    figures: ProgressFigures, *, on: date, ends_on: date, year: YearFacts, currency: str
) -> list[ProgressWarning]:
    """Everything in the figures that management should read about, in sentences."""
    found = [_of_category(category, on, year, currency) for category in figures.spending]
    found += [_of_count(name, counts, on, year) for name, counts in figures.counted]
    found.append(_of_end(figures.money, ends_on, currency))
    return [warning for warning in found if warning]


def _of_category(category: CategorySpending, on: date, year: YearFacts, currency: str) -> ProgressWarning | None:
    sentence = ahead_of_plan(category.name, category.total, category.quarters, on, year)
    if sentence is None:
        return None
    planned = planned_on(category.quarters, year, on)
    names = {"currency": currency, "spent": money(category.total), "planned": money(planned)}
    return ProgressWarning(
        sentence, _("%(currency)s %(spent)s spent, %(planned)s planned by now.") % names, is_bad=True
    )


def _of_count(name: str, counts: Course, on: date, year: YearFacts) -> ProgressWarning | None:
    """Further below the plan than is tolerated, or so far above it that the figure was perhaps mistyped."""
    if not counts.planned or -year.tolerance <= counts.deviation <= FAR_ABOVE:
        return _of_month(name, counts)
    time = percent_of(share_of_time(year.starts_on, year.ends_on, on))
    names = {"what": name, "plan": percent(counts.reached / counts.planned * 100), "time": percent(time)}
    reached = {"reached": number(counts.reached), "planned": number(counts.planned)}
    return ProgressWarning(
        _("%(what)s: %(plan)s of plan at %(time)s of the time.") % names,
        _("%(reached)s reached, %(planned)s planned by now.") % reached,
    )


def _of_month(name: str, counts: Course) -> ProgressWarning | None:
    """A month that counts many times its plan, where the sum of the year hides it."""
    reached, planned = counts.last_month
    if not planned or reached <= planned * FAR_TIMES:
        return None
    names = {"what": name, "plan": percent(reached / planned * 100)}
    figures = {"reached": number(reached), "planned": number(planned)}
    return ProgressWarning(
        _("%(what)s: %(plan)s of what is planned for the month.") % names,
        _("%(reached)s counted, %(planned)s planned for the month.") % figures,
    )


def _of_end(spent: Course, ends_on: date, currency: str) -> ProgressWarning | None:
    """More than the lines hold, or money left over, at the end of the project."""
    over, flag = spent.end - spent.whole, flag_of(spent.end, spent.whole)
    names = {"currency": currency, "end": money(spent.end), "day": day_of_year(ends_on), "over": money(abs(over))}
    if flag == Flag.OVER:
        sentence = _("At this pace %(currency)s %(end)s is spent by %(day)s, %(over)s over the approved lines.")
        return ProgressWarning(sentence % names, _("The portal stops expenses before that."))
    if flag == Flag.UNDER:
        sentence = _("At this pace %(currency)s %(over)s is left over on %(day)s.")
        return ProgressWarning(sentence % names, _("Say so early: others may need it."))
    return None

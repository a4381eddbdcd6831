"""What the guard says before money is spent: pure arithmetic over what is approved, spent and planned by quarter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from budgets.spending.figures.plan import YearFacts, ahead_of_plan
from planning.cycles.calendar import invoices_until
from sop_portal.foundation.kit.dates import Span, add_months
from sop_portal.foundation.kit.formats import day_of_year, money, percent, sentences
from sop_portal.foundation.kit.sentences import interpolate

LONGEST_OUTSIDE_MONTHS = 12


@dataclass(frozen=True)
class LineFacts:
    """An approved line as the guard sees it: what it holds, how it was planned, and whether its project runs.

    A project that was completed takes invoices of its time for some days; one that waits can be started or resumed.
    """

    name: str
    category: str
    approved: Decimal
    spent: Decimal
    quarters: Sequence[Decimal]
    starts_on: date
    ends_on: date
    is_active: bool
    state: str = ""
    completed_on: date | None = None
    is_waiting: bool = False
    purpose: str = ""
    fund: str = ""
    fund_starts_on: date | None = None
    fund_ends_on: date | None = None

    @property
    def left(self) -> Decimal:
        """What may still be spent."""
        return self.approved - self.spent

    @property
    def last_on(self) -> date:
        """The last day of the project's time: as planned, or when it was completed."""
        return min(self.ends_on, self.completed_on or self.ends_on)


@dataclass(frozen=True)
class Verdict:
    """What the guard says before money is spent: a stop, or warnings, always in sentences with the way out.

    `confirm` is the sentence of a restricted fund, to be confirmed by the person who posts.
    """

    stop: str | None = None
    warning: str | None = None
    confirm: str | None = None
    way_out: str = ""
    may_ask: bool = False
    may_transfer: bool = False

    @property
    def warnings(self) -> str:
        """Every warning in one text, as it is stored with the expense."""
        return sentences([self.warning, self.confirm])


@dataclass(frozen=True)
class FilePlace:
    """Where something stands in a file: its name, the sheet and the row."""

    file_name: str
    sheet: str
    row: int


@dataclass(frozen=True)
class Payment:
    """What is paid, or is to be paid: how much, when, what for, on which receipt, and where a file says so.

    `excepted_because` is the reason of an exception that was granted before the file was written.
    """

    amount: Decimal
    spent_on: date
    what: str
    receipt: str = ""
    place: FilePlace | None = None
    excepted_because: str = ""

    @property
    def is_excepted(self) -> bool:
        """Whether a file says that an exception was granted; what is typed has its exception in the portal."""
        return self.place is not None and bool(self.excepted_because)


@dataclass(frozen=True)
class LinesTotal:
    """What some approved lines add up to."""

    count: int
    approved: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be spent."""
        return self.approved - self.spent

    @property
    def share(self) -> str:
        """The share of the approved money that is spent, in percent."""
        return percent(self.spent / self.approved * 100) if self.approved else "–"


def guard(line: LineFacts, amount: Decimal, spent_on: date, year: YearFacts, is_excepted: bool = False) -> Verdict:
    """Whether an amount may be spent on a line on a day: stopped, warned of, or free."""
    stopped = _not_running(line) or _ahead(spent_on, year) or over(line.name, line.left, amount)
    # No exception lifts the period of a fund: it is not the organisation that set it.
    stopped = stopped or _outside_fund(line, spent_on)
    if stopped is None and not is_excepted:
        stopped = _outside(line, spent_on, year) or _late(line, year)
    if stopped is not None:
        return stopped
    confirm = _("Restricted: only for %(purpose)s; confirm it serves this purpose.") % {"purpose": line.purpose}
    return Verdict(
        warning=ahead_of_plan(line.category, line.spent + amount, line.quarters, spent_on, year),
        confirm=confirm if line.purpose else None,
    )


def over(name: str, left: Decimal, amount: Decimal) -> Verdict | None:
    """The stop for more than the line still holds; it names what is left."""
    if amount <= left:
        return None
    if left <= 0:
        stop = _("Line %(line)s has nothing left.") % {"line": name}
        return Verdict(stop, way_out=_("Choose another line, or ask for a transfer."), may_transfer=True)
    names = {"line": name, "left": money(left, 2)}
    stop = _("Line %(line)s has %(left)s left.") % names
    return Verdict(stop, way_out=_("Take %(left)s, or ask for a transfer.") % names, may_transfer=True)


def _not_running(line: LineFacts) -> Verdict | None:
    if line.is_active or line.completed_on is not None:
        return None
    stop = _("Expenses need an active project; the state of this one is “%(state)s”.") % {"state": line.state}
    if line.is_waiting:
        return Verdict(stop, way_out=_("The department head starts or resumes the project on its page."))
    return Verdict(stop, way_out=_("It is over for good. Choose a line of another project, or of a later year."))


def _late(line: LineFacts, year: YearFacts) -> Verdict | None:
    """A project takes no invoice any more once its days are over, but for an exception: also if nobody completes it."""
    ended_on = line.completed_on or year.ends_on
    if year.today <= invoices_until(ended_on):
        return None
    sentence = _("The project was completed on %(day)s and took invoices until %(last)s.")
    if line.completed_on is None:
        sentence = _("The year ended on %(day)s, and its projects took invoices until %(last)s.")
    days = {"day": day_of_year(ended_on), "last": day_of_year(invoices_until(ended_on))}
    return Verdict(sentence % days, way_out=_("Ask for an exception; finance decides on it."), may_ask=True)


def _ahead(spent_on: date, year: YearFacts) -> Verdict | None:
    if spent_on <= year.today:
        return None
    stop = _("%(day)s has not come yet.") % {"day": day_of_year(spent_on)}
    return Verdict(stop, way_out=_("Post the expense once the money is spent."))


def _outside(line: LineFacts, spent_on: date, year: YearFacts) -> Verdict | None:
    if spent_on not in days_of_exception(year):
        stop = _("%(day)s is no day of this year.") % {"day": day_of_year(spent_on)}
        return Verdict(stop, way_out=days_of_exception(year).choose)
    way_out = _("Choose a day inside, or ask for an exception.")
    if not year.starts_on <= spent_on <= year.ends_on:
        sentence = _("%(day)s is outside the execution year, %(first)s to %(last)s.")
        return Verdict(sentence % _days(spent_on, year.starts_on, year.ends_on), way_out=way_out, may_ask=True)
    if not line.starts_on <= spent_on <= line.last_on:
        sentence = _("%(day)s is outside the time of the project, %(first)s to %(last)s.")
        return Verdict(sentence % _days(spent_on, line.starts_on, line.last_on), way_out=way_out, may_ask=True)
    return None


def _outside_fund(line: LineFacts, spent_on: date) -> Verdict | None:
    words: dict[str, object] = {"day": day_of_year(spent_on), "fund": line.fund}
    if line.fund_starts_on and spent_on < line.fund_starts_on:
        sentence = _("%(day)s is before “%(fund)s” may be spent: from %(first)s on.")
        words["first"] = day_of_year(line.fund_starts_on)
    elif line.fund_ends_on and spent_on > line.fund_ends_on:
        sentence = _("%(day)s is after “%(fund)s” may be spent: until %(last)s.")
        words["last"] = day_of_year(line.fund_ends_on)
    else:
        return None
    return Verdict(interpolate(sentence, words), way_out=_("Choose a day inside, or a line of another funding source."))


def days_of_exception(year: YearFacts) -> Span:
    """How far outside of the execution year an exception may reach."""
    return Span(add_months(year.starts_on, -LONGEST_OUTSIDE_MONTHS), add_months(year.ends_on, LONGEST_OUTSIDE_MONTHS))


def _days(on: date, first: date, last: date) -> dict[str, str]:
    return {"day": day_of_year(on), "first": day_of_year(first), "last": day_of_year(last)}

"""The calendar of a cycle: windows, deadlines and lateness, worked out from dates alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.utils.translation import gettext

from planning.cycles.models import Cycle, Stage, StageWindow
from sop_portal.foundation.kit.dates import Span, add_civil_days, add_months, end_of_month
from sop_portal.foundation.organisation.working_days import WorkingDays

REQUEST_DAYS = 14
REPORT_DAYS = 10
EVALUATION_DAYS = 28
# The bills of a project's last weeks come after its end; its evaluation is due with all of them.
INVOICE_DAYS = EVALUATION_DAYS
GRACE_DAYS = 7
DUE_SOON_DAYS = 7
LONGEST_AFTER_MONTHS = 12
LONGEST_EXTENSION_MONTHS = 12
YEARS_AROUND = 10
LONGEST_MEASURE_MONTHS = 24
# Stages whose work comes in after the year has ended.
AFTER_THE_YEAR = (Stage.EXECUTION, Stage.EVALUATION)
# A financial year that begins later than that after the budget began within the quarter in which it was made.
LATEST_AHEAD = 9

WindowState = Literal["scheduled", "open", "grace", "closed", "extended"]
TimelinessKind = Literal["on_time", "due_soon", "overdue", "late"]


@dataclass(frozen=True, slots=True)
class WindowDates:
    """When a stage opens, when its work is due, and until when late work is still taken."""

    opens_on: date
    due_on: date
    grace_until: date


@dataclass(frozen=True, slots=True)
class DueDay:
    """The day that counts, and the day off from which it was moved there."""

    on: date
    moved_from: date | None = None

    @property
    def named(self) -> date:
        """The day as it was named, before anything moved it."""
        return self.moved_from or self.on


@dataclass(frozen=True, slots=True)
class Timeliness:
    """How punctual something is: days left or ahead when on time, days late otherwise."""

    kind: TimelinessKind
    days: int


@dataclass(frozen=True, slots=True)
class Period:
    """What one progress report is about, and when it is due."""

    first_on: date
    last_on: date
    due_on: date


def default_windows(year: int, starts_month: int = 1) -> dict[Stage, WindowDates]:
    """The calendar of planning year `year`: forecasts in its Q1, budget in its Q2, a year of execution after that."""
    q1 = date(year, starts_month, 1)
    q2, execution = add_months(q1, 3), add_months(q1, 6)
    day_before_q2 = add_civil_days(q2, -1)
    return {
        Stage.FORECAST: _with_grace(q1, day_before_q2),
        Stage.REQUEST: _with_grace(q2, request_due(day_before_q2)),
        Stage.BUDGET: _with_grace(q2, add_civil_days(execution, -1)),
        **execution_windows(execution),
    }


def execution_windows(starts_on: date, ends_on: date | None = None) -> dict[Stage, WindowDates]:
    """The windows of execution and evaluation; without a last day the execution takes twelve months."""
    last = ends_on or add_civil_days(add_months(starts_on, 12), -1)
    evaluated_by = evaluation_due(last)
    return {
        # The last month's bills and report arrive after the year has ended.
        Stage.EXECUTION: WindowDates(starts_on, last, evaluated_by),
        # A project may end, and be evaluated, at any time of the year.
        Stage.EVALUATION: _with_grace(starts_on, evaluated_by),
    }


def first_year(on: date, starts_month: int) -> int:
    """The plan year somebody begins with: the first one whose forecasts are not past."""
    return on.year if on < add_months(date(on.year, starts_month, 1), 3) else on.year + 1


def start_of_financial_year(from_on: date, month: int | None) -> date:
    """The first day of the financial year that is planned until this day: the next one to begin.

    One that began while its budget was still made is the one that is planned; without a month any day begins one.
    """
    if month is None:
        return from_on
    ahead = (month - from_on.month) % 12
    return add_months(from_on.replace(day=1), ahead - 12 if ahead > LATEST_AHEAD else ahead)


def _with_grace(opens_on: date, due_on: date) -> WindowDates:
    return WindowDates(opens_on, due_on, add_civil_days(due_on, GRACE_DAYS))


def window_state(window: WindowDates | StageWindow, extension_until: date | None, on: date) -> WindowState:
    """Whether a stage takes a department's work on this day."""
    if on < window.opens_on:
        return "scheduled"
    if on <= window.due_on:
        return "open"
    if extension_until is not None and on <= extension_until:
        return "extended"
    return "grace" if on <= window.grace_until else "closed"


def counted_due(named: date, days: WorkingDays | None) -> DueDay:
    """The day a deadline counts on: the next working day where the year moves it (`days`), else the day itself."""
    on = named if days is None else days.next_worked(named)
    return DueDay(on, named if on != named else None)


def counted_window(dates: WindowDates, days: WorkingDays | None) -> tuple[WindowDates, date | None]:
    """The window whose due day counts on a working day, with as many days of grace, and the day it was moved from."""
    due = counted_due(dates.due_on, days)
    grace_until = dates.grace_until + (due.on - dates.due_on)
    return WindowDates(dates.opens_on, due.on, grace_until), due.moved_from


def named_dates(window: WindowDates | StageWindow) -> WindowDates:
    """The dates of a window as they were named, before a day off moved them."""
    moved_from = getattr(window, "moved_from", None)
    if moved_from is None:
        return WindowDates(window.opens_on, window.due_on, window.grace_until)
    return WindowDates(window.opens_on, moved_from, window.grace_until - (window.due_on - moved_from))


def timeliness(due_on: date, original_due_on: date, done_on: date | None, on: date) -> Timeliness:
    """How punctual: what is done is measured by the date first set, what is owed by the date in force."""
    if done_on is not None:
        ahead = (original_due_on - done_on).days
        return Timeliness("on_time", ahead) if ahead >= 0 else Timeliness("late", -ahead)
    left = (due_on - on).days
    if left < 0:
        return Timeliness("overdue", -left)
    return Timeliness("due_soon" if left <= DUE_SOON_DAYS else "on_time", left)


def report_periods(starts_on: date, ends_on: date) -> list[Period]:
    """The months a project reports on, the first and last cut to its dates, each due ten days after its end."""
    if ends_on < starts_on:
        raise ValueError("A project does not end before it starts.")
    periods = []
    first_on = starts_on
    while first_on <= ends_on:
        last_on = min(end_of_month(first_on), ends_on)
        periods.append(Period(first_on, last_on, add_civil_days(last_on, REPORT_DAYS)))
        first_on = last_on + timedelta(days=1)
    return periods


def days_of_windows(year: int) -> Span:
    """Where the windows of a plan year may lie: from 18 months before it to two years after it."""
    return Span(date(year - 2, 7, 1), date(year + 2, 12, 31))


def days_of_stage(cycle: Cycle, stage: str) -> Span:
    """Where the window of a stage may lie in a year that is there: work of a stage ends with what it is for."""
    span = days_of_windows(cycle.year)
    return span if stage == Stage.EXECUTION else Span(span.first, min(span.last, last_day_of(cycle, stage)))


def years_of_plan(today: date) -> range:
    """Which years may be set up: a year far from now was mistyped."""
    return range(today.year - YEARS_AROUND, today.year + YEARS_AROUND + 1)


def why_no_plan_year(year: int, today: date) -> str:
    """Which year to choose instead of one far from now; nothing where it may be set up."""
    known = years_of_plan(today)
    if year in known:
        return ""
    words = {"first": str(known[0]), "last": str(known[-1])}
    return gettext("Choose a year from %(first)s to %(last)s.") % words


def days_of_extension(cycle: Cycle, stage: str, due_on: date, today: date) -> Span:
    """Until when a department may get more time: after the day it has now, not in the past, a year more at most.

    However often it gets more, that ends with what the stage is for.
    """
    last = min(add_months(due_on, LONGEST_EXTENSION_MONTHS), last_day_of(cycle, stage))
    return Span(max(add_civil_days(due_on, 1), today), last)


def last_day_of(cycle: Cycle, stage: str) -> date:
    """The last day for work of a stage: a plan is made until its year ends, bills and evaluations a year after it."""
    return add_months(cycle.ends_on, LONGEST_AFTER_MONTHS) if stage in AFTER_THE_YEAR else cycle.ends_on


def days_of_need(cycle: Cycle) -> Span:
    """When something may be needed: while the year is planned and carried out."""
    return Span(min(date(cycle.year, 1, 1), cycle.starts_on), cycle.ends_on)


def days_of_work(cycle: Cycle, today: date) -> Span:
    """When an audit may be planned for: not in the past, and a year after the end of the year, or from now, at most."""
    return Span(today, add_months(max(cycle.ends_on, today), LONGEST_AFTER_MONTHS))


def days_of_approval(cycle: Cycle, today: date) -> Span:
    """On which days a plan of the year can have been approved elsewhere: at most two years before it begins.

    Of a year that lies further ahead it can have been in the last twelve months.
    """
    two_years_before = cycle.starts_on.replace(day=1, year=cycle.starts_on.year - 2)
    return Span(min(two_years_before, add_months(today, -LONGEST_AFTER_MONTHS)), today)


def days_to_meet(cycle: Cycle, today: date) -> Span:
    """When a meeting may be held; one that took place may still be written down for a month."""
    return Span(add_months(today, -1), days_of_work(cycle, today).last)


def days_to_answer(today: date) -> Span:
    """Until when an answer may be due."""
    return Span(today, add_months(today, LONGEST_AFTER_MONTHS))


def days_to_carry_out(today: date) -> Span:
    """Until when a measure may be due: not on the day it is adopted, when nobody has done anything yet."""
    return Span(add_civil_days(today, 1), add_months(today, LONGEST_MEASURE_MONTHS))


def request_due(published_on: date) -> date:
    """Resource requests are due fourteen civil days after the demand report is published."""
    return add_civil_days(published_on, REQUEST_DAYS)


def invoices_until(ended_on: date) -> date:
    """Until when a project that ended takes invoices of its time; later only by an exception."""
    return add_civil_days(ended_on, INVOICE_DAYS)


def evaluation_due(ended_on: date) -> date:
    """An evaluation is due four weeks after its project ended."""
    return add_civil_days(ended_on, EVALUATION_DAYS)

"""Setting a planning year up, and closing it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from planning.cycles.actions.windows import in_force, refuse_other_years
from planning.cycles.calendar import (
    WindowDates,
    default_windows,
    execution_windows,
    start_of_financial_year,
    why_no_plan_year,
)
from planning.cycles.models import Cycle, Stage, StageWindow
from planning.cycles.workflow import CYCLE
from sop_portal.foundation.kit.bounds import MONTH_OF_YEAR, PERCENT, refuse_beyond
from sop_portal.foundation.kit.fitting import save_new
from sop_portal.foundation.kit.money import money_in, refuse_no_currency
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import authority
from sop_portal.foundation.workflow.engine import created, edit, step

# What rests on which years are over, in the same transaction: of a year under way a part is known only. stages.py,
# which knows every stage, fills it at start-up.
AFTER_CLOSING: list[Callable[..., Any]] = []


@dataclass(frozen=True, slots=True)
class YearPlan:
    """How a year is set up where it differs from the usual: its execution, first month, currency and limits.

    Execution begins on its first day where one is said, else with the financial year, else after the second quarter.
    """

    starts_on: date | None = None
    ends_on: date | None = None
    starts_month: int = 1
    financial_month: int | None = None
    currency: str = "USD"
    second_approval_above: Decimal | None = None
    small_transfer_limit: Decimal = Decimal(0)
    deviation_to_explain: int = 20
    moves_to_working_day: bool = False
    receipt_needed_above: Decimal | None = None


USUAL = YearPlan()


@transaction.atomic
def create_cycle(*, year: int, plan: YearPlan = USUAL, by: User, at: datetime) -> Cycle:
    """Set up a planning year as a draft, with the windows of the usual calendar."""
    role = authority(Can.RUN_CYCLE, None, by, at)
    _refuse_odd(year, plan, localdate(at))
    if Cycle.objects.filter(year=year).exists():
        raise NotReady(_("The year %(year)s is already set up.") % {"year": year}, [], _("Choose another year."))
    windows = windows_of_plan(year, plan)
    run = windows[Stage.EXECUTION]
    cycle = save_new(
        Cycle(
            year=year,
            starts_on=run.opens_on,
            ends_on=run.due_on,
            currency=plan.currency,
            time_zone=Organisation.current().time_zone,
            second_approval_above=plan.second_approval_above,
            small_transfer_limit=plan.small_transfer_limit,
            deviation_to_explain=plan.deviation_to_explain,
            moves_to_working_day=plan.moves_to_working_day,
            receipt_needed_above=plan.receipt_needed_above,
        )
    )
    StageWindow.objects.bulk_create(planned_windows(cycle, windows))
    created(CYCLE, cycle, by=by, at=at, grant=role)
    return cycle


def planned_windows(cycle: Cycle, windows: Mapping[Stage, WindowDates]) -> list[StageWindow]:
    """The windows of a new year, each due on the day that counts; nothing is written."""
    planned = []
    for stage, named in windows.items():
        dates, moved_from = in_force(cycle, stage, named)
        planned.append(
            StageWindow(
                cycle=cycle,
                stage=stage,
                opens_on=dates.opens_on,
                due_on=dates.due_on,
                grace_until=dates.grace_until,
                first_due_on=dates.due_on,
                moved_from=moved_from,
            )
        )
    return planned


def _refuse_odd(year: int, plan: YearPlan, today: date) -> None:
    """Refuse a year far from now, a month that there is not, and limits that are no amounts."""
    if way_out := why_no_plan_year(year, today):
        sentence = _("“%(field)s” cannot be %(year)s.") % {"field": _("Plan year"), "year": year}
        raise NotReady(sentence, [], way_out)
    refuse_no_currency(plan.currency)
    refuse_beyond(_("The first quarter begins in"), plan.starts_month, MONTH_OF_YEAR)
    refuse_beyond(_("The financial year begins in"), plan.financial_month, MONTH_OF_YEAR)
    refuse_beyond(_("A second manager approves above"), plan.second_approval_above, money_in(plan.currency))
    refuse_beyond(_("An expense needs a receipt above"), plan.receipt_needed_above, money_in(plan.currency))
    label = _("Explain results that miss the plan by more than, in percent")
    refuse_beyond(label, plan.deviation_to_explain, PERCENT)
    refuse_beyond(_("Finance may put transfers in force up to"), plan.small_transfer_limit, money_in(plan.currency))


def windows_of_plan(year: int, plan: YearPlan) -> dict[Stage, WindowDates]:
    """The windows of a year as its plan names them."""
    windows = default_windows(year, plan.starts_month)
    if plan.starts_on or plan.ends_on or plan.financial_month:
        usual = windows[Stage.EXECUTION].opens_on
        starts_on = plan.starts_on or start_of_financial_year(usual, plan.financial_month)
        windows |= execution_windows(starts_on, plan.ends_on)
    run = windows[Stage.EXECUTION]
    if run.due_on <= run.opens_on:
        raise NotReady(_("The execution ends before it starts."), [], _("Let it end on a later day."))
    for dates in windows.values():
        refuse_other_years(year, dates)
    return windows


def mark_plan_outside(
    cycle: Cycle, *, is_outside: bool, by: User, at: datetime, can: Can = Can.COMPILE_BUDGET
) -> Cycle:
    """Say that the plan of a year was approved elsewhere, so that nobody forecasts or asks in it; or that it was not.

    Whoever sets the year up may bring the plan in too, which `can` says.
    """
    with edit(CYCLE, cycle, by=by, at=at, can=can) as editing:
        editing.set(editing.record, is_plan_outside=is_outside)
    return cycle


@CYCLE.act("close")
@transaction.atomic
def close_year(cycle: Cycle, *, by: User, at: datetime, seen: int, comment: str = "") -> Cycle:
    """Close the year; while anything is open this is refused, with the whole list."""
    with step(CYCLE, cycle, "close", by=by, at=at, seen=seen, comment=comment):
        pass
    for follow in AFTER_CLOSING:
        follow(cycle, by=by, at=at)
    return cycle

"""What people do with a planning year: set it up, move its windows, give a department more time, close it."""

from planning.cycles.actions.approvals import approve_by_two
from planning.cycles.actions.days_off import DUE_ROWS, follow_days_off, move_to_working_days
from planning.cycles.actions.limits import explain_beyond, transfer_up_to
from planning.cycles.actions.more_time import (
    ASKED_BY,
    BEFORE_EXTENDING,
    MoreTime,
    extend,
    nothing_owed,
    refuse_needless,
    refuse_not_under_way,
    refuse_outsider,
    refuse_until,
)
from planning.cycles.actions.receipts import need_receipts
from planning.cycles.actions.windows import (
    AFTER_MOVING,
    BEFORE_OPENING,
    WindowMove,
    in_force,
    move_window,
    not_ready,
    set_window,
    tell_publisher,
    warnings_of,
    warnings_of_year,
)
from planning.cycles.actions.years import (
    AFTER_CLOSING,
    YearPlan,
    close_year,
    create_cycle,
    mark_plan_outside,
    planned_windows,
    windows_of_plan,
)

__all__ = [
    "AFTER_CLOSING",
    "AFTER_MOVING",
    "ASKED_BY",
    "BEFORE_EXTENDING",
    "BEFORE_OPENING",
    "DUE_ROWS",
    "MoreTime",
    "WindowMove",
    "YearPlan",
    "approve_by_two",
    "close_year",
    "create_cycle",
    "explain_beyond",
    "extend",
    "follow_days_off",
    "in_force",
    "mark_plan_outside",
    "move_to_working_days",
    "move_window",
    "need_receipts",
    "not_ready",
    "nothing_owed",
    "planned_windows",
    "refuse_needless",
    "refuse_not_under_way",
    "refuse_outsider",
    "refuse_until",
    "set_window",
    "tell_publisher",
    "transfer_up_to",
    "warnings_of",
    "warnings_of_year",
    "windows_of_plan",
]

"""What people do with a planning year: set it up, move its windows, give a department more time, close it."""

from planning.cycles.actions.more_time import (
    ASKED_BY,
    BEFORE_EXTENDING,
    MoreTime,
    extend,
    nothing_owed,
    refuse_needless,
    refuse_not_under_way,
    refuse_until,
)
from planning.cycles.actions.windows import AFTER_MOVING, WindowMove, move_window, set_window
from planning.cycles.actions.years import AFTER_CLOSING, YearPlan, close_year, create_cycle

__all__ = [
    "AFTER_CLOSING",
    "AFTER_MOVING",
    "ASKED_BY",
    "BEFORE_EXTENDING",
    "MoreTime",
    "WindowMove",
    "YearPlan",
    "close_year",
    "create_cycle",
    "extend",
    "move_window",
    "nothing_owed",
    "refuse_needless",
    "refuse_not_under_way",
    "refuse_until",
    "set_window",
]

"""What people do with approved money, what a stopped project gives back of it, and what lines are warned of."""

from budgets.spending.actions.exceptions import ask_exception, grant, refuse
from budgets.spending.actions.expenses import (
    correct,
    may_post,
    post,
    refuse_last_receipt,
    refuse_without_receipt,
)
from budgets.spending.actions.projects import cancel, hold, resume
from budgets.spending.actions.stopped import record_all_stopped, record_stopped
from budgets.spending.actions.warning_notices import warn_of_lines
from budgets.spending.actions.warnings import store_warnings
from budgets.spending.figures import Payment

__all__ = [
    "Payment",
    "ask_exception",
    "cancel",
    "correct",
    "grant",
    "hold",
    "may_post",
    "post",
    "record_all_stopped",
    "record_stopped",
    "refuse",
    "refuse_last_receipt",
    "refuse_without_receipt",
    "resume",
    "store_warnings",
    "warn_of_lines",
]

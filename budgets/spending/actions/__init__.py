"""What people do with approved money, and what a project on hold or cancelled gives back of it."""

from budgets.spending.actions.expenses import (
    ask_exception,
    correct,
    grant,
    may_post,
    post,
    refuse,
)
from budgets.spending.actions.projects import cancel, hold, resume
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
    "refuse",
    "resume",
]

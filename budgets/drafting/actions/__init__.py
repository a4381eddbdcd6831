"""What people do with the budget, one function per verb; the only place of this stage that writes."""

from budgets.drafting.actions.amending import amend, drop
from budgets.drafting.actions.answering import confirm, contest, overrule, settle
from budgets.drafting.actions.compiling import compile_budget, keep_fund, take_in_new
from budgets.drafting.actions.lines import leave_out, set_line
from budgets.drafting.actions.passing import approve, endorse, propose, put_in_force, send_back, share

__all__ = [
    "amend",
    "approve",
    "compile_budget",
    "confirm",
    "contest",
    "drop",
    "endorse",
    "keep_fund",
    "leave_out",
    "overrule",
    "propose",
    "put_in_force",
    "send_back",
    "set_line",
    "settle",
    "share",
    "take_in_new",
]

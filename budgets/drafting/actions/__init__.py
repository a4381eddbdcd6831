"""What people do with the budget, one function per verb; the only place of this stage that writes."""

from budgets.drafting.actions.amendment import amend, ask_for_change, drop
from budgets.drafting.actions.brought import (
    OutsideApproval,
    bring_again,
    bring_plan,
    confirm_plan,
    return_plan,
    take_plan_back,
)
from budgets.drafting.actions.brought_lines import PlanRow
from budgets.drafting.actions.budget import approve, endorse, propose, put_in_force, send_back, share
from budgets.drafting.actions.compilation import compile_budget, take_in_new
from budgets.drafting.actions.confirmation import confirm, contest, overrule, pass_over
from budgets.drafting.actions.funds import FundTerms, add_fund, change_fund, take_out_fund
from budgets.drafting.actions.lines import LineAmounts, leave_out, set_line, settle, spread_like

__all__ = [
    "FundTerms",
    "LineAmounts",
    "OutsideApproval",
    "PlanRow",
    "add_fund",
    "amend",
    "approve",
    "ask_for_change",
    "bring_again",
    "bring_plan",
    "change_fund",
    "compile_budget",
    "confirm",
    "confirm_plan",
    "contest",
    "drop",
    "endorse",
    "leave_out",
    "overrule",
    "pass_over",
    "propose",
    "put_in_force",
    "return_plan",
    "send_back",
    "set_line",
    "settle",
    "share",
    "spread_like",
    "take_in_new",
    "take_out_fund",
    "take_plan_back",
]

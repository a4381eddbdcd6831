"""What people do in stage 1: open the year, fill in, submit, decide, and make the one demand report of it."""

from planning.forecasts.actions.ahead import PlannedTerms, change_plan, give_up_plan, plan_ahead
from planning.forecasts.actions.decisions import accept, send_back, submit, waive, withdraw
from planning.forecasts.actions.lines import NewProject, add_project, leave_out, set_figures, take_in
from planning.forecasts.actions.proposals import carry_over_to_heir, follow_changed_history
from planning.forecasts.actions.report import publish_report, start_report
from planning.forecasts.actions.year import owe_newcomer, publish_year
from planning.forecasts.figures import Typed

__all__ = [
    "NewProject",
    "PlannedTerms",
    "Typed",
    "accept",
    "add_project",
    "carry_over_to_heir",
    "change_plan",
    "follow_changed_history",
    "give_up_plan",
    "leave_out",
    "owe_newcomer",
    "plan_ahead",
    "publish_report",
    "publish_year",
    "send_back",
    "set_figures",
    "start_report",
    "submit",
    "take_in",
    "waive",
    "withdraw",
]

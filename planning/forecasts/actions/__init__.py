"""What people do in stage 1: open the year, fill in, submit, decide, and make the one demand report of it."""

from planning.forecasts.actions.decisions import accept, send_back, submit, waive, withdraw
from planning.forecasts.actions.lines import NewProject, add_project, leave_out, set_figures, take_in
from planning.forecasts.actions.proposals import carry_over_to_heir, follow_changed_history
from planning.forecasts.actions.report import publish_report, start_report
from planning.forecasts.actions.year import owe_newcomer, publish_year
from planning.forecasts.figures import Typed

__all__ = [
    "NewProject",
    "Typed",
    "accept",
    "add_project",
    "carry_over_to_heir",
    "follow_changed_history",
    "leave_out",
    "owe_newcomer",
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

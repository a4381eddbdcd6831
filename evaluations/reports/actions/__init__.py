"""What people do while projects run: start them, report on them, correct what was counted, raise and solve issues."""

from evaluations.reports.actions.corrections import confirm, correct_count, decline, withdraw
from evaluations.reports.actions.reports import (
    AFTER_RAISING,
    ReportContent,
    accept,
    activate,
    no_longer_owed,
    raise_issue,
    raise_to_meeting,
    reopen,
    resolve,
    send_back,
    start_projects_of_plan,
    submit,
    verify,
    write,
)

__all__ = [
    "AFTER_RAISING",
    "ReportContent",
    "accept",
    "activate",
    "confirm",
    "correct_count",
    "decline",
    "no_longer_owed",
    "raise_issue",
    "raise_to_meeting",
    "reopen",
    "resolve",
    "send_back",
    "start_projects_of_plan",
    "submit",
    "verify",
    "withdraw",
    "write",
]

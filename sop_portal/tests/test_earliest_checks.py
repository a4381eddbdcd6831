"""What a late step refuses, the first step that could know refuses: for every check of every step it is said where."""

from typing import Any

from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.stages import ALL_WORKFLOWS

# For each step with a check: the earlier act that asks the same, or why nobody could know before.
ASKED_BEFORE = {
    "cycle.publish": "it is the first step",
    "cycle.close": "what is open is closed by its own steps; the year lists it from its first day on",
    "forecast.submit": "it is the first step; the page of each line lists the same while one types",
    "demand-report.publish": "start of the report says how many are accepted; forecasts are sent back meanwhile",
    "project.activate": "it is the first step",
    "request.submit": "it is the first step",
    "request.allocate": "the decisions are taken on the board, which refuses each one by itself",
    "extension-request.grant": "ask, by the day the department has then; it may get another one meanwhile",
    "budget.share": "set_line, take_in and leave_out ask the limits; what is allocated since is taken in then",
    "budget.propose": "share, set_line, contest and settle ask the limits; the departments answer in between",
    "budget.approve": "propose; money is spent on the lines meanwhile",
    "budget.endorse": "propose; whether two are needed stands on the page from the first line on",
    "budget.put-in-force": "propose, which it replaces for small changes",
    "budget.bring": "bring_plan, which reads the file; nobody takes it by itself",
    "budget.confirm-plan": "bring_plan, row by row; funds and what projects last are changed meanwhile",
    "budget.supersede": "nobody takes it",
    "confirmation.confirm": "share asks for it; the budget moves on meanwhile",
    "confirmation.contest": "share asks for it; each wanted figure is held against the limits in contest",
    "confirmation.settle": "contest, which refuses what no line can hold",
    "confirmation.overrule": "share asks for it; the budget moves on meanwhile",
    "confirmation.pass-over": "share names the day; until then the department may answer",
    "confirmation.ask": "nobody takes it by itself",
    "audit.ask": "it is the first check; findings are recorded before",
    "audit.close": "the findings have their own steps",
    "finding.answer": "find, which records it; the audit asks for all answers at once",
    "finding.verify": "remedy asks for the same paper, which may be taken back meanwhile",
    "finding.remedy": "answer says what will be done; the paper shows what was done since, and the page asks for it",
    "exception.grant": "ask_exception, by the same guard; the line is spent on meanwhile",
    "meeting.call": "series plans days to come; a planned day passes by itself",
    "meeting.hold": "save keeps the minutes of each point; the page lists what is unwritten",
    "meeting.send": "who was there is known on the day itself; call sets how many have to be",
    "training.hold": "it is the first step; the page says on which day the session is",
    "measure.finish": "adopt sets the priority; the paper shows what was done since, and the page asks for it",
    "measure.verify": "finish asks for the same paper, which may be taken back meanwhile",
    "count-correction.confirm": "correct_count, by the same bound; other reports are accepted meanwhile",
    "report.submit": "it is the first step",
    "evaluation.submit": "it is the first step; the page lists the same while one types",
    "evaluation.review": "submit asks that every report is handed in; management accepts them in between",
}


def checked() -> list[tuple[Workflow[Any], Step[Any]]]:
    """Every step with a check of its own."""
    return [(table, step) for table in ALL_WORKFLOWS for step in table.steps if step.missing]


def test_every_check_says_who_asks_first() -> None:
    """A new check: could an earlier step know? Let that one ask, and write here which one; or why nobody could."""
    assert {f"{table.kind}.{step.name}" for table, step in checked()} == set(ASKED_BEFORE)

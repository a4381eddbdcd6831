"""What a closed year keeps and what of it lives on: the one list that acts, database and tests read.

A closed year does not change. `BELONGS_TO` names every table whose rows belong to a year, with the column that leads
towards it; `LIVES_ON` the kinds of records that still move afterwards, and by which acts. A comment may be written on
any record, and erasing a person touches no row of a year: the name stands on the person alone. Past figures are no
rows of a year either, though they are about years that are closed: `ABOUT_CLOSED_YEARS` says what is done with them.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from sop_portal.foundation.kit.sentences import StrOrPromise
from sop_portal.foundation.kit.triggers import RefuseWhen, frozen_while

YEARS = "planning_cycle"
DRAFT, CLOSED = "draft", "closed"
MESSAGE = "closed_year: this never changes"
# Table by table: the column that leads towards the year, and the table it leads to.
BELONGS_TO = {
    "planning_stagewindow": ("cycle_id", YEARS),
    "planning_extension": ("cycle_id", YEARS),
    "planning_extensionrequest": ("cycle_id", YEARS),
    "planning_project": ("cycle_id", YEARS),
    "planning_forecast": ("cycle_id", YEARS),
    "planning_forecastline": ("forecast_id", "planning_forecast"),
    "planning_forecastfigure": ("line_id", "planning_forecastline"),
    "planning_demandreport": ("cycle_id", YEARS),
    "planning_reportline": ("report_id", "planning_demandreport"),
    "planning_reportsum": ("report_id", "planning_demandreport"),
    "planning_reportneed": ("report_id", "planning_demandreport"),
    "planning_reportgap": ("report_id", "planning_demandreport"),
    "planning_pool": ("cycle_id", YEARS),
    "planning_resourcerequest": ("cycle_id", YEARS),
    "planning_requestline": ("request_id", "planning_resourcerequest"),
    "budgets_budget": ("cycle_id", YEARS),
    "budgets_broughtrow": ("cycle_id", YEARS),
    "budgets_budgetline": ("budget_id", "budgets_budget"),
    "budgets_budgetsum": ("budget_id", "budgets_budget"),
    "budgets_confirmation": ("budget_id", "budgets_budget"),
    "budgets_contest": ("confirmation_id", "budgets_confirmation"),
    "budgets_appropriation": ("cycle_id", YEARS),
    "budgets_spendingexception": ("cycle_id", YEARS),
    "budgets_expense": ("cycle_id", YEARS),
    "budgets_releasedgrant": ("project_id", "planning_project"),
    "budgets_linewarning": ("cycle_id", YEARS),
    "budgets_measuredyear": ("cycle_id", YEARS),
    "budgets_audit": ("cycle_id", YEARS),
    "budgets_finding": ("audit_id", "budgets_audit"),
    "evaluations_progressreport": ("cycle_id", YEARS),
    "evaluations_countcorrection": ("cycle_id", YEARS),
    "evaluations_issue": ("cycle_id", YEARS),
    "evaluations_evaluation": ("cycle_id", YEARS),
    "evaluations_goal": ("evaluation_id", "evaluations_evaluation"),
    "evaluations_lesson": ("evaluation_id", "evaluations_evaluation"),
    "evaluations_meetingseries": ("cycle_id", YEARS),
    "evaluations_meeting": ("cycle_id", YEARS),
    "evaluations_agendapoint": ("meeting_id", "evaluations_meeting"),
    "evaluations_attendance": ("meeting_id", "evaluations_meeting"),
    "evaluations_trainingsession": ("cycle_id", YEARS),
    "evaluations_trainee": ("session_id", "evaluations_trainingsession"),
    "evaluations_changeproposal": ("cycle_id", YEARS),
    "evaluations_measure": ("cycle_id", YEARS),
    "evaluations_feedback": ("cycle_id", YEARS),
    "evaluations_stageanswers": ("cycle_id", YEARS),
    "evaluations_answermark": ("answers_id", "evaluations_stageanswers"),
    "reminders_reminderschedule": ("cycle_id", YEARS),
}
# What may still be shown of what still moves.
PAPERS = ("attach-paper", "replace-paper", "take-back-paper")


@dataclass(frozen=True)
class LivingOn:
    """A kind of record that still moves when its year is closed: by which acts, and what of it stays all the same.

    `called` is what still moves, as the refusal of everything else names it.
    """

    table: str
    acts: frozenset[str]
    called: StrOrPromise
    stays: tuple[str, ...] = field(default=())


LIVES_ON = {
    "measure": LivingOn(
        "evaluations_measure",
        frozenset({"adopt", "decline", "finish", "verify", "reopen", "hand-over", *PAPERS}),
        _("measures"),
        ("cycle_id", "department_id", "project_slug", "number", "origin", "what"),
    ),
    "proposal": LivingOn(
        "evaluations_changeproposal",
        frozenset({"adopt", "decline", "give-up", "carry-out", *PAPERS}),
        _("change proposals"),
        ("cycle_id", "number", "area", "title", "what", "because", "origin_url", "proposed_by_id", "proposed_at"),
    ),
    "feedback": LivingOn(
        "evaluations_feedback",
        frozenset({"answer", *PAPERS}),
        _("answers to feedback"),
        ("cycle_id", "department_id", "title", "text", "given_by_id", "given_at"),
    ),
}
# What the organisation knows of its past is put right when it finds that it was wrong, with the reason.
ABOUT_CLOSED_YEARS = {"actual": frozenset({"correct-figures", "take-back"})}
ON_EVERY_RECORD = "comment"


def lives_on(kind: str, verb: str) -> bool:
    """Whether an act on a record of this kind is still possible in a closed year; a refused attempt is noted too."""
    known = LIVES_ON.get(kind)
    acts = known.acts if known else ABOUT_CLOSED_YEARS.get(kind, frozenset())
    return verb == ON_EVERY_RECORD or verb.startswith("refused-") or verb in acts


def is_closed(table: str, row: str) -> str:
    """The condition that a row (`OLD` or `NEW`) belongs to a closed year: a look-up by key for every table between."""
    column, parent = BELONGS_TO[table]
    found, at, depth = f"SELECT 1 FROM {parent} y0", f"y0.id = {row}.{column}", 0
    while parent != YEARS:
        above, parent = BELONGS_TO[parent]
        found += f" JOIN {parent} y{depth + 1} ON y{depth + 1}.id = y{depth}.{above}"
        depth += 1
    return f"EXISTS ({found} WHERE {at} AND y{depth}.state = '{CLOSED}')"


def stays_when_closed(*tables: str) -> list[RefuseWhen]:
    """For a migration: rows of these tables are neither added, changed nor deleted once their year is closed.

    What lives on keeps what it says and is not deleted; the rest of it may still move.
    """
    return [operation for table in tables for operation in _stays(table)]


def _stays(table: str) -> list[RefuseWhen]:
    column, _parent = BELONGS_TO[table]
    old, new = is_closed(table, "OLD"), is_closed(table, "NEW")
    moved = f"NEW.{column} <> OLD.{column} AND {new}"
    living = next((known for known in LIVES_ON.values() if known.table == table), None)
    changed = [
        frozen_while(name_of(table, "update"), table, old, living.stays)
        if living
        else RefuseWhen(name_of(table, "update"), table, "UPDATE", f"{old} OR ({moved})", MESSAGE)
    ]
    return [
        RefuseWhen(name_of(table, "insert"), table, "INSERT", new, MESSAGE),
        *changed,
        RefuseWhen(name_of(table, "delete"), table, "DELETE", old, MESSAGE),
    ]


def name_of(table: str, event: str) -> str:
    """What the trigger of a table is called."""
    return f"closed_year_{table}_{event}"

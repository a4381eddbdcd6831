"""Who may do what. This page is the policy: buttons, inboxes, the handbook and the tests are drawn from it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Can(TextChoices):
    """Everything a role may be allowed to do, in the words of the handbook."""

    SEE_RECORDS = "see_records", _("see plans, spending and results")
    EDIT_DRAFTS = "edit_drafts", _("edit forecast and request drafts")
    SUBMIT_FORECAST = "submit_forecast", _("submit and withdraw the forecast")
    REVIEW_FORECAST = "review_forecast", _("accept or send back a forecast")
    PUBLISH_REPORT = "publish_report", _("publish the demand report")
    SUBMIT_REQUEST = "submit_request", _("submit and withdraw the resource request")
    ALLOCATE = "allocate", _("review and allocate resources")
    KEEP_POOLS = "keep_pools", _("keep the pools of resources")
    COMPILE_BUDGET = "compile_budget", _("compile, share and propose the budget")
    AMEND_BUDGET = "amend_budget", _("amend the approved budget")
    CONFIRM_LINES = "confirm_lines", _("confirm or contest budget lines")
    APPROVE_BUDGET = "approve_budget", _("approve or send back the budget, overrule a contested line")
    POST_EXPENSE = "post_expense", _("post expenses")
    DECIDE_EXCEPTION = "decide_exception", _("decide on spending exceptions")
    AUDIT = "audit", _("plan audits, record and verify findings")
    ANSWER_FINDING = "answer_finding", _("answer audit findings")
    RUN_PROJECT = "run_project", _("start, hold, complete and cancel a project")
    RAISE_ISSUE = "raise_issue", _("raise and resolve issues")
    VERIFY_ISSUE = "verify_issue", _("verify that an issue is resolved")
    WRITE_REPORT = "write_report", _("write progress reports")
    ACCEPT_REPORT = "accept_report", _("accept or send back progress reports")
    WRITE_EVALUATION = "write_evaluation", _("write the evaluation")
    SUBMIT_EVALUATION = "submit_evaluation", _("submit the evaluation")
    REVIEW_EVALUATION = "review_evaluation", _("review evaluations")
    PROPOSE_MEASURE = "propose_measure", _("propose improvement measures")
    DECIDE_MEASURE = "decide_measure", _("decide on improvement measures")
    CARRY_OUT_MEASURE = "carry_out_measure", _("carry out improvement measures")
    VERIFY_MEASURE = "verify_measure", _("verify improvement measures")
    GIVE_FEEDBACK = "give_feedback", _("give feedback")
    ANSWER_FEEDBACK = "answer_feedback", _("answer feedback")
    HOLD_MEETING = "hold_meeting", _("call and minute review meetings")
    PROPOSE_CHANGE = "propose_change", _("propose changes of the process")
    DECIDE_CHANGE = "decide_change", _("decide on changes of the process")
    CARRY_OUT_CHANGE = "carry_out_change", _("carry out changes of the process")
    RAISE_POINT = "raise_point", _("put points on the agenda of a review meeting")
    KEEP_TRAINING = "keep_training", _("plan and hold training")
    ASK_EXTENSION = "ask_extension", _("ask for more time")
    EXTEND_WINDOW = "extend_window", _("extend a window for one department")
    WAIVE = "waive", _("waive a forecast or a request")
    RUN_CYCLE = "run_cycle", _("set up, publish and close the cycle")
    IMPORT_HISTORY = "import_history", _("import history")
    CORRECT_HISTORY = "correct_history", _("correct figures of past years")
    KEEP_PEOPLE = "keep_people", _("keep people, departments and roles")
    CONFIRM_RECOVERY = "confirm_recovery", _("confirm that a lost second factor is removed")
    KEEP_HANDBOOK = "keep_handbook", _("keep the handbook")
    ACKNOWLEDGE = "acknowledge", _("confirm having read the handbook")
    COMMENT = "comment", _("comment on records")
    READ_TRAIL = "read_trail", _("read the trail")
    KEEP_MAIL = "keep_mail", _("watch the outgoing mail")


class Scope(TextChoices):
    """How far a role reaches."""

    PROJECTS = "projects", _("own projects")
    DEPARTMENT = "department", _("own department")
    DIVISION = "division", _("the departments of a division")
    ALL = "all", _("the whole organisation")


class Role(TextChoices):
    """The roles of the process."""

    HEAD = "head", _("Department head")
    LEAD = "lead", _("Project lead")
    RESOURCE = "resource", _("Resource team")
    FINANCE = "finance", _("Finance")
    MANAGEMENT = "management", _("Management")
    PROGRAMME = "programme", _("Programme manager")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


@dataclass(frozen=True)
class Policy:
    """How a role is called inside a sentence, what it is for, how far it reaches, and what it may do."""

    called: Any
    says: Any
    scope: Scope
    may: frozenset[Can]


EVERYBODY = frozenset({Can.SEE_RECORDS, Can.ACKNOWLEDGE, Can.READ_TRAIL})
TAKES_PART = EVERYBODY | {Can.COMMENT, Can.GIVE_FEEDBACK, Can.CARRY_OUT_MEASURE, Can.PROPOSE_CHANGE}

# What a role of the whole organisation or of a division may do only where the record names the person, like a measure
# one owns.
ONLY_WHEN_NAMED = frozenset({Can.CARRY_OUT_MEASURE})

ROLES: dict[Role, Policy] = {
    Role.HEAD: Policy(
        _("the department head"),
        _("Forecasts, requests, confirms and evaluates for the own department."),
        Scope.DEPARTMENT,
        TAKES_PART
        | {
            Can.EDIT_DRAFTS,
            Can.SUBMIT_FORECAST,
            Can.SUBMIT_REQUEST,
            Can.AMEND_BUDGET,
            Can.CONFIRM_LINES,
            Can.ANSWER_FINDING,
            Can.RUN_PROJECT,
            Can.RAISE_ISSUE,
            Can.RAISE_POINT,
            Can.WRITE_REPORT,
            Can.WRITE_EVALUATION,
            Can.SUBMIT_EVALUATION,
            Can.PROPOSE_MEASURE,
            Can.ASK_EXTENSION,
            Can.CORRECT_HISTORY,
        },
    ),
    Role.LEAD: Policy(
        _("the project lead"),
        _("Plans and runs the own projects, posts expenses and reports progress."),
        Scope.PROJECTS,
        TAKES_PART
        | {
            Can.EDIT_DRAFTS,
            Can.POST_EXPENSE,
            Can.ANSWER_FINDING,
            Can.RAISE_ISSUE,
            Can.WRITE_REPORT,
            Can.WRITE_EVALUATION,
            Can.PROPOSE_MEASURE,
        },
    ),
    Role.RESOURCE: Policy(
        _("the resource team"),
        _("Reviews forecasts, publishes the demand report and allocates what is available."),
        Scope.ALL,
        TAKES_PART
        | {
            Can.REVIEW_FORECAST,
            Can.PUBLISH_REPORT,
            Can.ALLOCATE,
            Can.KEEP_POOLS,
            Can.CORRECT_HISTORY,
            Can.KEEP_TRAINING,
        },
    ),
    Role.FINANCE: Policy(
        _("finance"),
        _("Compiles the budget, watches spending and audits the use of money."),
        Scope.ALL,
        TAKES_PART
        | {
            Can.COMPILE_BUDGET,
            Can.AMEND_BUDGET,
            Can.POST_EXPENSE,
            Can.DECIDE_EXCEPTION,
            Can.AUDIT,
            Can.KEEP_TRAINING,
        },
    ),
    Role.MANAGEMENT: Policy(
        _("management"),
        _("Approves the budget, accepts reports, reviews evaluations and decides on improvements."),
        Scope.ALL,
        TAKES_PART
        | {
            Can.APPROVE_BUDGET,
            Can.ACCEPT_REPORT,
            Can.VERIFY_ISSUE,
            Can.REVIEW_EVALUATION,
            Can.PROPOSE_MEASURE,
            Can.DECIDE_MEASURE,
            Can.VERIFY_MEASURE,
            Can.ANSWER_FEEDBACK,
            Can.DECIDE_CHANGE,
            Can.HOLD_MEETING,
            Can.EXTEND_WINDOW,
            Can.CONFIRM_RECOVERY,
        },
    ),
    Role.PROGRAMME: Policy(
        _("the programme manager"),
        _("Sees the departments of a division and accepts their progress reports."),
        Scope.DIVISION,
        TAKES_PART | {Can.ACCEPT_REPORT},
    ),
    Role.ADMINISTRATOR: Policy(
        _("the administrator"),
        _("Sets up the year, the people and the handbook; decides nothing about content."),
        Scope.ALL,
        TAKES_PART
        | {
            Can.HOLD_MEETING,
            Can.KEEP_TRAINING,
            Can.EXTEND_WINDOW,
            Can.WAIVE,
            Can.RUN_CYCLE,
            Can.IMPORT_HISTORY,
            Can.KEEP_PEOPLE,
            Can.CONFIRM_RECOVERY,
            Can.KEEP_HANDBOOK,
            Can.CARRY_OUT_CHANGE,
            Can.KEEP_MAIL,
        },
    ),
    Role.AUDITOR: Policy(_("the auditor"), _("Reads everything and changes nothing."), Scope.ALL, EVERYBODY),
}


def stands_for_departments(can: Can) -> list[Role]:
    """Who counts as a head where four eyes decide: the programme manager too, but for their own decisions."""
    return [Role.HEAD] if can in ROLES[Role.PROGRAMME].may else [Role.HEAD, Role.PROGRAMME]


def roles_that(can: Can) -> list[Role]:
    """The roles that hold a capability, in the order of the policy page."""
    return [role for role, policy in ROLES.items() if can in policy.may]

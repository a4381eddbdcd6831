"""Nobody writes over what they have not seen: every act on something that exists asks what was seen of it."""

import ast
from inspect import Parameter, signature
from pathlib import Path
from typing import get_type_hints

import pytest
from django.conf import settings
from django.db.models import Model

from sop_portal.tests.every_act import functions
from sop_portal.tests.parts_of_acts import PARTS

ROOT = Path(settings.BASE_DIR)
NEW = "makes something new; what is there stays as it is"
STATE = "nothing is written over: once it is done, it is refused the second time"
OWN = "one's own answer, which nobody else writes"
BY_FILE = "no form of a page: rows of the workbook, which say what they take back"
# Acts on something that exists which ask for no `seen`, with the reason.
UNSEEN = {
    "planning.cycles.extend": NEW,
    "planning.extensions.ask": NEW,
    "planning.forecasts.plan_ahead": NEW,
    "planning.forecasts.change_plan": BY_FILE,
    "planning.forecasts.give_up_plan": BY_FILE,
    "planning.forecasts.add_project": NEW,
    "planning.forecasts.start_report": NEW,
    "planning.projects.undo_import": STATE,
    "planning.requests.open_requests": NEW,
    "planning.requests.add_pool": NEW,
    "planning.requests.take_out_pool": BY_FILE,
    "budgets.audits.plan": NEW,
    "budgets.drafting.amend": NEW,
    "budgets.drafting.ask_for_change": NEW,
    "budgets.drafting.bring_plan": NEW,
    "budgets.drafting.take_plan_back": BY_FILE,
    "budgets.drafting.compile_budget": NEW,
    "budgets.drafting.take_out_fund": BY_FILE,
    "budgets.spending.post": NEW,
    "budgets.spending.correct": STATE,
    "budgets.spending.ask_exception": NEW,
    "evaluations.feedback.give": NEW,
    "evaluations.feedback.say_if_it_helped": OWN,
    "evaluations.feedback.answer_stage": OWN,
    "evaluations.improvements.propose": NEW,
    "evaluations.meetings.raise_point": NEW,
    "evaluations.meetings.call": NEW,
    "evaluations.meetings.reply": OWN,
    "evaluations.meetings.plan_series": NEW,
    "evaluations.meetings.end_series": STATE,
    "evaluations.proposals.propose_change": NEW,
    "evaluations.reports.correct_count": NEW,
    "evaluations.reports.raise_issue": NEW,
    "evaluations.training.reply": OWN,
    "evaluations.training.plan": NEW,
    "sop_portal.foundation.notices.send_again": STATE,
    "sop_portal.foundation.papers.attach": NEW,
    "sop_portal.foundation.papers.replace": STATE,
    "sop_portal.foundation.papers.take_back": STATE,
    "sop_portal.foundation.workflow.comment": NEW,
    "sop_portal.handbook.acknowledge": OWN,
    "sop_portal.handover.hand_over": STATE,
    "sop_portal.handover.merge": STATE,
    "sop_portal.people.delegate": NEW,
    "sop_portal.people.end_delegation": STATE,
    "sop_portal.people.end_delegation_now": STATE,
    "sop_portal.people.end_rights": STATE,
    "sop_portal.people.erase_person": STATE,
    "sop_portal.people.invite_again": STATE,
    "sop_portal.people.ask_recovery": STATE,
    "sop_portal.people.decide_recovery": STATE,
    "sop_portal.people.give_role": NEW,
    "sop_portal.people.end_role": BY_FILE,
    "sop_portal.people.end_role_now": STATE,
    "sop_portal.people.set_term": BY_FILE,
    "sop_portal.people.take_out_department": BY_FILE,
    "sop_portal.people.take_out_person": BY_FILE,
    "sop_portal.people.take_out_role": BY_FILE,
    "sop_portal.people.name_back": BY_FILE,
    "sop_portal.people.add_former_name": BY_FILE,
    "sop_portal.people.forget_former_name": BY_FILE,
    "sop_portal.people.record_merger": BY_FILE,
    "sop_portal.people.forget_merger": BY_FILE,
    "sop_portal.workbook.take_back": "each of its rows is refused where it was changed since",
}
# Acts on the one organisation name no row; each of these writes over what stands there.
OF_THE_ORGANISATION = {
    f"sop_portal.people.{name}" for name in ("set_organisation", "set_days_off", "set_logo", "remove_logo")
}


def on_a_row() -> dict[str, set[str]]:
    """Every act that is given something that exists beside the person who acts, and what it asks for."""
    found = {}
    for name, function in functions():
        hints = get_type_hints(function)
        rows = [hint for p, hint in hints.items() if p not in ("by", "return") and isinstance(hint, type)]
        if name in OF_THE_ORGANISATION or (name not in PARTS and any(issubclass(row, Model) for row in rows)):
            found[name] = set(signature(function).parameters)
    return found


def test_every_act_on_what_exists_asks_what_was_seen_or_says_why_not() -> None:
    assert {name for name, asked in on_a_row().items() if "seen" not in asked} == set(UNSEEN)


def only_of_pages() -> set[str]:
    """The names of acts whose `seen` may be left out by whoever acts without a page."""
    left_out = {Parameter.empty}
    return {
        name.rpartition(".")[2]
        for name, function in functions()
        if "seen" in (asked := signature(function).parameters) and asked["seen"].default not in left_out
    }


def calls(path: Path) -> list[tuple[int, str, set[str | None]]]:
    """Every call of a page: where, of what, and what is named in it."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [(n.lineno, ast.unparse(n.func).rpartition(".")[2], {k.arg for k in n.keywords}) for n in nodes]


@pytest.mark.parametrize("app", ["planning", "budgets", "evaluations", "sop_portal"])
def test_every_page_says_what_it_showed(app: str) -> None:
    acts = only_of_pages()
    assert {"change_department", "set_days_off", "set_importance"} <= acts
    silent = [
        f"{path.relative_to(ROOT)}:{line} {called}"
        for path in sorted((ROOT / app).rglob("pages/**/*.py"))
        for line, called, named in calls(path)
        if called in acts and "seen" not in named
    ]
    assert silent == []

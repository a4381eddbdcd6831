"""The drawn part of the handbook says what the workflows say."""

import pytest

from budgets.drafting.workflow import BUDGET
from planning.forecasts.workflow import DEMAND_REPORT, FORECAST
from sop_portal.foundation.organisation.roles import ROLES, Can, Role
from sop_portal.handbook.chapters import chapters, checks, step_section, workflows_of
from sop_portal.handbook.policy import policy_rows, reach
from sop_portal.handbook.raci import accountable_roles, letters_of, raci_matrix
from sop_portal.stages import STAGES


def test_a_step_names_who_takes_it_from_where_to_where_and_who_is_told() -> None:
    section = step_section(FORECAST, FORECAST["submit"])
    assert (section.anchor, section.who, section.sources, section.target, section.informed) == (
        "step-forecast-submit",
        ["Department head"],
        ["Draft", "Sent back"],
        "Submitted",
        ["Department head", "Resource team"],
    )


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("submit", ["The window is open", "Nothing is missing", "The record has not changed"]),
        ("accept", ["Four eyes", "The record has not changed"]),
        ("waive", ["Four eyes", "A comment says why", "The record has not changed"]),
    ],
)
def test_a_step_lists_what_is_checked(name: str, begins: list[str]) -> None:
    found = checks(FORECAST[name])
    assert [sentence[: len(start)] for sentence, start in zip(found, begins, strict=True)] == begins


def test_the_matrix_of_the_forecast_stage_says_who_has_which_part() -> None:
    found = raci_matrix([FORECAST, DEMAND_REPORT])
    assert found.roles == ["Department head", "Resource team", "Administrator"]
    said = {
        "step-forecast-submit": ["RA", "I", "C"],
        "step-forecast-accept": ["C", "RA", ""],
        "step-forecast-send-back": ["C", "RA", ""],
        "step-forecast-withdraw": ["RA", "C", ""],
        "step-forecast-waive": ["C", "", "RA"],
        "step-demand-report-publish": ["", "RA", ""],
    }
    assert {row.anchor: row.cells for row in found.rows if row.anchor in said} == said


def test_what_finance_does_is_answered_for_by_who_decides_it() -> None:
    assert accountable_roles(BUDGET, BUDGET["share"]) == [Role.MANAGEMENT]
    assert letters_of(BUDGET, BUDGET["share"], Role.FINANCE) == "R"


@pytest.mark.parametrize("slug", [stage.slug for stage in STAGES])
def test_every_main_step_of_a_stage_has_a_row_with_somebody_responsible_and_somebody_accountable(slug: str) -> None:
    rows = raci_matrix(workflows_of(slug)).rows
    assert [row.anchor for row in rows if not {"R", "A"} <= set("".join(row.cells))] == []


def test_every_stage_names_the_roles_that_act_in_it() -> None:
    assert [chapter.who for chapter in chapters()][:2] == [
        ["Department head", "Resource team", "Management", "Administrator"],
        ["Department head", "Resource team", "Administrator"],
    ]


def test_the_policy_page_gives_every_role_exactly_what_the_rules_give_it() -> None:
    shown = {can: {role for role, cell in zip(ROLES, cells, strict=True) if cell} for can, cells in policy_rows()}
    assert shown == {can: {role for role, policy in ROLES.items() if can in policy.may} for can in Can}


@pytest.mark.parametrize(
    ("role", "can", "words"),
    [
        (Role.HEAD, Can.SUBMIT_FORECAST, "own department"),
        (Role.LEAD, Can.EDIT_DRAFTS, "own projects"),
        (Role.LEAD, Can.SEE_RECORDS, "own department"),
        (Role.FINANCE, Can.COMPILE_BUDGET, "all"),
        (Role.FINANCE, Can.CARRY_OUT_MEASURE, "own measures"),
        (Role.AUDITOR, Can.COMMENT, ""),
        (Role.AUDITOR, Can.ACKNOWLEDGE, "yes"),
    ],
)
def test_the_policy_page_says_how_far_a_role_reaches(role: Role, can: Can, words: str) -> None:
    assert reach(role, can) == words

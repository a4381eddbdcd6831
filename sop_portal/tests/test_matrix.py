"""Who may do what, tried completely, and compared with the table people agreed on."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import ONLY_WHEN_NAMED, ROLES, Can, Role, Scope
from sop_portal.foundation.workflow import checks
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.cast import programme_manager
from sop_portal.tests.shared_fixtures import shared_fixture

DAY = date(2027, 3, 12)
HEAD, LEAD, RESOURCE, FINANCE = Role.HEAD, Role.LEAD, Role.RESOURCE, Role.FINANCE
MANAGEMENT, PROGRAMME, ADMINISTRATOR, AUDITOR = Role.MANAGEMENT, Role.PROGRAMME, Role.ADMINISTRATOR, Role.AUDITOR
ALL_BUT_AUDITOR = {HEAD, LEAD, RESOURCE, FINANCE, MANAGEMENT, PROGRAMME, ADMINISTRATOR}
EVERYBODY = {*ALL_BUT_AUDITOR, AUDITOR}

# The table of roles as it was agreed, written out by hand: nothing here is read from the code it judges.
AGREED: dict[str, set[Role]] = {
    "see_records": EVERYBODY,
    "edit_drafts": {HEAD, LEAD},
    "submit_forecast": {HEAD},
    "review_forecast": {RESOURCE},
    "publish_report": {RESOURCE},
    "submit_request": {HEAD},
    "allocate": {RESOURCE},
    "keep_pools": {RESOURCE},
    "compile_budget": {FINANCE},
    "amend_budget": {FINANCE, HEAD},
    "confirm_lines": {HEAD},
    "approve_budget": {MANAGEMENT},
    "post_expense": {LEAD, FINANCE},
    "decide_exception": {FINANCE},
    "audit": {FINANCE},
    "answer_finding": {HEAD, LEAD},
    "run_project": {HEAD},
    "raise_issue": {HEAD, LEAD},
    "verify_issue": {MANAGEMENT},
    "write_report": {HEAD, LEAD},
    "accept_report": {MANAGEMENT, PROGRAMME},
    "write_evaluation": {HEAD, LEAD},
    "submit_evaluation": {HEAD},
    "review_evaluation": {MANAGEMENT},
    "propose_measure": {HEAD, LEAD, MANAGEMENT},
    "decide_measure": {MANAGEMENT},
    "carry_out_measure": ALL_BUT_AUDITOR,
    "verify_measure": {MANAGEMENT},
    "give_feedback": ALL_BUT_AUDITOR,
    "answer_feedback": {MANAGEMENT},
    "hold_meeting": {MANAGEMENT, ADMINISTRATOR},
    "propose_change": ALL_BUT_AUDITOR,
    "decide_change": {MANAGEMENT},
    "carry_out_change": {ADMINISTRATOR},
    "raise_point": {HEAD},
    "keep_training": {RESOURCE, FINANCE, ADMINISTRATOR},
    "ask_extension": {HEAD},
    "extend_window": {MANAGEMENT, ADMINISTRATOR},
    "waive": {ADMINISTRATOR},
    "run_cycle": {ADMINISTRATOR},
    "import_history": {ADMINISTRATOR},
    "correct_history": {HEAD, RESOURCE},
    "keep_people": {ADMINISTRATOR},
    "confirm_recovery": {MANAGEMENT, ADMINISTRATOR},
    "keep_handbook": {ADMINISTRATOR},
    "acknowledge": EVERYBODY,
    "comment": ALL_BUT_AUDITOR,
    "read_trail": EVERYBODY,
    "keep_mail": {ADMINISTRATOR},
}


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_its_column(role: Role) -> None:
    assert role in EVERYBODY, "Name the role above AGREED in sop_portal/tests/test_matrix.py, and give it its column."


def test_the_rules_are_the_table_that_was_agreed() -> None:
    assert {can.value: {role for role in ROLES if can in ROLES[role].may} for can in Can} == AGREED


def test_roles_reach_as_far_as_was_agreed() -> None:
    assert {role: policy.scope for role, policy in ROLES.items()} == {
        HEAD: Scope.DEPARTMENT,
        LEAD: Scope.PROJECTS,
        RESOURCE: Scope.ALL,
        FINANCE: Scope.ALL,
        MANAGEMENT: Scope.ALL,
        PROGRAMME: Scope.DIVISION,
        ADMINISTRATOR: Scope.ALL,
        AUDITOR: Scope.ALL,
    }


def test_the_administrator_decides_on_time_and_waivers_and_the_auditor_on_nothing() -> None:
    deciding = {step.by for workflow in ALL_WORKFLOWS for step in workflow.steps if step.four_eyes}
    assert (deciding & ROLES[ADMINISTRATOR].may, deciding & ROLES[AUDITOR].may) == (
        {Can.EXTEND_WINDOW, Can.WAIVE},
        set(),
    )


def test_the_auditor_changes_nothing() -> None:
    steps = {step.by for workflow in ALL_WORKFLOWS for step in workflow.steps}
    assert steps & ROLES[AUDITOR].may == set()


def every_step() -> list[Any]:
    return [
        pytest.param(workflow, step, id=f"{workflow.kind}-{step.name}")
        for workflow in ALL_WORKFLOWS
        for step in workflow.steps
    ]


@shared_fixture
def everybody(cast: SimpleNamespace, arts: Department, sports: Department) -> dict[str, User]:
    """One person per role in Arts and its division, the head and the lead of the twin department, and an outsider.

    The twin department belongs to another division, which has its programme manager too.
    """
    programme_manager("Stage", arts)
    twin_manager = User.objects.create_user("per@example.org", name="Per Berg")
    Department.objects.filter(pk=sports.pk).update(division="Field")
    Membership.objects.create(person=twin_manager, role=PROGRAMME, division="Field", from_on=date(2020, 1, 1))
    twin_lead = User.objects.create_user("bo@example.org", name="Bo Larsen")
    Membership.objects.create(person=twin_lead, role=LEAD, department=sports, from_on=date(2020, 1, 1))
    of_arts = (
        Membership.objects.exclude(department=sports).exclude(division="Field").select_related("person").order_by("-pk")
    )
    return {membership.role: membership.person for membership in of_arts} | {
        "twin head": cast.bao,
        "twin lead": twin_lead,
        "twin programme": twin_manager,
        "outsider": cast.farid,
    }


def test_every_role_is_tried_on_every_step(everybody: dict[str, User]) -> None:
    assert set(Role) - set(everybody) == set(), "Give somebody the role in sop_portal/tests/cast.py."


def admitted(workflow: Any, step: Any, record: Any, people: dict[str, User]) -> set[str]:
    """Whom the guard of the step lets through."""
    found = set()
    for name, person in people.items():
        try:
            checks.capability(workflow, step, record, Actor.of(person, DAY))
        except NotYours:
            continue
        found.add(name)
    return found


@pytest.mark.parametrize(("workflow", "step"), every_step())
def test_on_a_project_of_arts_every_step_is_for_its_roles_and_nobody_else(
    workflow: Any, step: Any, everybody: dict[str, User], arts: Department
) -> None:
    record = SimpleNamespace(pk=1, state=step.sources, department_id=arts.pk, lead_id=everybody["lead"].pk)
    expected = {role.value for role in AGREED[step.by.value]}
    if step.by in ONLY_WHEN_NAMED:
        expected &= {"head", "lead"}
    assert admitted(workflow, step, record, everybody) == expected


@pytest.mark.parametrize(("workflow", "step"), every_step())
def test_on_a_record_without_a_lead_no_lead_takes_a_step(
    workflow: Any, step: Any, everybody: dict[str, User], arts: Department
) -> None:
    record = SimpleNamespace(pk=1, state=step.sources, department_id=arts.pk, lead_id=None)
    expected = {role.value for role in AGREED[step.by.value]} - {"lead"}
    if step.by in ONLY_WHEN_NAMED:
        expected &= {"head"}
    assert admitted(workflow, step, record, everybody) == expected


@pytest.mark.parametrize(("workflow", "step"), every_step())
def test_on_a_record_of_the_whole_organisation_no_department_takes_a_step(
    workflow: Any, step: Any, everybody: dict[str, User]
) -> None:
    record = SimpleNamespace(pk=1, state=step.sources, department_id=None, lead_id=None)
    expected = {role.value for role in AGREED[step.by.value]} - {"head", "lead", "programme"}
    if step.by in ONLY_WHEN_NAMED:
        expected = set()
    assert admitted(workflow, step, record, everybody) == expected


@pytest.mark.parametrize("who", ["head", "lead", "resource", "finance", "management", "programme", "administrator"])
def test_what_is_done_by_its_owner_is_done_by_the_owner_in_any_role(
    who: str, everybody: dict[str, User], arts: Department
) -> None:
    """A measure of Arts that names somebody of the whole organisation is theirs, and the head's."""
    record = SimpleNamespace(department_id=arts.pk, lead_id=everybody[who].pk)
    may = {name for name, person in everybody.items() if Actor.of(person, DAY).may(Can.CARRY_OUT_MEASURE, record)}
    assert may == {"head", who}


def test_a_refusal_names_the_roles_and_the_people(everybody: dict[str, User], arts: Department) -> None:
    record = SimpleNamespace(department_id=arts.pk, lead_id=None)
    sentence, who_can = checks.who_instead(Can.REVIEW_FORECAST, record, DAY)
    assert (sentence, who_can()) == (
        "Only the resource team may accept or send back a forecast.",
        "Chen Jing or Chidi Okafor can.",
    )

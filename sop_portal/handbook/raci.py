"""The RACI matrix of a stage: who is responsible, accountable, consulted and informed, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sop_portal.foundation.organisation.roles import ROLES, Role, Scope, roles_that
from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.handbook.chapters import anchor, awaited_steps, informed_roles, labels_of


@dataclass(frozen=True)
class RaciRow:
    """One step and the letters of each role."""

    label: str
    anchor: str
    cells: list[str]


@dataclass(frozen=True)
class RaciMatrix:
    """The roles that have a part in a stage, and a row for each of its main steps."""

    roles: list[str]
    rows: list[RaciRow]


def raci_matrix(workflows: Sequence[Workflow[Any]]) -> RaciMatrix:
    """The matrix of these workflows, without the roles that have no part in them."""
    steps = [(workflow, step) for workflow in workflows for step in workflow.steps if step.main]
    letters = [{role: letters_of(workflow, step, role) for role in ROLES} for workflow, step in steps]
    roles = [role for role in ROLES if any(row[role] for row in letters)]
    rows = [
        RaciRow(str(step.label), anchor(workflow, step), [row[role] for role in roles])
        for (workflow, step), row in zip(steps, letters, strict=True)
    ]
    return RaciMatrix(labels_of(roles), rows)


def letters_of(workflow: Workflow[Any], step: Step[Any], role: Role) -> str:
    """R, A or both; C for who can act beside them, I for who is only informed; nothing for the others."""
    found = "R" if role in roles_that(step.by) else ""
    if role in accountable_roles(workflow, step):
        found += "A"
    if found:
        return found
    if role in consulted_roles(workflow, step):
        return "C"
    return "I" if role in informed_roles(workflow, step) else ""


def consulted_roles(workflow: Workflow[Any], step: Step[Any]) -> set[Role]:
    """Who can act on the record while the step waits: they may take it back, send it back, or answer otherwise."""
    beside = [other for state in step.sources for other in workflow.steps_from(state) if other is not step]
    return {role for other in beside if other.main for role in roles_that(other.by)}


def accountable_roles(workflow: Workflow[Any], step: Step[Any]) -> list[Role]:
    """Who answers for a step: the head for what a department does, else who decides on it under four eyes."""
    responsible = roles_that(step.by)
    if any(ROLES[role].scope in (Scope.DEPARTMENT, Scope.PROJECTS) for role in responsible):
        return [Role.HEAD]
    decision = step if step.four_eyes else next_decision(workflow, step)
    return roles_that(decision.by) if decision else responsible


def next_decision(workflow: Workflow[Any], step: Step[Any]) -> Step[Any] | None:
    """The next awaited step under four eyes; None where there is none."""
    states, passed = [step.target], {step.target}
    while states:
        followers = awaited_steps(workflow, states.pop(0))
        decision = next((follower for follower in followers if follower.four_eyes), None)
        if decision:
            return decision
        states += [follower.target for follower in followers if follower.target not in passed]
        passed |= {follower.target for follower in followers}
    return None

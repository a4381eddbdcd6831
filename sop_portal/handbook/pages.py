"""The drawn part of the handbook: every step, who takes it, what is checked and who is told, read from the workflows.

Stages, workflows and steps are given by the address, for the handbook stands below them; nothing here is typed twice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sop_portal.foundation.organisation.roles import ROLES, Can, Role, Scope, roles_that


@dataclass(frozen=True)
class StepPage:
    """One step as the handbook tells it."""

    anchor: str
    label: Any
    may: Any
    who: list[Any]
    sources: list[Any]
    target: Any
    checks: list[Any]
    told: list[Any]
    says: Any
    is_main: bool


@dataclass(frozen=True)
class KindPage:
    """One kind of record and everything that may happen to it."""

    kind: str
    label: Any
    steps: list[StepPage]


@dataclass(frozen=True)
class StagePage:
    """One chapter: a stage and its kinds of records."""

    slug: str
    number: int
    title: Any
    what: Any
    kinds: list[KindPage]

    @property
    def who(self) -> list[Any]:
        """Every role that does something in this stage, in the order of the policy."""
        labels = {label for kind in self.kinds for step in kind.steps if step.is_main for label in step.who}
        return [role.label for role in ROLES if role.label in labels]


@dataclass(frozen=True)
class RaciRow:
    """One step and the letters of each role."""

    label: Any
    anchor: str
    cells: list[str]


@dataclass(frozen=True)
class Raci:
    """Who is responsible, accountable and informed, step by step."""

    roles: list[Any]
    rows: list[RaciRow]


def chapters(stages: Iterable[Any]) -> list[StagePage]:
    """The stages as chapters, numbered in their order."""
    return [
        StagePage(stage.slug, number, stage.title, stage.what, [kind_page(r.workflow) for r in stage.records])
        for number, stage in enumerate(stages, start=1)
    ]


def kind_page(workflow: Any) -> KindPage:
    """Everything that may happen to one kind of record."""
    return KindPage(workflow.kind, workflow.label, [step_page(workflow, step) for step in workflow.steps])


def step_page(workflow: Any, step: Any) -> StepPage:
    """One step: who, from where to where, what is checked, who is told."""
    return StepPage(
        anchor=anchor(workflow, step),
        label=step.label,
        may=step.by.label,
        who=[role.label for role in roles_that(step.by)],
        sources=[workflow.states(state).label for state in step.sources],
        target=workflow.states(step.target).label,
        checks=checks(step),
        told=[role.label for role in told(workflow, step)],
        says=step.says,
        is_main=step.main,
    )


def anchor(workflow: Any, step: Any) -> str:
    """The place of a step on its page, for links from anywhere."""
    return f"step-{workflow.kind}-{step.name}"


def checks(step: Any) -> list[str]:
    """What the portal makes sure of before the step, in sentences."""
    asked = [
        (step.window, _("The window is open, or extended for the department; in the days of grace it counts as late.")),
        (
            step.missing,
            _("Nothing is missing. The page lists what is still to be done; until then the button stays off."),
        ),
        (step.four_eyes, _("Four eyes: nobody decides on what they wrote or submitted, or on a department they head.")),
        (step.comment, _("A comment says why; the other side reads it.")),
        (True, _("The record has not changed since it was opened; otherwise the difference is shown first.")),
    ]
    return [sentence for condition, sentence in asked if condition]


def told(workflow: Any, step: Any) -> list[Role]:
    """Who is told: the roles that can take the next awaited step, and those whose work it was."""
    waiting = {role for follower in awaited(workflow, step.target) for role in roles_that(follower.by)}
    return in_order(waiting | authors(workflow))


def awaited(workflow: Any, state: str) -> list[Any]:
    """The steps somebody is waited for in a state."""
    return [step for step in workflow.steps_from(state) if step.awaited]


def authors(workflow: Any) -> set[Role]:
    """The roles whose work a record of this kind is."""
    return {role for step in workflow.steps if step.authors for role in roles_that(step.by)}


def raci(workflows: Sequence[Any]) -> Raci:
    """The matrix of a stage, without the roles that have no part in it."""
    steps = [(workflow, step) for workflow in workflows for step in workflow.steps if step.main]
    letters = [{role: letters_of(workflow, step, role) for role in ROLES} for workflow, step in steps]
    roles = [role for role in ROLES if any(row[role] for row in letters)]
    rows = [
        RaciRow(step.label, anchor(workflow, step), [row[role] for role in roles])
        for (workflow, step), row in zip(steps, letters, strict=True)
    ]
    return Raci([role.label for role in roles], rows)


def letters_of(workflow: Any, step: Any, role: Role) -> str:
    """R, A or both; I for who only is told; nothing for the others."""
    found = "R" if role in roles_that(step.by) else ""
    if role in accountable(workflow, step):
        found += "A"
    return found or ("I" if role in told(workflow, step) else "")


def accountable(workflow: Any, step: Any) -> list[Role]:
    """Who answers for a step: the head for what a department does, else who decides it with fresh eyes."""
    doers = roles_that(step.by)
    if any(ROLES[role].scope != Scope.ALL for role in doers):
        return [Role.HEAD]
    decision = step if step.four_eyes else next_decision(workflow, step)
    return roles_that(decision.by) if decision else doers


def next_decision(workflow: Any, step: Any) -> Any:
    """The next step that needs fresh eyes, on the way people wait for; None where there is none."""
    states, passed = [step.target], {step.target}
    while states:
        followers = awaited(workflow, states.pop(0))
        decision = next((follower for follower in followers if follower.four_eyes), None)
        if decision:
            return decision
        states += [f.target for f in followers if f.target not in passed]
        passed |= {f.target for f in followers}
    return None


def in_order(roles: Iterable[Role]) -> list[Role]:
    """Roles in the order of the policy."""
    held = set(roles)
    return [role for role in ROLES if role in held]


# What a project lead may do for the whole department: reading and talking. The rest concerns the own projects.
WITH_THE_DEPARTMENT = frozenset({Can.SEE_RECORDS, Can.READ_TRAIL, Can.COMMENT, Can.GIVE_FEEDBACK})
PERSONAL = frozenset({Can.ACKNOWLEDGE})


def policy_rows() -> list[tuple[Can, list[str]]]:
    """The policy page: every capability, and how far each role may use it."""
    return [(can, [reach(role, can) for role in ROLES]) for can in Can]


def reach(role: Role, can: Can) -> str:
    """How far a role may do something, in words; empty where it may not."""
    policy = ROLES[role]
    if can not in policy.may:
        return ""
    if can in PERSONAL:
        return _("yes")
    if can == Can.CARRY_OUT_MEASURE and policy.scope != Scope.DEPARTMENT:
        return _("own measures")
    if policy.scope == Scope.ALL:
        return _("all")
    if policy.scope == Scope.DEPARTMENT or can in WITH_THE_DEPARTMENT:
        return _("own department")
    return _("own projects")

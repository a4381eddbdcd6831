"""The drawn part of the handbook: every step, who takes it, what is checked and who is told.

It is read from the stages and their workflows; nothing here is typed twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from sop_portal.foundation.organisation.roles import ROLES, Role, roles_that
from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.stages import STAGES


@dataclass(frozen=True)
class StepSection:
    """One step as the handbook explains it."""

    anchor: str
    label: str
    who: list[str]
    sources: list[str]
    target: str
    checks: list[str]
    informed: list[str]
    says: str
    is_main: bool


@dataclass(frozen=True)
class RecordSection:
    """One kind of record and everything that may happen to it."""

    kind: str
    label: str
    steps: list[StepSection]


@dataclass(frozen=True)
class Chapter:
    """A stage and its kinds of records."""

    slug: str
    number: int
    title: str
    what: str
    kinds: list[RecordSection]

    @property
    def who(self) -> list[str]:
        """Every role that does something in this stage, in the order of the policy."""
        labels = {label for kind in self.kinds for step in kind.steps if step.is_main for label in step.who}
        return [label for label in labels_of(ROLES) if label in labels]


def chapters() -> list[Chapter]:
    """The stages as chapters, numbered in their order, in the language of the page."""
    return [
        Chapter(
            slug=stage.slug,
            number=number,
            title=str(stage.title),
            what=str(stage.what),
            kinds=[record_section(workflow) for workflow in stage.workflows],
        )
        for number, stage in enumerate(STAGES, start=1)
    ]


def workflows_of(slug: str) -> list[Workflow[Any]]:
    """The workflows of a stage; none for a stage that does not exist."""
    return [workflow for stage in STAGES if stage.slug == slug for workflow in stage.workflows]


def record_section(workflow: Workflow[Any]) -> RecordSection:
    """Everything that may happen to one kind of record."""
    return RecordSection(workflow.kind, str(workflow.label), [step_section(workflow, step) for step in workflow.steps])


def step_section(workflow: Workflow[Any], step: Step[Any]) -> StepSection:
    """One step: who, from where to where, what is checked, who is told."""
    return StepSection(
        anchor=anchor(workflow, step),
        label=str(step.label),
        who=labels_of(roles_that(step.by)),
        sources=[str(workflow.states(state).label) for state in step.sources],
        target=str(workflow.states(step.target).label),
        checks=checks(step),
        informed=labels_of(informed_roles(workflow, step)),
        says=str(step.says),
        is_main=step.main,
    )


def anchor(workflow: Workflow[Any], step: Step[Any]) -> str:
    """The place of a step on its page, for links from anywhere."""
    return f"step-{workflow.kind}-{step.name}"


def checks(step: Step[Any]) -> list[str]:
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


def informed_roles(workflow: Workflow[Any], step: Step[Any]) -> list[Role]:
    """Who is told of a step: the roles that can take the next awaited one, and those whose work it was."""
    next_in_turn = {role for follower in awaited_steps(workflow, step.target) for role in roles_that(follower.by)}
    informed = next_in_turn | author_roles(workflow)
    return [role for role in ROLES if role in informed]


def awaited_steps(workflow: Workflow[Any], state: str) -> list[Step[Any]]:
    """The steps somebody is waited for in a state."""
    return [step for step in workflow.steps_from(state) if step.awaited]


def author_roles(workflow: Workflow[Any]) -> set[Role]:
    """The roles whose work a record of this kind is."""
    return {role for step in workflow.steps if step.authors for role in roles_that(step.by)}


def labels_of(roles: Iterable[Role]) -> list[str]:
    """What these roles are called."""
    return [str(role.label) for role in roles]

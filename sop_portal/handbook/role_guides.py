"""A guide for each role, drawn from the tables of steps: what it is for, and everything it does in the year."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.organisation.roles import ROLES, Role
from sop_portal.handbook.chapters import RecordSection, StepSection, chapters


def guide_of(role: Role) -> str:
    """The guide of a role as Markdown, in the language of the moment."""
    return "\n".join([*_beginning(role), *_stages(role)]).rstrip() + "\n"


def _beginning(role: Role) -> Iterator[str]:
    policy = ROLES[role]
    title, reach = _("Guide: %(role)s") % {"role": role.label}, _("How far it reaches: %(scope)s.")
    yield f"# {title}"
    yield ""
    yield str(policy.says)
    yield ""
    yield reach % {"scope": policy.scope.label}
    yield ""


def _stages(role: Role) -> Iterator[str]:
    """Stage by stage the steps of this role; a stage without any is left out."""
    for chapter in chapters():
        kinds = [(kind, _steps(kind, role)) for kind in chapter.kinds]
        if any(steps for _kind, steps in kinds):
            yield f"## {chapter.number}. {chapter.title}"
            yield ""
            yield chapter.what
            yield ""
        for kind, steps in kinds:
            if steps:
                yield f"### {kind.label}"
                yield ""
                yield from steps
                yield ""


def _steps(kind: RecordSection, role: Role) -> list[str]:
    mine = [step for step in kind.steps if step.is_main and str(role.label) in step.who]
    return [line for step in mine for line in _step(step)]


def _step(step: StepSection) -> Iterator[str]:
    words = {"from": listed(step.sources), "to": step.target}
    moves = _("From “%(from)s” to “%(to)s”.") % words
    yield f"- **{step.label}**. {moves}{f' {step.says}' if step.says else ''}"
    yield from (f"  - {check}" for check in step.checks)

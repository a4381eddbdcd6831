"""Who is told of an act: those who can take the next step, and those whose work it was. Derived, never listed."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.kit.told import told
from sop_portal.notices.actions import settle, tell
from sop_portal.organisation.actor import deputies_of, people_who_can, people_who_see
from sop_portal.organisation.models import User
from sop_portal.workflow.checks import hands
from sop_portal.workflow.table import Step, Workflow


def after(workflow: Workflow, step: Step, record: Any, by: User, at: datetime, comment: str) -> None:
    """Tell the next people and the authors what happened; nobody is told of their own act.

    What people were told of the record before is answered by this act and archives itself.
    """
    settle(workflow.kind, record.pk, at=at)
    shaped = hands(workflow, record)
    waiting = who_waits(workflow, record, at, shaped)
    people = {person.pk: person for person in waiting}
    # Whoever worked on it and has since gone elsewhere is told nothing of it any more.
    people |= {person.pk: person for person in people_who_see(record, localdate(at)).filter(pk__in=shaped)}
    people.pop(by.pk, None)

    def sentence() -> str:
        happened = told(step.done, {"person": by})
        return told(_("%(happened)s: %(title)s"), {"happened": happened, "title": record})

    tell(
        people.values(), sentence, kind=workflow.kind, record_id=record.pk, verb=step.name,
        link=record.get_absolute_url(), at=at, quote=comment, asked=waiting,
    )  # fmt: skip


def of_new(workflow: Workflow, record: Any, by: User, at: datetime) -> None:
    """Tell those who can take the first step that a new record waits for them."""
    waiting = who_waits(workflow, record, at, [])
    people = {p.pk: p for p in waiting}
    people.pop(by.pk, None)

    def sentence() -> str:
        first = next(iter(workflow.steps_from(record.state))).label
        return told(_("%(step)s: %(title)s"), {"step": first, "title": record})

    tell(
        people.values(), sentence, kind=workflow.kind, record_id=record.pk, verb="create",
        link=record.get_absolute_url(), at=at, asked=waiting,
    )  # fmt: skip


def who_waits(workflow: Workflow, record: Any, at: datetime, shaped: list[int]) -> list[User]:
    """Everybody who can take one of the awaited steps from here, and who stands in for them while they are away."""
    found: dict[int, User] = {}
    asked, on = set(), localdate(at)
    for step in workflow.steps_from(record.state):
        if not step.awaited or (step.by, step.four_eyes) in asked:
            continue
        asked.add((step.by, step.four_eyes))
        barred = shaped if step.four_eyes else []
        can = [person for person in people_who_can(step.by, record, on) if person.pk not in barred]
        stand_ins = deputies_of([person.pk for person in can], step.by, on)
        found |= {person.pk: person for person in (*can, *stand_ins) if person.pk not in barred}
    return list(found.values())

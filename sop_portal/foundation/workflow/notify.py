"""Who is told of an act: those who can take the next step, and those whose work it was. Derived, never listed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import new_notices, settle, write_notices
from sop_portal.foundation.notices.wording import NewNotice
from sop_portal.foundation.organisation.actor import deputies_of, people_who_can, people_who_see
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.checks import asking_side, contributors_of
from sop_portal.foundation.workflow.models import Record
from sop_portal.foundation.workflow.table import Step, Workflow

Waiting = dict[str, list[User]]


def notify_after_step(
    workflow: Workflow[Any], step: Step[Any], record: Record, by: User, at: datetime, comment: str
) -> None:
    """Tell the next people what they owe now, and the authors what happened; nobody is told of their own act.

    What people were told of the record before is answered by this act and archives itself.
    """
    settle(workflow.kind, record.pk, at=at)
    shaped = contributors_of(workflow, record)
    waiting = who_waits(workflow, record, at, asking_side(workflow, record, localdate(at)))
    about = _about(workflow, record, step.name, comment)

    def happened() -> str:
        return interpolate(step.done, {"person": by})

    def sentence() -> str:
        return interpolate(_("%(happened)s: %(title)s"), {"happened": happened(), "title": record.full_title})

    asked = {person.pk for people in waiting.values() for person in people}
    # Whoever worked on it and has since gone elsewhere is told nothing of it any more.
    authors = people_who_see(record, localdate(at)).filter(pk__in=shaped).exclude(pk__in=asked | {by.pk})
    asking = _asking(waiting, workflow, record, by, about, happened)
    # At once: what is told person by person in another order than elsewhere would wait for each other.
    write_notices([*asking, *new_notices(authors, sentence, **about)], at=at)


def notify_of_new_record(workflow: Workflow[Any], record: Record, by: User, at: datetime, comment: str = "") -> None:
    """Tell those who can take the first step that a new record waits for them; whoever gave a reason is named."""

    def happened() -> str:
        return interpolate(
            _("%(person)s %(happened)s"), {"person": by, "happened": workflow.created or _("created it")}
        )

    waiting, about = who_waits(workflow, record, at, set()), _about(workflow, record, "create", comment)
    write_notices(_asking(waiting, workflow, record, by, about, happened if comment else None), at=at)


def _about(workflow: Workflow[Any], record: Record, verb: str, comment: str) -> dict[str, Any]:
    link = record.get_absolute_url()
    return {"kind": workflow.kind, "record_id": record.pk, "verb": verb, "link": link, "quote": comment}


def _asking(
    waiting: Waiting,
    workflow: Workflow[Any],
    record: Record,
    by: User,
    about: dict[str, Any],
    happened: Callable[[], str] | None,
) -> list[NewNotice]:
    """What people read who owe a step now: which one, on what, and what happened before."""
    found: list[NewNotice] = []
    for name, people in waiting.items():

        def sentence(label: object = workflow[name].label) -> str:
            words = {"step": label, "title": record.full_title, "happened": happened() if happened else ""}
            return interpolate(_("%(step)s: %(title)s. %(happened)s") if happened else _("%(step)s: %(title)s"), words)

        others = [person for person in people if person.pk != by.pk]
        found += new_notices(others, sentence, is_asked=True, **about)
    return found


def who_waits(workflow: Workflow[Any], record: Record, at: datetime, shaped: set[int]) -> Waiting:
    """Everybody who can take an awaited step from here, and who stands in for them while away; each under the first."""
    found: Waiting = {}
    known: set[int] = set()
    asked, on = set(), localdate(at)
    for step in workflow.steps_from(record.state):
        if not step.awaited or (step.by, step.four_eyes) in asked:
            continue
        asked.add((step.by, step.four_eyes))
        barred = shaped if step.four_eyes else set()
        can = [person for person in people_who_can(step.by, record, on) if person.pk not in barred]
        stand_ins = deputies_of([person.pk for person in can], step.by, on)
        people = {person.pk: person for person in (*can, *stand_ins) if person.pk not in (*barred, *known)}
        found[step.name] = list(people.values())
        known |= set(people)
    return found

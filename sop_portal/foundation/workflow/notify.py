"""Who is told of an act: those who can take the next step, and those whose work it was. Derived, never listed."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import new_notices, settle, write_notices
from sop_portal.foundation.notices.models import HIDDEN_FROM
from sop_portal.foundation.notices.wording import NewNotice
from sop_portal.foundation.organisation.actor import Grant, people_who_see, stand_ins
from sop_portal.foundation.organisation.models import ORGANISATION_WIDE, Membership, User
from sop_portal.foundation.organisation.roles import Can, Role, roles_that
from sop_portal.foundation.trail.kinds import hidden_from
from sop_portal.foundation.workflow.checks import shaping, side_of
from sop_portal.foundation.workflow.models import Record
from sop_portal.foundation.workflow.table import Step, Workflow

HIDDEN_FROM.append(hidden_from)
Waiting = dict[str, list[User]]


def notify_after_step(
    workflow: Workflow[Any], step: Step[Any], record: Record, by: User, at: datetime, comment: str
) -> None:
    """Tell the next people what they owe now, and the authors what happened; nobody is told of their own act.

    What people were told of the record before is answered by this act and archives itself.
    """
    settle(workflow.kind, record.pk, at=at)
    contributions = list(shaping(workflow, record))
    side = cache(lambda: side_of(workflow, contributions, localdate(at)))
    waiting = who_wait(workflow, [record], at, side)[record.pk]
    shaped = [row.person_id for row in contributions if (row.kind, row.record_id) == (workflow.kind, record.pk)]
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


def notify_of_new_records(
    workflow: Workflow[Any], records: Sequence[Record], by: User, at: datetime, comment: str = ""
) -> None:
    """Tell those who can take the first step that new records wait for them; whoever gave a reason is named."""

    def happened() -> str:
        return interpolate(
            _("%(person)s %(happened)s"), {"person": by, "happened": workflow.created or _("created it")}
        )

    waiting, notices = who_wait(workflow, records, at, set), list[NewNotice]()
    for record in records:
        about = _about(workflow, record, "create", comment)
        notices += _asking(waiting[record.pk], workflow, record, by, about, happened if comment else None)
    write_notices(notices, at=at)


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

        def sentence(step: Step[Any] = workflow[name]) -> str:
            asked = step.wanted(record)
            if happened is None:
                return asked
            return interpolate(_("%(asked)s. %(happened)s"), {"asked": asked, "happened": happened()})

        others = [person for person in people if person.pk != by.pk]
        found += new_notices(others, sentence, is_asked=True, **about)
    return found


def who_wait(
    workflow: Workflow[Any], records: Sequence[Record], at: datetime, shaped: Callable[[], set[int]]
) -> dict[int, Waiting]:
    """Everybody who can take an awaited step of each record, and who stands in for them while away.

    The records are in one state, and each person stands under the first step. Whose work it is (`shaped`) is asked
    where a step needs four eyes.
    """
    found: dict[int, Waiting] = {record.pk: {} for record in records}
    on = localdate(at)
    for step in _awaited(workflow, records):
        barred = shaped() if step.four_eyes else set()
        can = [(grant, person) for grant, person in holders(step.by, records, on) if person.pk not in barred]
        lent = stand_ins({person.pk for _grant, person in can}, step.by, on)
        for record in records:
            own = {person.pk: person for grant, person in can if grant.reaches(person.pk, record, step.by)}
            people = own | {deputy.pk: deputy for giver, deputy in lent if giver in own}
            known = {*barred, *(person.pk for others in found[record.pk].values() for person in others)}
            found[record.pk][step.name] = [person for pk, person in people.items() if pk not in known]
    return found


def _awaited(workflow: Workflow[Any], records: Sequence[Record]) -> list[Step[Any]]:
    """The awaited steps from the state of these records, one for each capability."""
    found: dict[tuple[Can, bool], Step[Any]] = {}
    for step in workflow.steps_from(records[0].state) if records else ():
        if step.awaited:
            found.setdefault((step.by, step.four_eyes), step)
    return list(found.values())


def holders(can: Can, records: Sequence[Record], on: date) -> list[tuple[Grant, User]]:
    """Whose own roles allow an act on one of these records, by name."""
    departments = [getattr(record, "department", None) for record in records]
    divisions = {department.pk: department.division for department in departments if department is not None}
    named = {division for division in divisions.values() if division}
    here = Q(role__in=ORGANISATION_WIDE) | Q(department_id__in=divisions) | Q(division__in=named)
    rows = Membership.objects.on(on).filter(here, role__in=roles_that(can), person__is_active=True)
    rows = rows.select_related("person").order_by("person__name", "pk")
    return [(Grant(Role(row.role), place), row.person) for row in rows for place in _reached(row, divisions)]


def _reached(row: Membership, divisions: dict[int, str]) -> list[int | None]:
    """The department a role belongs to, or those of its division; none where it is the whole organisation's."""
    if not row.division:
        return [row.department_id]
    return [department for department, division in divisions.items() if division == row.division]

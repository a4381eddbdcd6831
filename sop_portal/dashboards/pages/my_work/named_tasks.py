"""What waits for a person by name, like an invitation to reply to, and the steps of meetings and of training.

No state says that these are waited for: a meeting is called, minuted and closed when its day comes.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, NextBox, TaskRow
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.roles import ROLES
from sop_portal.foundation.workflow.owed import Owed
from sop_portal.handbook import deadlines as handbook
from sop_portal.stages import OWED_BY_NAME

SOON = timedelta(days=7)
Named = list[tuple[str, TaskRow]]


def named_tasks(actor: Actor, at: datetime) -> Named:
    """The group each belongs to, and its row; what is due first comes first."""
    if not actor.grants:
        return []
    found = sorted(_owed(actor, at), key=lambda owed: (owed.due_on or date.max, owed.what))
    return [(group_of(owed, actor.on), row_of(owed, actor)) for owed in found]


def _owed(actor: Actor, at: datetime) -> Iterator[Owed]:
    """What names this person, or names nobody and is this person's to do."""
    for owed_by_name in (*OWED_BY_NAME, handbook.owed_by_name):
        found = owed_by_name(actor.user, at)
        yield from (owed for owed in found if owed.owner_ids is not None or actor.may(owed.can, owed.record))


def group_of(owed: Owed, on: date) -> str:
    """Overdue, this week or later."""
    if owed.due_on is None or owed.due_on > on + SOON:
        return _("Later")
    return _("This week") if owed.due_on >= on else _("Overdue")


def why_me(owed: Owed, actor: Actor) -> str:
    """Why it is this person's: by name, or by the role they hold or stand in for."""
    if owed.owner_ids is not None:
        return _("You are asked personally.")
    grant = actor.authorities(owed.can, owed.record)[0]
    sentence = _("You stand in for %(role)s.") if grant.behalf else _("It waits for %(role)s.")
    return sentence % {"role": ROLES[grant.role].called}


def row_of(owed: Owed, actor: Actor) -> TaskRow:
    """One of them as a row of the list."""
    on = actor.on
    due = owed.due_on or on
    return TaskRow(
        what=owed.what,
        why=why_me(owed, actor),
        url=owed.url,
        due_text=formats.day(due, on) if due <= on + SOON else formats.day_short(due, on),
        due_note=formats.until(due, on),
        late_days=max((on - due).days, 0),
        button=owed.label,
        verb=owed.label,
    )


def box_of(row: TaskRow) -> NextBox:
    """The first thing to do, where it is one of these."""
    button = Button(row.button, row.url, is_primary=True)
    text = formats.joined([part for part in (row.due_text, row.due_note) if part])
    return NextBox(row.what, text, "late" if row.late_days else "", buttons=[button])

"""What waits for a person by name: an invitation to reply to, a version of the handbook to confirm."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.kit.components import Button, NextBox, TaskRow
from sop_portal.foundation.organisation.actor import Actor
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
    return [(group_of(owed, actor.on), row_of(owed, actor.on)) for owed in found]


def _owed(actor: Actor, at: datetime) -> Iterator[Owed]:
    for owed_by_name in (*OWED_BY_NAME, handbook.owed_by_name):
        yield from owed_by_name(actor.user, at)


def group_of(owed: Owed, on: date) -> str:
    """Overdue, this week or later."""
    if owed.due_on is None or owed.due_on > on + SOON:
        return _("Later")
    return _("This week") if owed.due_on >= on else _("Overdue")


def row_of(owed: Owed, on: date) -> TaskRow:
    """One of them as a row of the list."""
    due = owed.due_on or on
    return TaskRow(
        what=owed.record.full_title,
        why=_("You are asked personally."),
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

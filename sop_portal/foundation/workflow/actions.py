"""Comments: short notes on any record; people mentioned are told."""

import re
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.fitting import refuse_unknown, save_new
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.kit.transactions import whole
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.workflow.engine import remark
from sop_portal.foundation.workflow.models import Comment, Record
from sop_portal.foundation.workflow.seals import seal_rows

MENTION = re.compile(r"@(\w+(?: \w+)?)")


def comment(kind: str, on: Record, text: str, *, by: User, at: datetime) -> Comment:
    """Write a comment on a record one may see; the people it mentions, who may see it too, are told."""
    actor = Actor.of(by, at)
    if not (sees(actor, on) and actor.may(Can.COMMENT)):
        way_out = _("Ask the administrator for a role in this department.")
        raise NotYours(_("Your roles do not include writing comments here."), way_out)
    if not text.strip():
        raise NotReady(_("Write something first."), [_("The comment is empty.")])
    refuse_unknown(_("Kind"), kind, {name: known.label for name, known in KINDS.items()})
    with whole():
        written = save_new(
            Comment(kind=kind, record_id=on.pk, department_id=on.department_id, by=by, at=at, text=text.strip())
        )
        seal_rows("comment", [written.pk])
        mentioned = [person for person in mentioned_in(text, on, at) if person.pk != by.pk]
        if mentioned:
            written.mentioned.set(mentioned)
        remark(kind, on, "comment", by=by, at=at, comment=text.strip())
        notify(
            mentioned,
            lambda: interpolate(_("%(person)s mentioned you: %(title)s"), {"person": by, "title": on.full_title}),
            kind=kind,
            record_id=on.pk,
            verb="comment",
            link=on.get_absolute_url(),
            at=at,
            quote=text.strip(),
        )
    return written


def sees(actor: Actor, record: Record) -> bool:
    """Whether a person may see this record, as its own page asks; what was just found that way is not asked again."""
    if record in actor.shown:
        return True
    visible: QuerySet[Record] = type(record)._default_manager.visible_to(actor)  # type: ignore[attr-defined]
    return visible.filter(pk=record.pk).exists()


def mentioned_in(text: str, on: Record, at: datetime) -> list[User]:
    """The people named with @ by first or full name, among those who may see the record."""
    return [person for person in _named_in(text) if sees(Actor.of(person, at), on)]


def mentioned_in_vain(text: str, on: Record, at: datetime) -> list[User]:
    """The people named with @ by their full name who may not see the record, and so are not told."""
    named = [person for person in _named_in(text) if f"@{person.name}".casefold() in text.casefold()]
    return [person for person in named if not sees(Actor.of(person, at), on)]


def unknown_names(text: str) -> list[str]:
    """What stands behind an @ and is the name of nobody, so that nobody was told."""
    known = {person.first_name.casefold() for person in _named_in(text)} | {"@"}
    words = dict.fromkeys(match.split(" ")[0] for match in MENTION.findall(text))
    return [word for word in words if word.casefold() not in known]


def _named_in(text: str) -> list[User]:
    names = {match.casefold() for match in MENTION.findall(text)}
    if not names:
        return []
    names |= {name.split(" ")[0] for name in names}
    people = User.objects.filter(is_active=True).order_by("name", "pk")
    return [p for p in people if p.name.casefold() in names or p.first_name.casefold() in names]

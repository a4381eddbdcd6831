"""Comments: short notes on any record; people mentioned are told."""

import re
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.fitting import keep, refuse_unknown
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import ROLES, Can, Scope
from sop_portal.foundation.trail.kinds import KINDS
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.models import Comment, Record

MENTION = re.compile(r"@(\w+(?: \w+)?)")
EVERYWHERE = [role for role, policy in ROLES.items() if policy.scope == Scope.ALL]


def comment(kind: str, on: Record, text: str, *, by: User, at: datetime) -> Comment:
    """Write a comment on a record one may see; the people it mentions, who may see it too, are told."""
    actor = Actor.of(by, at)
    sees = actor.sees_everything or on.department_id is None or on.department_id in actor.department_ids
    if not (sees and actor.may(Can.COMMENT)):
        way_out = _("Ask the administrator for a role in this department.")
        raise NotYours(_("Your roles do not include writing comments here."), way_out)
    if not text.strip():
        raise NotReady(_("Write something first."), [_("The comment is empty.")])
    refuse_unknown(_("Kind"), kind, {name: known.label for name, known in KINDS.items()})
    with transaction.atomic():
        written = keep(
            Comment(kind=kind, record_id=on.pk, department_id=on.department_id, by=by, at=at, text=text.strip())
        )
        mentioned = [person for person in mentioned_in(text, on, at) if person.pk != by.pk]
        written.mentioned.set(mentioned)
        note(kind, on, "comment", by=by, at=at, comment=text.strip())
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


def mentioned_in(text: str, on: Record, at: datetime) -> list[User]:
    """The people named with @ by first or full name, among those who may see the record."""
    names = {match.casefold() for match in MENTION.findall(text)}
    if not names:
        return []
    names |= {name.split(" ")[0] for name in names}
    sees = Membership.objects.on(localdate(at)).filter(Q(role__in=EVERYWHERE) | Q(department_id=on.department_id))
    people = User.objects.filter(is_active=True, pk__in=sees.values("person_id"))
    return [p for p in people if p.name.casefold() in names or p.first_name.casefold() in names]

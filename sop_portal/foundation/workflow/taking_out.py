"""Taking a row out again that was brought in by mistake: only as long as nothing rests on it."""

from datetime import datetime

from django.db import transaction
from django.db.models import Model, ProtectedError, RestrictedError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.kit.sentences import interpolate, typed
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import release_rows


def take_out(kind: str, row: Model, *, called: str, by: User, at: datetime, verb: str = "take-out") -> None:
    """Delete a row and leave the entry that says so; where others rest on it, it stays and they are named."""
    key = row.pk
    try:
        with transaction.atomic():
            row.delete()
    except (ProtectedError, RestrictedError) as used:
        resting = used.protected_objects if isinstance(used, ProtectedError) else used.restricted_objects
        kinds = sorted({str(capfirst(one._meta.verbose_name_plural)) for one in resting})
        sentence = interpolate(
            _("“%(name)s” stays, because something depends on it: %(kinds)s."),
            {"name": typed(called), "kinds": listed(kinds)},
        )
        raise NotReady(sentence, [], _("Take out what depends on it first.")) from None
    row.pk = key
    # A person's name is not kept in the trail.
    changes = [] if kind == "person" else [Change("name", called, "")]
    note(kind, row, verb, by=by, at=at, changes=changes)
    release_rows(kind, [key])

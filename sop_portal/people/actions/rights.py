"""Who may change people, departments and roles."""

from datetime import datetime

from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can


def require_administrator(by: User, at: datetime) -> None:
    """Refuse everybody but the administrator."""
    if not Actor.of(by, at).may(Can.KEEP_PEOPLE):
        raise NotYours(_("Only the administrator keeps people, departments and roles."))

"""Who may change people, departments and roles, and that somebody always may."""

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.formats import day_of_year
from sop_portal.foundation.kit.refusals import NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can, Role
from sop_portal.foundation.workflow.checks import who_instead


def require_administrator(by: User, at: datetime) -> None:
    """Refuse everybody but the administrator."""
    if not Actor.of(by, at).may(Can.KEEP_PEOPLE):
        sentence = _("Only the administrator keeps people, departments and roles.")
        raise NotYours(sentence, who_instead(Can.KEEP_PEOPLE, None, at)[1])


def require_remaining_administrator(after: date) -> None:
    """Refuse what would leave the portal without anybody who lets people in, from the day after this one."""
    holding = Membership.objects.filter(role=Role.ADMINISTRATOR, person__is_active=True)
    if not holding.filter(Q(until_on=None) | Q(until_on__gt=after)).exists():
        raise NotReady(
            _("After %(day)s nobody would administer the portal.") % {"day": day_of_year(after)},
            way_out=_("Give somebody else the role of administrator first, or hand everything over to them."),
        )

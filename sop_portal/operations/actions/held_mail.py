"""What becomes of the mail that is held since the portal was brought back from a backup."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotNow, NotYours
from sop_portal.foundation.notices.bell import ring_on_commit
from sop_portal.foundation.notices.models import Mail, Notice, Restoration, Sender
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.engine import note

WAITS = (Mail.State.PENDING, Mail.State.SENDING)


def held_since() -> Restoration | None:
    """The restoration since which mail is held."""
    return Restoration.objects.filter(released_at=None).order_by("-restored_at").first()


def held_mail() -> QuerySet[Mail]:
    """All mail that is held: what waited in the backup, and what was written since."""
    return Mail.objects.filter(state__in=WAITS)


def may_have_left(since: Restoration) -> QuerySet[Mail]:
    """The held mail that may have left before: what waited in the backup, and reminders, which are made anew."""
    notices = Notice.objects.filter(mail=OuterRef("pk"))
    reminds = Q(Exists(notices.filter(is_deadline=True))) & ~Q(Exists(notices.filter(is_deadline=False)))
    return held_mail().filter(Q(made_at__lte=since.restored_at) | reminds)


@transaction.atomic
def release_mail(*, by: User | None, at: datetime, withdraw: bool) -> int:
    """Let mail leave again, without what may have left before where it is withdrawn; how many were withdrawn.

    Without anybody it is the command of the operator.
    """
    if by is not None and not Actor.of(by, at).may(Can.KEEP_MAIL):
        raise NotYours(_("Only the administrator says what becomes of mail."), _("Ask the administrator."))
    held = list(Restoration.objects.filter(released_at=None).order_by("pk").select_for_update())
    if not held:
        raise NotNow(_("No mail is held."), _("Nothing to do: waiting mail leaves by itself."))
    withdrawn = _withdraw(held[-1]) if withdraw else 0
    for restoration in held:
        Restoration.objects.filter(pk=restoration.pk).update(released_at=at)
        note("restoration", restoration, "withdraw-mail" if withdraw else "release-mail", by=by, at=at)
    ring_on_commit()
    return withdrawn


def _withdraw(since: Restoration) -> int:
    """What was being sent when the backup was made was being sent by nobody who is still there."""
    keys = list(may_have_left(since).values_list("pk", flat=True))
    withdrawn = Mail.objects.filter(pk__in=keys).update(state=Mail.State.WITHDRAWN, taken_by=None)
    Sender.objects.filter(mails=None).delete()
    return withdrawn

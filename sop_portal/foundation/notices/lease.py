"""Whose a waiting mail is: batches under a lease, one mail at a time on its way, and what a crash leaves in doubt.

A sender notes which mail leaves next, and only when the one before has been dealt with. So whatever is killed, the
sender or the database, it leaves the last one noted in doubt; those before have arrived, and the rest is free when the
lease is over.
"""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, Q, QuerySet
from django.utils.translation import gettext_noop

from sop_portal.foundation.notices.models import Mail, Restoration, Sender

LEASE = timedelta(minutes=5)
FIELDS = ("subject", "text", "attempts", "digest_on", "taken_by")
STOPPED = gettext_noop("The sender stopped between sending and noting it.")
State = Mail.State


def claim(at: datetime, most: int) -> list[Mail]:
    """Take waiting mails under a lease, in the order they leave in; whoever comes second skips them."""
    if is_held():
        return []
    _settle_stopped(at)
    with transaction.atomic():
        free = Mail.objects.filter(state=State.PENDING, next_try_at__lte=at).order_by("next_try_at", "pk")
        found = list(free.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
        if not found:
            return []
        me = Sender.objects.create(lease_until=at + LEASE)
        Mail.objects.filter(pk__in=found, state=State.PENDING).update(state=State.SENDING, taken_by=me)
    taken = Mail.objects.filter(taken_by=me).select_related("person").order_by("pk")
    return list(taken.only(*FIELDS, "person__email", "person__name", "person__language"))


def is_held() -> bool:
    """Whether the portal was brought back from a backup and nobody has said yet what becomes of the mail."""
    return Restoration.objects.filter(released_at=None).exists()


@transaction.atomic
def _settle_stopped(at: datetime) -> None:
    """What senders had begun that stopped: all before the last have arrived."""
    # A lease far ahead is that of a clock gone wrong: nobody waits for years.
    over = Q(lease_until__lt=at) | Q(lease_until__gt=at + 2 * LEASE)
    for sender in Sender.objects.filter(over).select_for_update(skip_locked=True):
        last = sender.on_its_way or 0
        _settle(Mail.objects.filter(taken_by=sender), Q(pk__lt=last), last, sender.lease_until - LEASE)
        sender.delete()


def _settle(theirs: QuerySet[Mail], arrived: Q, last: int, at: datetime) -> None:
    """Of what is still a sender's at its end: what has arrived is sent, the last in doubt, and the rest waits again."""
    tried = {"taken_by": None, "attempts": F("attempts") + 1}
    theirs.filter(arrived).update(state=State.SENT, sent_at=at, **tried)
    theirs.filter(pk=last).update(state=State.UNKNOWN, problem=STOPPED, **tried)
    theirs.update(state=State.PENDING, taken_by=None)


@dataclass
class Lease:
    """One sender's hold on a batch: which mail is on its way, and in the end which have arrived."""

    sender_id: uuid.UUID
    arrived: list[int] = field(default_factory=list)
    last: int = 0

    def begin(self, mail: Mail, now: datetime) -> bool:
        """Note, in a commit of its own, that this one leaves now and that all before have been dealt with.

        False if the batch was taken away, if the mail is gone, or if all it tells was answered since it was written.
        """
        # A mail that carries no notices is joined to none, and so to none that was answered.
        leaving = Mail.objects.filter(pk=mail.pk, taken_by=self.sender_id, notices__settled_at=None)
        sender = Sender.objects.filter(Exists(leaving), pk=self.sender_id)
        leaves = sender.update(on_its_way=mail.pk, lease_until=now + LEASE)
        if leaves:
            self.last = mail.pk
        return bool(leaves)

    def end(self, now: datetime) -> None:
        """Note which have arrived, and free what was not begun; unless the lease ran out and others did so."""
        with transaction.atomic():
            # First, because whoever settles it as stopped holds this row, and leaves no mail to it.
            Sender.objects.filter(pk=self.sender_id).delete()
            _settle(Mail.objects.filter(taken_by=self.sender_id), Q(pk__in=self.arrived), self.last, now)

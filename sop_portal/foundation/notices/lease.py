"""Whose a waiting mail is: batches under a lease, one mail at a time on its way, and what a crash leaves in doubt.

A sender notes which mail leaves next, and only when the one before has been dealt with. So whatever is killed, the
sender or the database, it leaves the last one noted in doubt; those before have arrived, and the rest is free when the
lease is over.
"""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from sop_portal.foundation.notices.models import Mail, Sender

LEASE = timedelta(minutes=5)
FIELDS = ("subject", "text", "attempts", "digest_on", "taken_by")
STOPPED = gettext_noop("The sender stopped between sending and noting it.")
S = Mail.State

# Once per mail, so the only statement here that is written by hand: planning it costs more than running it.
BEGIN = """
UPDATE notices_sender SET on_its_way = %(mail)s, lease_until = %(lease)s
WHERE id = %(me)s AND EXISTS (SELECT 1 FROM notices_mail WHERE id = %(mail)s AND taken_by_id = %(me)s) AND (
  SELECT count(*) = 0 OR count(*) > count(settled_at) FROM notices_notice WHERE mail_id = %(mail)s
)
"""
TYPES = {"mail": "bigint", "me": "uuid", "lease": "timestamptz"}
SENDER: Any = Sender._meta.pk
UNTIL: Any = Sender._meta.get_field("lease_until")


def claim(at: datetime, most: int) -> list[Mail]:
    """Take waiting mails under a lease, in the order they leave in; whoever comes second skips them."""
    _settle_stopped(at)
    with transaction.atomic():
        free = Mail.objects.filter(state=S.PENDING, next_try_at__lte=at).order_by("next_try_at", "pk")
        found = list(free.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
        if not found:
            return []
        me = Sender.objects.create(lease_until=at + LEASE)
        Mail.objects.filter(pk__in=found, state=S.PENDING).update(state=S.SENDING, taken_by=me)
    taken = Mail.objects.filter(taken_by=me).select_related("person").order_by("pk")
    return list(taken.only(*FIELDS, "person__email", "person__name", "person__language"))


@transaction.atomic
def _settle_stopped(at: datetime) -> None:
    """What senders had begun that stopped: all before the last have arrived."""
    # A lease far ahead is that of a clock gone wrong: nobody waits for years.
    over = Q(lease_until__lt=at) | Q(lease_until__gt=at + 2 * LEASE)
    for sender in Sender.objects.filter(over).select_for_update(skip_locked=True):
        last = sender.on_its_way or 0
        _settle(Mail.objects.filter(taken_by=sender), Q(pk__lt=last), last, sender.lease_until - LEASE)
        sender.delete()


def _settle(theirs: "QuerySet[Mail]", arrived: Q, last: int, at: datetime) -> None:
    """Of what is still a sender's at its end: what has arrived is sent, the last in doubt, and the rest waits again."""
    tried = {"taken_by": None, "attempts": F("attempts") + 1}
    theirs.filter(arrived).update(state=S.SENT, sent_at=at, **tried)
    theirs.filter(pk=last).update(state=S.UNKNOWN, problem=STOPPED, **tried)
    theirs.update(state=S.PENDING, taken_by=None)


@dataclass
class Marks:
    """Notes which mail of a batch is on its way, and in the end which have arrived."""

    sender_id: uuid.UUID
    arrived: list[int] = field(default_factory=list)
    last: int = 0
    statement: str = field(init=False, default=BEGIN)

    def __post_init__(self) -> None:
        """A thread waits for the disk; PostgreSQL plans the statement once for a batch."""
        self._waits, self._cursor = ThreadPoolExecutor(1, "marks"), connection.cursor()
        if connection.vendor == "postgresql":
            planned = BEGIN % {name: f"${place}" for place, name in enumerate(TYPES, 1)}
            self._run(f"PREPARE {self._name} ({', '.join(TYPES.values())}) AS {planned}")
            values = ", ".join(f"%({name})s" for name in TYPES)
            self.statement = f"EXECUTE {self._name} ({values})"

    def begin(self, mail: Mail, now: datetime) -> Callable[[], bool]:
        """Note that this one leaves now, and that all before have been dealt with; the answer comes when asked for.

        False if the batch was taken away, if the mail is gone, or if all it tells was answered since it was written.
        """
        me, until = (field.get_db_prep_value(value, connection) for field, value in
                     ((SENDER, self.sender_id), (UNTIL, now + LEASE)))  # fmt: skip
        values = {"mail": mail.pk, "me": me, "lease": until}
        noted = self._waits.submit(self._run, self.statement, values)

        def may_leave() -> bool:
            if leaves := noted.result():
                self.last = mail.pk
            return leaves

        return may_leave

    def end(self, now: datetime) -> None:
        """Note which have arrived, and free what was not begun; unless the lease ran out and others did so."""
        self._waits.shutdown()
        with transaction.atomic():
            # First, because whoever settles it as stopped holds this row, and leaves no mail to it.
            Sender.objects.filter(pk=self.sender_id).delete()
            _settle(Mail.objects.filter(taken_by=self.sender_id), Q(pk__in=self.arrived), self.last, now)
        if self.statement != BEGIN:
            self._run(f"DEALLOCATE {self._name}")
        self._cursor.close()

    @property
    def _name(self) -> str:
        return f"begin_{self.sender_id}".replace("-", "")

    def _run(self, statement: str, values: dict[str, Any] | None = None) -> bool:
        self._cursor.execute(statement, values)
        return bool(self._cursor.rowcount)

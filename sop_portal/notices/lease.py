"""Whose a waiting mail is: batches under a lease, one mail at a time on its way, and what a crash leaves in doubt.

A sender marks each mail before it leaves, and only when the one before has been dealt with. So whatever is killed, the
sender or the database, it leaves the last one marked in doubt; those before have arrived, and the rest is free when the
lease is over.
"""

import uuid
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_noop

from sop_portal.notices.models import Mail

LEASE = timedelta(minutes=5)
STOPPED = gettext_noop("The sender stopped between sending and noting it.")
S = Mail.State

# Once per mail, so the only statement here that is written by hand: planning it costs more than running it.
BEGIN = """
UPDATE notices_mail SET state = 'sending', lease_until = %(lease)s
WHERE id = %(mail)s AND state = 'pending' AND taken_by = %(me)s AND (
  SELECT count(*) = 0 OR count(*) > count(settled_at) FROM notices_notice WHERE mail_id = %(mail)s
)
"""
TYPES = {"mail": "bigint", "me": "uuid", "lease": "timestamptz"}


def claim(at: datetime, most: int) -> list[Mail]:
    """Take waiting mails under a lease; whoever comes second skips them."""
    over, me = Q(lease_until__lt=at), uuid.uuid4()
    _settle_stopped(over)
    with transaction.atomic():
        free = Mail.objects.filter(Q(lease_until=None) | over, state=S.PENDING, next_try_at__lte=at)
        rows = free.order_by("next_try_at", "pk").select_for_update(skip_locked=True)[:most]
        taken = Mail.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
        taken.filter(state=S.PENDING).update(lease_until=at + LEASE, taken_by=me)
    return list(taken.filter(taken_by=me).select_related("person").order_by("next_try_at", "pk"))


def _settle_stopped(over: Q) -> None:
    """What a sender that stopped had marked: the last is unknown, those before have arrived."""
    marked = Mail.objects.filter(over, state=S.SENDING)
    later = Mail.objects.filter(taken_by=OuterRef("taken_by"), state=S.SENDING, lease_until__gt=OuterRef("lease_until"))
    marked.filter(Exists(later)).update(
        state=S.SENT, sent_at=F("lease_until") - LEASE, lease_until=None, attempts=F("attempts") + 1
    )
    marked.update(state=S.UNKNOWN, lease_until=None, taken_by=None, problem=STOPPED)


@dataclass
class Marks:
    """Notes which mail of a batch is on its way, and in the end which have arrived."""

    taken_by: uuid.UUID | None
    pks: list[int]
    arrived: list[int] = field(default_factory=list)
    statement: str = field(init=False, default=BEGIN)
    waits: ThreadPoolExecutor = field(init=False, default_factory=lambda: ThreadPoolExecutor(1, "marks"))

    def __post_init__(self) -> None:
        """PostgreSQL plans the statement once for a batch."""
        if connections["default"].vendor == "postgresql":
            planned = BEGIN % {name: f"${place}" for place, name in enumerate(TYPES, 1)}
            self._run(f"PREPARE {self._name} ({', '.join(TYPES.values())}) AS {planned}")
            values = ", ".join(f"%({name})s" for name in TYPES)
            self.statement = f"EXECUTE {self._name} ({values})"

    def begin(self, mail: Mail, now: datetime) -> Future[bool]:
        """Note that this one leaves now, and that all before have been dealt with. A thread waits for the disk.

        False if it was taken away, or if all it tells was answered since it was written: then it is withdrawn later.
        """
        lease: Any = Mail._meta.get_field("lease_until")
        sender: Any = Mail._meta.get_field("taken_by")
        until = lease.get_db_prep_value(now + LEASE, connections["default"])
        me = sender.get_db_prep_value(self.taken_by, connections["default"])
        cursor = connections["default"].cursor()

        def mark() -> bool:
            with cursor:
                cursor.execute(self.statement, {"mail": mail.pk, "me": me, "lease": until})
                return bool(cursor.rowcount)

        return self.waits.submit(mark)

    def end(self, now: datetime) -> None:
        """Note which have arrived, and free what was not begun."""
        self.waits.shutdown()
        mine = Mail.objects.filter(taken_by=self.taken_by)
        mine.filter(pk__in=self.arrived, state=S.SENDING).update(
            state=S.SENT, sent_at=now, lease_until=None, attempts=F("attempts") + 1
        )
        mine.filter(pk__in=self.pks, state=S.PENDING).update(lease_until=None, taken_by=None)
        if self.statement != BEGIN:
            self._run(f"DEALLOCATE {self._name}")

    @property
    def _name(self) -> str:
        return f"begin_{self.taken_by}".replace("-", "")

    def _run(self, statement: str) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute(statement)

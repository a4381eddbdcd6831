"""The outbox: mails wait as rows, leave under a lease, one at a time, and are never sent twice by themselves."""

import logging
import smtplib
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connections, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from sop_portal.kit.refusals import NotYours
from sop_portal.notices import letters
from sop_portal.notices.letters import Letter
from sop_portal.notices.models import Mail, Notice
from sop_portal.notices.post import InDoubt, Refused, Written, hand_over, write_out
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.models import User
from sop_portal.organisation.roles import Can

LEASE = timedelta(minutes=5)
# A batch is given back after this long, well before its lease runs out.
LONGEST_BATCH = timedelta(minutes=2)
# Whoever is sent to a slow server for longer is done for now: the next ring goes on, well before a worker is stopped.
LONGEST_RUN = timedelta(minutes=2)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]
SERVER_AWAY = PAUSES[1]
OUTCOMES = ("sent", "failed", "later", "unknown", "withdrawn")
S = Mail.State
logger = logging.getLogger(__name__)


@dataclass
class Batch:
    """The mails one sender took, and how far it is."""

    mails: list[Mail]
    at: datetime
    notices: dict[int, list[Notice]] = field(default_factory=dict)
    owed: dict[int, list[Notice]] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    began: float = field(default_factory=time.monotonic)
    previous: Mail | None = None

    @property
    def now(self) -> datetime:
        """The moment it was taken and what has passed since."""
        return self.at + timedelta(seconds=time.monotonic() - self.began)

    @property
    def has_time(self) -> bool:
        """Whether another mail may be begun under this lease."""
        return time.monotonic() - self.began < LONGEST_BATCH.total_seconds()


def claim(at: datetime, most: int) -> list[Mail]:
    """Take waiting mails under a lease; whoever comes second skips them. What was on its way in a crash is unknown."""
    over = Q(lease_until__lt=at)
    Mail.objects.filter(over, state=S.SENDING).update(
        state=S.UNKNOWN, lease_until=None, taken_by=None, problem="The sender stopped between sending and noting it."
    )
    me = uuid.uuid4()
    with transaction.atomic():
        free = Mail.objects.filter(Q(lease_until=None) | over, state=S.PENDING, next_try_at__lte=at)
        rows = free.order_by("next_try_at", "pk").select_for_update(skip_locked=True)[:most]
        taken = Mail.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))
        taken.filter(state=S.PENDING).update(lease_until=at + LEASE, taken_by=me)
    return list(taken.filter(taken_by=me).select_related("person").order_by("next_try_at", "pk"))


def send_batches(*, at: datetime, most: int = 10_000, longest: timedelta = LONGEST_RUN) -> dict[str, int]:
    """Send batch after batch until nothing waits, so many are through, or it took so long. Time goes on."""
    began, done = time.monotonic(), dict.fromkeys(OUTCOMES, 0)
    while sum(done.values()) < most and (passed := timedelta(seconds=time.monotonic() - began)) < longest:
        batch = send_waiting(at=at + passed, most=min(100, most - sum(done.values())))
        if not sum(batch.values()):
            break
        done = {name: done[name] + batch[name] for name in done}
    return done


def send_waiting(*, at: datetime, most: int = 100) -> dict[str, int]:
    """Send what waits over one connection; one bad address never holds up the others."""
    mails = claim(at, most)
    batch = Batch(mails, at)
    if not mails:
        return batch.done
    _read_contents(batch)
    connection = get_connection()
    try:
        _send_all(batch, connection)
    finally:
        _note_sent(batch)
        untouched = Mail.objects.filter(pk__in=[m.pk for m in mails], taken_by=mails[0].taken_by, state=S.PENDING)
        untouched.update(lease_until=None, taken_by=None)
        connection.close()
    return batch.done


def _read_contents(batch: Batch) -> None:
    """What each mail carries and what else its reader owes, in two queries."""
    for notice in Notice.objects.filter(mail__in=batch.mails).order_by("due_on", "pk"):
        batch.notices.setdefault(notice.mail_id or 0, []).append(notice)
    people = {mail.person_id for mail in batch.mails}
    for notice in Notice.objects.owed().filter(person_id__in=people):
        batch.owed.setdefault(notice.person_id, []).append(notice)


def _send_all(batch: Batch, connection: BaseEmailBackend) -> None:
    """One mail after the other; while the server thinks, the next ones are written."""
    with ThreadPoolExecutor(1, "letters") as desk:
        written = [desk.submit(_write, batch, mail) for mail in batch.mails]
        for place, mail in enumerate(batch.mails):
            if not batch.has_time:
                break
            try:
                connection.open()
            except (OSError, smtplib.SMTPException) as problem:
                batch.done["later"] += _wait_for_server(batch.mails[place:], problem, batch.at)
                break
            _send_one(batch, mail, written[place], connection)
        desk.shutdown(wait=False, cancel_futures=True)


def _write(batch: Batch, mail: Mail) -> Written | None:
    """The mail as it leaves; None when everything it would tell is answered by now. No database here."""
    carried = batch.notices.get(mail.pk, [])
    still = [notice for notice in carried if notice.settled_at is None]
    if carried and not still:
        return None
    letter = Letter(mail.subject, mail.text, "")
    if still:
        letter = letters.compose(mail, still, batch.owed.get(mail.person_id, []), batch.at)
    return write_out(mail, letter, settings.DEFAULT_FROM_EMAIL)


def _send_one(batch: Batch, mail: Mail, desk: Future[Written | None], connection: BaseEmailBackend) -> None:
    try:
        written = desk.result()
    except Exception as problem:
        logger.warning("Mail %s cannot be written: %s", mail.pk, problem)
        _end(batch, mail, S.FAILED, problem)
        return
    if written is None:
        _end(batch, mail, S.WITHDRAWN)
    elif _begin(batch, mail):
        _hand_over(batch, mail, written, connection)


def _hand_over(batch: Batch, mail: Mail, written: Written, connection: BaseEmailBackend) -> None:
    try:
        hand_over(written, connection)
    except InDoubt as problem:
        _end(batch, mail, S.UNKNOWN, problem)
        connection.close()
    except (Refused, ValueError, OSError, smtplib.SMTPException) as problem:
        batch.done[_put_back(mail, problem, batch.at)] += 1
        if not isinstance(problem, Refused | ValueError):
            connection.close()
    else:
        batch.previous = mail
        batch.done["sent"] += 1


# Once per mail, so the only statement here that is written by hand: building it would cost more than running it.
BEGIN = """
UPDATE notices_mail SET
  state = CASE WHEN id = %(before)s THEN 'sent' ELSE 'sending' END,
  sent_at = CASE WHEN id = %(before)s THEN %(now)s ELSE NULL END,
  lease_until = CASE WHEN id = %(before)s THEN NULL ELSE %(lease)s END,
  attempts = CASE WHEN id = %(before)s THEN attempts + 1 ELSE attempts END
WHERE (id = %(before)s AND state = 'sending') OR (
  id = %(next)s AND state = 'pending' AND taken_by = %(me)s AND (
    EXISTS (SELECT 1 FROM notices_notice WHERE mail_id = notices_mail.id AND settled_at IS NULL)
    OR NOT EXISTS (SELECT 1 FROM notices_notice WHERE mail_id = notices_mail.id)
  )
)
"""


def _begin(batch: Batch, mail: Mail) -> bool:
    """Note that the mail before has arrived and that this one is on its way, at once.

    False if it was taken away, or if everything it tells was answered since it was written: then it is withdrawn later.
    """
    before, now = batch.previous.pk if batch.previous else 0, batch.now
    moments = {name: Mail._meta.get_field("sent_at").get_db_prep_value(at, connections["default"])
               for name, at in (("now", now), ("lease", now + LEASE))}  # fmt: skip
    me = Mail._meta.get_field("taken_by").get_db_prep_value(mail.taken_by, connections["default"])
    with connections["default"].cursor() as cursor:
        cursor.execute(BEGIN, moments | {"before": before, "next": mail.pk, "me": me})
        changed = cursor.rowcount
    batch.previous = None
    if changed == (2 if before else 1):
        return True
    return Mail.objects.filter(pk=mail.pk, state=S.SENDING, taken_by=mail.taken_by).exists()


def _note_sent(batch: Batch) -> None:
    """Note that the last mail arrived."""
    if batch.previous is not None:
        Mail.objects.filter(pk=batch.previous.pk, state=S.SENDING).update(
            state=S.SENT, sent_at=batch.now, lease_until=None, attempts=F("attempts") + 1
        )
        batch.previous = None


def _still_ours(mail: Mail) -> QuerySet[Mail]:
    """The mail, unless its lease ran out and somebody else took it or found it unknown."""
    return Mail.objects.filter(pk=mail.pk, taken_by=mail.taken_by, state__in=[S.PENDING, S.SENDING])


def _end(batch: Batch, mail: Mail, state: str, problem: Exception | str = "") -> None:
    batch.done[str(state)] += 1
    _still_ours(mail).update(
        state=state, lease_until=None, taken_by=None, attempts=F("attempts") + 1, problem=str(problem)[:300]
    )


def _wait_for_server(mails: Sequence[Mail], problem: Exception, at: datetime) -> int:
    """The server is away: that is no failed attempt of any mail, however long it lasts."""
    ours = Mail.objects.filter(pk__in=[mail.pk for mail in mails], taken_by=mails[0].taken_by, state=S.PENDING)
    return ours.update(next_try_at=at + SERVER_AWAY, lease_until=None, taken_by=None, problem=str(problem)[:300])


def _put_back(mail: Mail, problem: Exception, at: datetime) -> str:
    for_good = isinstance(problem, ValueError) or (isinstance(problem, Refused) and problem.is_for_good)
    over = for_good or mail.attempts >= len(PAUSES)
    _still_ours(mail).update(
        state=S.FAILED if over else S.PENDING,
        next_try_at=at if over else at + PAUSES[mail.attempts],
        attempts=mail.attempts + 1,
        lease_until=None,
        taken_by=None,
        problem=str(problem)[:300],
    )
    return "failed" if over else "later"


def send_again(mail: Mail, *, by: User, at: datetime) -> None:
    """Put a failed or unknown mail back in the queue, by hand."""
    if not Actor.of(by, at).may(Can.KEEP_MAIL):
        raise NotYours(_("Only the administrator may send a mail again."))
    Mail.objects.filter(pk=mail.pk, state__in=[S.FAILED, S.UNKNOWN]).update(
        state=S.PENDING, next_try_at=at, attempts=0, problem=""
    )

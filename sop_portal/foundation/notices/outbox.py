"""The outbox: mails wait as rows, leave under a lease, one at a time, and are never sent twice by themselves."""

import logging
import smtplib
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.notices import letters
from sop_portal.foundation.notices.lease import Marks, claim
from sop_portal.foundation.notices.letters import Letter, Saying
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.notices.post import InDoubt, Refused, hand_over
from sop_portal.foundation.notices.written import Written, write_out
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can

BATCH = 200
# A batch is given back after this long, well before its lease runs out.
LONGEST_BATCH = timedelta(minutes=2)
# Whoever is sent to a slow server for longer is done for now: the next ring goes on, well before a worker is stopped.
LONGEST_RUN = timedelta(minutes=2)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]
SERVER_AWAY = PAUSES[1]
WHOSE, SAID = ("mail_id", "person_id", "is_asked", "settled_at"), ("texts", "due_on", "quote", "link")
OUTCOMES = ("sent", "failed", "later", "unknown", "withdrawn")
S = Mail.State
logger = logging.getLogger(__name__)


@dataclass
class Batch:
    """The mails one sender took, and how far it is."""

    mails: list[Mail]
    at: datetime
    carried: set[int] = field(default_factory=set)
    told: dict[int, list[Saying]] = field(default_factory=dict)
    owed: dict[int, list[Saying]] = field(default_factory=dict)
    written: dict[int, Written | Exception | None] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Have marks for the mails, and a desk at which they are written one after the other."""
        self.marks = Marks(cast(uuid.UUID, self.mails[0].taken_by_id))
        self.desk = write_ahead(self)

    @property
    def now(self) -> datetime:
        """The moment it was taken and what has passed since."""
        return self.at + timedelta(seconds=time.monotonic() - self.began)

    @property
    def has_time(self) -> bool:
        """Whether another mail may be begun under this lease."""
        return time.monotonic() - self.began < LONGEST_BATCH.total_seconds()


def send_batches(*, at: datetime, most: int = 10_000, longest: timedelta = LONGEST_RUN) -> dict[str, int]:
    """Send batch after batch until nothing waits, so many are through, or it took so long. Time goes on."""
    began, done = time.monotonic(), dict.fromkeys(OUTCOMES, 0)
    while sum(done.values()) < most and (passed := timedelta(seconds=time.monotonic() - began)) < longest:
        batch = send_waiting(at=at + passed, most=min(BATCH, most - sum(done.values())))
        if not sum(batch.values()):
            break
        done = {name: done[name] + batch[name] for name in done}
    return done


def send_waiting(*, at: datetime, most: int = BATCH) -> dict[str, int]:
    """Send what waits over one connection; one bad address never holds up the others."""
    mails = claim(at, most)
    if not mails:
        return dict.fromkeys(OUTCOMES, 0)
    batch, connection = Batch(mails, at), get_connection()
    try:
        _read_contents(batch)
        _send_all(batch, connection)
    finally:
        batch.marks.end(batch.now)
        connection.close()
    return batch.done


def _read_contents(batch: Batch) -> None:
    """What each mail carries and what else its reader owes, in one query."""
    mails, people = {mail.pk for mail in batch.mails}, {mail.person_id for mail in batch.mails}
    owed = Q(person_id__in=people, is_asked=True, settled_at__isnull=True)
    asked = Notice.objects.filter(owed | Q(mail_id__in=mails)).order_by(F("due_on").asc(nulls_last=True), "pk")
    for mail, person, is_asked, settled_at, *said in asked.values_list(*WHOSE, *SAID):
        saying = Saying(*said)
        if mail in mails:
            batch.carried.add(mail)
            if settled_at is None:
                batch.told.setdefault(mail, []).append(saying)
        if is_asked and settled_at is None:
            batch.owed.setdefault(person, []).append(saying)


def write_ahead(batch: Batch) -> Iterator[None]:
    """Write the mails one after the other, in steps as short as the waits for a mail server. No database here."""
    for mail in batch.mails:
        try:
            letter = _letter(batch, mail)
            yield
            batch.written[mail.pk] = _written(letter, mail) if letter else None
        except SoftTimeLimitExceeded:
            raise
        except Exception as problem:
            logger.warning("Mail %s cannot be written: %s", mail.pk, problem)
            batch.written[mail.pk] = problem
        yield


def _written(letter: Letter, mail: Mail) -> Written:
    sender = settings.DEFAULT_FROM_EMAIL
    return write_out(letter, sender=sender, recipient=mail.person.email, message_id=mail.message_id)


def _letter(batch: Batch, mail: Mail) -> Letter | None:
    """The mail as it leaves; None when everything it would tell is answered by now."""
    if told := batch.told.get(mail.pk):
        return letters.compose(mail, told, batch.owed.get(mail.person_id, []), batch.at)
    return None if mail.pk in batch.carried else Letter(mail.subject, mail.text, "")


def _send_all(batch: Batch, connection: BaseEmailBackend) -> None:
    """One mail after the other; while the server is busy with one, the next is written."""
    for place, mail in enumerate(batch.mails):
        if not batch.has_time:
            break
        try:
            connection.open()
        except (OSError, smtplib.SMTPException) as problem:
            batch.done["later"] += _wait_for_server(batch.mails[place:], problem, batch.at)
            break
        while mail.pk not in batch.written:
            next(batch.desk)
        _send_one(batch, mail, batch.written.pop(mail.pk), connection)


def _send_one(batch: Batch, mail: Mail, written: Written | Exception | None, connection: BaseEmailBackend) -> None:
    if written is None or isinstance(written, Exception):
        _end(batch, mail, S.FAILED if written else S.WITHDRAWN, written or "")
        return
    try:
        left = hand_over(
            written, connection, lambda: batch.marks.begin(mail, batch.now), lambda: next(batch.desk, None)
        )
    except InDoubt as problem:
        _end(batch, mail, S.UNKNOWN, problem)
        connection.close()
    except (Refused, ValueError, OSError, smtplib.SMTPException) as problem:
        batch.done[_put_back(mail, problem, batch.at)] += 1
        if problem.hung_up if isinstance(problem, Refused) else not isinstance(problem, ValueError):
            connection.close()
    else:
        if left:
            batch.marks.arrived.append(mail.pk)
            batch.done["sent"] += 1
        else:
            _end(batch, mail, S.WITHDRAWN)
            connection.close()


def _still_ours(mail: Mail) -> QuerySet[Mail]:
    """The mail, unless its lease ran out and somebody else took it or found it unknown."""
    return Mail.objects.filter(pk=mail.pk, taken_by=mail.taken_by_id)


def _end(batch: Batch, mail: Mail, state: str, problem: Exception | str = "") -> None:
    batch.done[str(state)] += _still_ours(mail).update(
        state=state, taken_by=None, attempts=F("attempts") + 1, problem=str(problem)[:300]
    )


def _wait_for_server(mails: Sequence[Mail], problem: Exception, at: datetime) -> int:
    """The server is away: that is no failed attempt of any mail, however long it lasts."""
    ours = Mail.objects.filter(pk__in=[mail.pk for mail in mails], taken_by=mails[0].taken_by_id)
    return ours.update(state=S.PENDING, next_try_at=at + SERVER_AWAY, taken_by=None, problem=str(problem)[:300])


def _put_back(mail: Mail, problem: Exception, at: datetime) -> str:
    for_good = isinstance(problem, ValueError) or (isinstance(problem, Refused) and problem.is_for_good)
    over = for_good or mail.attempts >= len(PAUSES)
    _still_ours(mail).update(
        state=S.FAILED if over else S.PENDING,
        next_try_at=at if over else at + PAUSES[mail.attempts],
        attempts=mail.attempts + 1,
        taken_by=None,
        problem=str(problem)[:300],
    )
    return "failed" if over else "later"


def send_again(mail: Mail, *, by: User, at: datetime) -> bool:
    """Put a failed or unknown mail back in the queue, by hand; whether it was one."""
    if not Actor.of(by, at).may(Can.KEEP_MAIL):
        raise NotYours(_("Only the administrator may send a mail again."))
    again = Mail.objects.filter(pk=mail.pk, state__in=[S.FAILED, S.UNKNOWN])
    return bool(again.update(state=S.PENDING, next_try_at=at, attempts=0, problem=""))

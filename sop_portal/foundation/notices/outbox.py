"""The outbox: mails wait as rows, leave under a lease, one at a time, and are never sent twice by themselves."""

import logging
import smtplib
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from celery.exceptions import SoftTimeLimitExceeded
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend
from django.db.models import F, Q, QuerySet

from sop_portal.foundation.notices import wording
from sop_portal.foundation.notices.lease import Lease, claim
from sop_portal.foundation.notices.models import Mail, Notice
from sop_portal.foundation.notices.wording import NoticeContent
from sop_portal.foundation.organisation.actor import Actor

BATCH = 200
# A batch is given back after this long, well before its lease runs out.
LONGEST_BATCH = timedelta(minutes=2)
# Whoever is sent to a slow server for longer is done for now: the next ring goes on, well before a worker is stopped.
LONGEST_RUN = timedelta(minutes=2)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]
SERVER_AWAY = PAUSES[1]
CARRIED_BY, CONTENT = (
    ("mail_id", "person_id", "pk", "kind", "is_asked", "settled_at"),
    ("texts", "due_on", "quote", "link", "calendar"),
)
OUTCOMES = ("sent", "failed", "later", "unknown", "withdrawn")
OK = 250
REFUSALS = range(400, 600)
FOR_GOOD = range(500, 600)
State = Mail.State
logger = logging.getLogger(__name__)


@dataclass
class Batch:
    """The mails one sender took, and how far it is."""

    mails: list[Mail]
    at: datetime
    carriers: set[int] = field(default_factory=set)
    contents: dict[int, list[NoticeContent]] = field(default_factory=dict)
    owed: dict[int, list[NoticeContent]] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Hold the lease under which the mails were taken."""
        self.lease = Lease(cast(uuid.UUID, self.mails[0].taken_by_id))

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
        batch.lease.end(batch.now)
        connection.close()
    return batch.done


def _read_contents(batch: Batch) -> None:
    """What each mail carries and what else its reader owes, in one query; for each reader as far as they may see it."""
    mails, people = {mail.pk for mail in batch.mails}, {mail.person_id for mail in batch.mails}
    owed = Q(person_id__in=people, is_asked=True, settled_at__isnull=True)
    asked = Notice.objects.filter(owed | Q(mail_id__in=mails)).oldest_first()
    rows = list(asked.values_list(*CARRIED_BY, *CONTENT))
    kinds: dict[int, dict[int, str]] = {}
    for _mail, person, pk, kind, *_rest in rows:
        kinds.setdefault(person, {})[pk] = kind
    hidden = _hidden_from_readers(batch, kinds)
    for mail, person, pk, _kind, is_asked, settled_at, *content in rows:
        notice = NoticeContent(*content)
        if mail in mails:
            batch.carriers.add(mail)
        if settled_at is not None or pk in hidden:
            continue
        if mail in mails:
            batch.contents.setdefault(mail, []).append(notice)
        if is_asked:
            batch.owed.setdefault(person, []).append(notice)


def _hidden_from_readers(batch: Batch, kinds: Mapping[int, Mapping[int, str]]) -> set[int]:
    """What was told of records that its reader may no longer see: a right that ended tells nothing more by mail."""
    hidden: set[int] = set()
    for person in {mail.person_id: mail.person for mail in batch.mails}.values():
        theirs, actor = kinds.get(person.pk, {}), Actor.of(person, batch.at)
        if theirs and not actor.sees_everything:
            seen = Notice.objects.filter(pk__in=theirs).visible_to(actor, {*theirs.values()})
            hidden |= theirs.keys() - {*seen.values_list("pk", flat=True)}
    return hidden


def _send_all(batch: Batch, connection: BaseEmailBackend) -> None:
    for place, mail in enumerate(batch.mails):
        if not batch.has_time:
            break
        try:
            _make_ready(connection)
        except OSError as problem:
            batch.done["later"] += _wait_for_server(batch.mails[place:], problem, batch.at)
            break
        _send_one(batch, mail, connection)


def _make_ready(connection: BaseEmailBackend) -> None:
    """Have a server that waits for a mail: greeted, or cleared of the mail before. One that hung up is called anew."""
    if not isinstance(connection, EmailBackend):
        connection.open()
        return
    if connection.connection and not _is_cleared(connection.connection):
        connection.close()
    if connection.open() and connection.connection:
        connection.connection.ehlo_or_helo_if_needed()


def _is_cleared(server: smtplib.SMTP) -> bool:
    try:
        return server.rset()[0] == OK
    except smtplib.SMTPException:
        return False


def _send_one(batch: Batch, mail: Mail, connection: BaseEmailBackend) -> None:
    """Send a mail, if there is still something to tell; only what a server refused in so many words has not arrived."""
    try:
        message = _message(batch, mail)
    except SoftTimeLimitExceeded:
        raise
    except Exception as problem:
        logger.warning("Mail %s cannot be written: %s", mail.pk, problem)
        _end(batch, mail, State.FAILED, str(problem))
        return
    if message is None or not batch.lease.begin(mail, batch.now):
        _end(batch, mail, State.WITHDRAWN)
        return
    try:
        connection.send_messages([message])
    except ValueError as problem:
        # An address or a subject that cannot be written: found before the server heard of it.
        _end(batch, mail, State.FAILED, str(problem))
    except OSError as problem:
        if answer := _refusal(problem):
            batch.done[_put_back(mail, *answer, batch.at)] += 1
        else:
            _end(batch, mail, State.UNKNOWN, str(problem))
            connection.close()
    else:
        batch.lease.arrived.append(mail.pk)
        batch.done["sent"] += 1


def _message(batch: Batch, mail: Mail) -> EmailMultiAlternatives | None:
    """The mail as it leaves; None when everything it would tell is answered by now."""
    if contents := batch.contents.get(mail.pk):
        return wording.compose(mail, contents, batch.owed.get(mail.person_id, []), batch.at)
    return None if mail.pk in batch.carriers else wording.message_of(mail, mail.subject, mail.text)


def _refusal(problem: OSError) -> tuple[int, str] | None:
    """Code and words with which a server did not take a mail; None where it may have taken it."""
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return _readable(*next(iter(problem.recipients.values())))
    if isinstance(problem, smtplib.SMTPSenderRefused):
        return _readable(problem.smtp_code, problem.smtp_error)
    if isinstance(problem, smtplib.SMTPDataError) and problem.smtp_code in REFUSALS:
        return _readable(problem.smtp_code, problem.smtp_error)
    return None


def _readable(code: int, words: bytes | str) -> tuple[int, str]:
    """A server's answer as a database can keep it."""
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return code, f"{code} {said}".replace("\0", "")


def _still_ours(mail: Mail) -> QuerySet[Mail]:
    """The mail, unless its lease ran out and somebody else took it or found it unknown."""
    return Mail.objects.filter(pk=mail.pk, taken_by=mail.taken_by_id)


def _end(batch: Batch, mail: Mail, state: str, problem: str = "") -> None:
    batch.done[str(state)] += _still_ours(mail).update(
        state=state, taken_by=None, attempts=F("attempts") + 1, problem=problem[:300]
    )


def _wait_for_server(mails: Sequence[Mail], problem: Exception, at: datetime) -> int:
    """The server is away: that is no failed attempt of any mail, however long it lasts."""
    ours = Mail.objects.filter(pk__in=[mail.pk for mail in mails], taken_by=mails[0].taken_by_id)
    return ours.update(state=State.PENDING, next_try_at=at + SERVER_AWAY, taken_by=None, problem=str(problem)[:300])


def _put_back(mail: Mail, code: int, problem: str, at: datetime) -> str:
    """A refused mail fails for good, or waits until it was refused too often; which of the two."""
    over = code in FOR_GOOD or mail.attempts >= len(PAUSES)
    _still_ours(mail).update(
        state=State.FAILED if over else State.PENDING,
        next_try_at=at if over else at + PAUSES[mail.attempts],
        attempts=mail.attempts + 1,
        taken_by=None,
        problem=problem[:300],
    )
    return "failed" if over else "later"

"""Telling people, and sending the mails that wait."""

import smtplib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from sop_portal.kit.refusals import NotYours
from sop_portal.notices.models import Mail, Notice
from sop_portal.organisation.actor import Actor
from sop_portal.organisation.models import User
from sop_portal.organisation.roles import Can

LANGUAGES = ("en", "zh-hans")
LEASE = timedelta(minutes=5)
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720)]


def tell(
    people: Iterable[User],
    sentence: Callable[[], str],
    *,
    kind: str,
    record_id: int,
    verb: str,
    link: str,
    at: datetime,
    quote: str = "",
) -> list[Notice]:
    """Leave a notice and a mail for each person, in the same transaction as what they are told about."""
    texts = {}
    for language in LANGUAGES:
        with translation.override(language):
            texts[language] = str(sentence())
    told = {person.pk: person for person in people if person.is_active}
    notices = Notice.objects.bulk_create(
        Notice(person=p, at=at, kind=kind, record_id=record_id, verb=verb, link=link, texts=texts, quote=quote)
        for p in told.values()
    )
    Mail.objects.bulk_create(_mail(notice, told[notice.person_id], at) for notice in notices)
    return notices


def _mail(notice: Notice, person: User, at: datetime) -> Mail:
    with translation.override(person.language):
        text = _("Hello %(name)s,") % {"name": person.name} + "\n\n" + notice.text + "\n"
        if notice.quote:
            text += f"\n> {notice.quote}\n".replace("\r", "")
        text += "\n" + settings.BASE_URL + notice.link + "\n"
        subject = notice.text.splitlines()[0][:180]
    return Mail(person=person, notice=notice, subject=subject, text=text, made_at=at, next_try_at=at)


def read(person: User, *, at: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark one's notices as read, all or the named ones."""
    mine = Notice.objects.filter(person=person).unread()
    return (mine if ids is None else mine.filter(pk__in=list(ids))).update(read_at=at)


def claim(at: datetime, most: int) -> list[Mail]:
    """Take waiting mails under a lease. A lease that ran out means a crash in between: its fate is unknown."""
    Mail.objects.filter(state=Mail.State.SENDING, lease_until__lt=at).update(
        state=Mail.State.UNKNOWN, lease_until=None, problem="The sender stopped between sending and noting it."
    )
    with transaction.atomic():
        waiting = Mail.objects.filter(state=Mail.State.PENDING, next_try_at__lte=at).order_by("pk")
        rows = list(waiting.select_for_update(skip_locked=True)[:most].values_list("pk", flat=True))
        Mail.objects.filter(pk__in=rows, state=Mail.State.PENDING).update(
            state=Mail.State.SENDING, lease_until=at + LEASE
        )
    return list(Mail.objects.filter(pk__in=rows).select_related("person").order_by("pk"))


def send_waiting(*, at: datetime, most: int = 100) -> dict[str, int]:
    """Send what waits over one connection; one bad address never holds up the others."""
    done = {"sent": 0, "failed": 0, "later": 0}
    mails = claim(at, most)
    if not mails:
        return done
    connection = get_connection()
    for mail in mails:
        done[_send(mail, connection, at)] += 1
    connection.close()
    return done


def _send(mail: Mail, connection: BaseEmailBackend, at: datetime) -> str:
    message = EmailMessage(
        mail.subject, mail.text, to=[mail.person.email], connection=connection, headers={"Message-ID": mail.message_id}
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as problem:
        return _put_back(mail, problem, at)
    Mail.objects.filter(pk=mail.pk).update(
        state=Mail.State.SENT, sent_at=at, lease_until=None, attempts=mail.attempts + 1
    )
    return "sent"


def _put_back(mail: Mail, problem: Exception, at: datetime) -> str:
    over = mail.attempts >= len(PAUSES) or isinstance(problem, smtplib.SMTPRecipientsRefused)
    Mail.objects.filter(pk=mail.pk).update(
        state=Mail.State.FAILED if over else Mail.State.PENDING,
        next_try_at=at if over else at + PAUSES[mail.attempts],
        attempts=mail.attempts + 1,
        lease_until=None,
        problem=str(problem)[:300],
    )
    return "failed" if over else "later"


def send_again(mail: Mail, *, by: User, at: datetime) -> None:
    """Put a failed or unknown mail back in the queue, by hand."""
    if not Actor.of(by, at).may(Can.KEEP_MAIL):
        raise NotYours(_("Only the administrator may send a mail again."))
    Mail.objects.filter(pk=mail.pk, state__in=[Mail.State.FAILED, Mail.State.UNKNOWN]).update(
        state=Mail.State.PENDING, next_try_at=at, attempts=0, problem=""
    )

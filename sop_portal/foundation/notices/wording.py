"""What a mail says, in its reader's language: what happened or is due, the link to it, and what else is owed."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.models import User

MOST_OWED = 10
LONGEST_SUBJECT, LONGEST_OF_SEVERAL = 180, 140
# What a cut leaves of a word or a number; Chinese signs are words of their own.
BROKEN_WORD = re.compile(r"[^\s\u2e80-\u9fff\uff00-\uffef]+$")


@dataclass(frozen=True)
class NewNotice:
    """One sentence to one person about one record, before it is written down."""

    person: User
    texts: dict[str, str]
    kind: str
    record_id: int
    verb: str
    link: str
    quote: str = ""
    calendar: str = ""
    is_deadline: bool = False
    is_asked: bool = False
    due_on: date | None = None
    since_on: date | None = None


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """The parts of a notice that a mail is written from."""

    texts: dict[str, str]
    due_on: date | None
    quote: str
    link: str
    calendar: str = ""


@dataclass(frozen=True)
class Paragraph:
    """One thing a mail tells: the sentence, until when, what somebody wrote about it, and its link."""

    sentence: str
    due: str
    quote: str
    link: str
    when: str = ""


def waiting_text(notice: NewNotice) -> tuple[str, str]:
    """Subject and text of a mail while it waits in the outbox; a reminder is written when it leaves."""
    person = notice.person
    sentence = notice.texts.get(person.language, notice.texts["en"])
    if notice.is_deadline:
        return subject_of(sentence), ""
    with translation.override(person.language):
        paragraph = Paragraph(sentence, "", notice.quote.replace("\r", ""), settings.BASE_URL + notice.link)
        return subject_of(sentence), as_text(person.name, [paragraph], [], "")


def subject_of(sentence: str) -> str:
    """A sentence as a subject: one line, whatever somebody typed into it."""
    lines = sentence.splitlines()
    return shortened(lines[0], LONGEST_SUBJECT) if lines else ""


def shortened(text: str, most: int) -> str:
    """A text of at most so many signs, cut behind a word or between two Chinese signs, never inside a number."""
    if len(text) <= most:
        return text
    kept = text[: most - 1]
    whole = BROKEN_WORD.sub("", kept) if BROKEN_WORD.match(text[most - 1]) else kept
    return f"{(whole or kept).rstrip(' ,;:，、；：')}…"


def daily_subject(person: User, on: date) -> str:
    """The subject of the daily mail."""
    with translation.override(person.language):
        return _("SOP Portal, %(day)s") % {"day": formats.day(on)}


def compose(
    mail: Mail, notices: Sequence[NoticeContent], owed: Collection[NoticeContent], at: datetime
) -> EmailMultiAlternatives:
    """The mail as it leaves: what it carries, then what else the person owes."""
    person, today = mail.person, localdate(at)
    with translation.override(person.language):
        carried = [paragraph(notice, today, person.language) for notice in notices]
        also = [paragraph(notice, today, person.language) for notice in _others(notices, owed)]
        rest = _rest(len(also) - MOST_OWED) if len(also) > MOST_OWED else ""
        message = message_of(
            mail,
            mail.subject if mail.digest_on else subject_for(carried),
            as_text(person.name, carried, also[:MOST_OWED], rest),
        )
        context = {
            "name": person.name,
            "carried": carried,
            "also": also[:MOST_OWED],
            "rest": rest,
            "language": person.language,
            "base_url": settings.BASE_URL,
            "colon": formats.COLON[formats.language_code()],
        }
        message.attach_alternative(render_to_string("notices/mail.html", context), "text/html")
        attach_appointments(message, notices)
    return message


def attach_appointments(message: EmailMultiAlternatives, notices: Sequence[NoticeContent]) -> None:
    """Attach what the reader's calendar is to know; a single appointment is offered as one when the mail is opened."""
    found = [notice.calendar for notice in notices if notice.calendar]
    for calendar in found:
        method = "CANCEL" if "METHOD:CANCEL" in calendar else "REQUEST"
        if len(found) == 1:
            message.attach_alternative(calendar, f"text/calendar; method={method}")
        message.attach("invitation.ics", calendar, "application/ics")


def message_of(mail: Mail, subject: str, text: str) -> EmailMultiAlternatives:
    """A message to the reader of a mail."""
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"}
    return EmailMultiAlternatives(subject, text, to=[mail.goes_to], headers=headers)


def _others(notices: Sequence[NoticeContent], owed: Collection[NoticeContent]) -> list[NoticeContent]:
    """What is owed on other pages than the mail is about, each page once: an act and a reminder may both tell of it."""
    links = {notice.link for notice in notices}
    first: dict[str, NoticeContent] = {}
    for notice in owed:
        if notice.link not in links:
            first.setdefault(notice.link, notice)
    return list(first.values())


def subject_for(carried: Sequence[Paragraph]) -> str:
    """The first sentence, how near or late it is, and how much more there is."""
    first, when = subject_of(carried[0].sentence), carried[0].when
    if len(carried) == 1:
        return formats.joined([shortened(first, LONGEST_SUBJECT - len(when)), when])
    words = {"first": formats.joined([shortened(first, LONGEST_OF_SEVERAL), when]), "count": len(carried) - 1}
    return _("%(first)s, and %(count)s more") % words


def paragraph(notice: NoticeContent, today: date, language: str) -> Paragraph:
    """One notice as a mail tells it."""
    sentence = notice.texts.get(language, notice.texts["en"])
    due = formats.due_phrase(notice.due_on, today) if notice.due_on else ""
    when = formats.until(notice.due_on, today) if notice.due_on else ""
    return Paragraph(sentence, due, notice.quote.replace("\r", ""), settings.BASE_URL + notice.link, when)


def as_text(name: str, carried: Sequence[Paragraph], also: Sequence[Paragraph], rest: str) -> str:
    """The mail for those who read plain text."""
    parts = [_("Hello %(name)s,") % {"name": name}]
    for each in carried:
        parts.append(f"{each.sentence}\n{each.due}" if each.due else each.sentence)
        if each.quote:
            parts.append("> " + each.quote.replace("\n", "\n> "))
        parts.append(each.link)
    if also:
        lines = [_("Also waiting for you:")]
        for owed in also:
            due = formats.BETWEEN_SENTENCES[formats.language_code()] + owed.due if owed.due else ""
            lines += [f"- {owed.sentence}{formats.FULL_STOP[formats.language_code()]}{due}", f"  {owed.link}"]
        more = [f"- {rest}", f"  {settings.BASE_URL}{reverse('notices')}"] if rest else []
        parts.append("\n".join([*lines, *more]))
    return "\n\n".join(parts) + "\n"


def _rest(count: int) -> str:
    """How much more is owed than a mail lists; what others owe stands among the notices and not under My work."""
    return _("And %(count)s more, all among your notices") % {"count": count}

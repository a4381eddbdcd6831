"""What a mail says, in its reader's language: what happened or is due, the link to it, and what else is owed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit import formats
from sop_portal.foundation.notices.models import Mail
from sop_portal.foundation.organisation.models import User

MOST = 10


@dataclass(frozen=True)
class Telling:
    """One sentence to one person about one record, before it is written down."""

    person: User
    texts: dict[str, str]
    kind: str
    record_id: int
    verb: str
    link: str
    quote: str = ""
    is_deadline: bool = False
    is_asked: bool = False
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Saying:
    """What a mail needs of a notice."""

    texts: dict[str, str]
    due_on: date | None
    quote: str
    link: str


@dataclass(frozen=True)
class Letter:
    """A mail ready to be sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Paragraph:
    """One thing a mail tells: the sentence, until when, what somebody wrote about it, and its link."""

    sentence: str
    due: str
    quote: str
    link: str


def first_draft(telling: Telling) -> tuple[str, str]:
    """Subject and text of a mail as they stand in the outbox; a reminder is written when it leaves."""
    person = telling.person
    sentence = telling.texts.get(person.language, telling.texts["en"])
    if telling.is_deadline:
        return subject_of(sentence), ""
    with translation.override(person.language):
        parts = [_("Hello %(name)s,") % {"name": person.name}, sentence]
    if telling.quote:
        parts.append("> " + telling.quote.replace("\r", "").replace("\n", "\n> "))
    parts.append(settings.BASE_URL + telling.link)
    return subject_of(sentence), "\n\n".join(parts) + "\n"


def subject_of(sentence: str) -> str:
    """A sentence as a subject: one line, whatever somebody typed into it."""
    lines = sentence.splitlines()
    return lines[0][:180] if lines else ""


def daily_subject(person: User, on: date) -> str:
    """The subject of the daily mail."""
    with translation.override(person.language):
        return _("SOP Portal, %(day)s") % {"day": formats.day(on)}


@dataclass(frozen=True)
class Phrases:
    """What every mail in a language says, and how its HTML begins and ends."""

    hello: str
    also: str
    open_it: str
    full_stop: str
    between: str
    top: str
    bottom: str


def compose(mail: Mail, notices: Sequence[Saying], owed: Collection[Saying], at: datetime) -> Letter:
    """The mail as it leaves: what it carries, then what else the person owes."""
    person, today = mail.person, localdate(at)
    phrases = phrases_in(person.language, settings.BASE_URL)
    told = [paragraph(notice, today, person.language) for notice in notices]
    also = [paragraph(notice, today, person.language) for notice in _others(notices, owed)]
    rest = _rest(len(also) - MOST, person.language) if len(also) > MOST else ""
    subject = mail.subject if mail.digest_on else subject_for(told, person.language)
    text = as_text(person.name, told, also[:MOST], rest, phrases)
    return Letter(subject, text, as_html(person.name, told, also[:MOST], rest, phrases))


def _others(notices: Sequence[Saying], owed: Collection[Saying]) -> list[Saying]:
    """What is owed on other pages than the mail is about, each page once: an act and a reminder may both tell of it."""
    carried = {notice.link for notice in notices}
    first: dict[str, Saying] = {}
    for notice in owed:
        if notice.link not in carried:
            first.setdefault(notice.link, notice)
    return list(first.values())


def subject_for(told: Sequence[Paragraph], language: str) -> str:
    """The first sentence, and how much more there is."""
    first = subject_of(told[0].sentence)
    if len(told) == 1:
        return first
    with translation.override(language):
        return _("%(first)s, and %(count)s more") % {"first": first[:140], "count": len(told) - 1}


def paragraph(notice: Saying, today: date, language: str) -> Paragraph:
    """One notice as a mail tells it."""
    sentence = notice.texts.get(language, notice.texts["en"])
    due = due_phrase(notice.due_on, today, language) if notice.due_on else ""
    return Paragraph(sentence, due, notice.quote.replace("\r", ""), settings.BASE_URL + notice.link)


def as_text(
    name: str, told: Sequence[Paragraph], also: Sequence[Paragraph], rest: str, phrases: Phrases
) -> str:  # fmt: skip
    """The mail for those who read plain text."""
    parts = [phrases.hello % {"name": name}]
    for each in told:
        parts.append(f"{each.sentence}\n{each.due}" if each.due else each.sentence)
        if each.quote:
            parts.append("> " + each.quote.replace("\n", "\n> "))
        parts.append(each.link)
    if also:
        lines = [phrases.also]
        for owed in also:
            due = phrases.between + owed.due if owed.due else ""
            lines += [f"- {owed.sentence}{phrases.full_stop}{due}", f"  {owed.link}"]
        parts.append("\n".join([*lines, rest] if rest else lines))
    return "\n\n".join(parts) + "\n"


def as_html(
    name: str, told: Sequence[Paragraph], also: Sequence[Paragraph], rest: str, phrases: Phrases
) -> str:  # fmt: skip
    """The mail for those who read HTML; by hand, as it is written while a mail server waits for it."""
    parts = [f"<p>{escape(phrases.hello % {'name': name})}</p>"]
    for each in told:
        due = f"<br>{escape(each.due)}" if each.due else ""
        parts.append(f"<p><strong>{escape(each.sentence)}</strong>{due}</p>")
        if each.quote:
            parts.append("<blockquote>" + escape(each.quote).replace("\n", "<br>") + "</blockquote>")
        parts.append(f'<p><a href="{escape(each.link)}">{phrases.open_it}</a></p>')
    if also:
        parts += [f"<p>{escape(phrases.also)}</p>", "<ul>"]
        parts += [f'<li><a href="{escape(owed.link)}">{escape(owed.sentence)}</a> {escape(owed.due)}</li>'
                  for owed in also]  # fmt: skip
        parts.append("</ul>")
        if rest:
            parts.append(f"<p>{escape(rest)}</p>")
    return phrases.top + "\n".join(parts) + phrases.bottom


# A morning's mails are about the same few days.
@lru_cache(maxsize=1000)
def due_phrase(on: date, today: date, language: str) -> str:
    """Until when, in a language."""
    with translation.override(language):
        return formats.due_phrase(on, today)


@lru_cache(maxsize=8)
def phrases_in(language: str, base_url: str) -> Phrases:
    """What does not change from mail to mail."""
    with translation.override(language):
        how = escape(_("How often SOP Portal writes to you is up to you")) + formats.COLON[formats.tongue()]
        mails, title = escape(_("mails and calendar")), escape(_("SOP Portal"))
        where = f'<a href="{base_url}{reverse("mails-and-calendar")}">{mails}</a>'
        head = f'<head><meta charset="utf-8"><title>{title}</title></head>'
        return Phrases(
            hello=_("Hello %(name)s,"),
            also=_("Also waiting for you:"),
            open_it=escape(_("Open it in SOP Portal")),
            full_stop=formats.FULL_STOP[formats.tongue()],
            between=formats.BETWEEN_SENTENCES[formats.tongue()],
            top=f'<!doctype html>\n<html lang="{language}">\n{head}\n<body>\n',
            bottom=f"\n<p><small>{how}{where}</small></p>\n</body>\n</html>\n",
        )


def _rest(count: int, language: str) -> str:
    """How much more is owed than a mail lists."""
    with translation.override(language):
        return _("and %(count)s more, listed under “My work”.") % {"count": count}

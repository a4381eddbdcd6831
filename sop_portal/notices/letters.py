"""What a mail says, in its reader's language: what happened or is due, the link to it, and what else is owed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.kit import formats
from sop_portal.notices.models import Mail, Notice
from sop_portal.organisation.models import User

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


def compose(mail: Mail, notices: Sequence[Notice], owed: Collection[Notice], at: datetime) -> Letter:
    """The mail as it leaves: what it carries, then what else the person owes."""
    person = mail.person
    with translation.override(person.language):
        today = localdate(at)
        told = [paragraph(notice, today) for notice in notices]
        also = [paragraph(notice, today) for notice in _others(notices, owed)]
        context: dict[str, Any] = {
            "name": person.name, "told": told, "also": also[:MOST], "rest": max(0, len(also) - MOST),
            "language": person.language,
        }  # fmt: skip
        subject = mail.subject if mail.digest_on else subject_for(told)
        return Letter(subject, as_text(context), as_html(context))


def _others(notices: Sequence[Notice], owed: Collection[Notice]) -> list[Notice]:
    """What is owed on other pages than the mail is about, each page once: an act and a reminder may both tell of it."""
    carried = {notice.link for notice in notices}
    first: dict[str, Notice] = {}
    for notice in owed:
        if notice.link not in carried:
            first.setdefault(notice.link, notice)
    return list(first.values())


def subject_for(told: Sequence[Paragraph]) -> str:
    """The first sentence, and how much more there is."""
    first = subject_of(told[0].sentence)
    if len(told) == 1:
        return first
    return _("%(first)s, and %(count)s more") % {"first": first[:140], "count": len(told) - 1}


def paragraph(notice: Notice, today: date) -> Paragraph:
    """One notice as a mail tells it."""
    due = formats.due_phrase(notice.due_on, today) if notice.due_on else ""
    return Paragraph(notice.plain, due, notice.quote.replace("\r", ""), settings.BASE_URL + notice.link)


def as_text(context: dict[str, Any]) -> str:
    """The mail for those who read plain text."""
    parts = [_("Hello %(name)s,") % {"name": context["name"]}]
    for told in context["told"]:
        parts.append("\n".join(part for part in (told.sentence, told.due) if part))
        if told.quote:
            parts.append("> " + told.quote.replace("\n", "\n> "))
        parts.append(told.link)
    if context["also"]:
        lines = [_("Also waiting for you:")]
        for owed in context["also"]:
            lines.append("- " + formats.sentences([owed.sentence + formats.FULL_STOP[formats.tongue()], owed.due]))
            lines.append("  " + owed.link)
        if context["rest"]:
            lines.append(_rest(context))
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def as_html(context: dict[str, Any]) -> str:
    """The mail for those who read HTML; by hand, as it is written while a mail server waits for it."""
    top, link, bottom = _frame(context["language"], settings.BASE_URL)
    parts = [f"<p>{escape(_('Hello %(name)s,') % {'name': context['name']})}</p>"]
    for told in context["told"]:
        due = f"<br>{escape(told.due)}" if told.due else ""
        parts.append(f"<p><strong>{escape(told.sentence)}</strong>{due}</p>")
        if told.quote:
            parts.append("<blockquote>" + escape(told.quote).replace("\n", "<br>") + "</blockquote>")
        parts.append(f'<p><a href="{escape(told.link)}">{link}</a></p>')
    if context["also"]:
        parts += [f"<p>{escape(_('Also waiting for you:'))}</p>", "<ul>"]
        parts += [f'<li><a href="{escape(owed.link)}">{escape(owed.sentence)}</a> {escape(owed.due)}</li>'
                  for owed in context["also"]]  # fmt: skip
        parts.append("</ul>")
        if context["rest"]:
            parts.append(f"<p>{escape(_rest(context))}</p>")
    return top + "\n".join(parts) + bottom


@lru_cache(maxsize=8)
def _frame(language: str, base_url: str) -> tuple[str, str, str]:
    """What every mail in a language begins with, calls its links, and ends with."""
    with translation.override(language):
        how = escape(_("How often SOP Portal writes to you is up to you")) + formats.COLON[formats.tongue()]
        where = f'<a href="{base_url}{reverse("mails-and-calendar")}">{escape(_("mails and calendar"))}</a>'
        head = f'<head><meta charset="utf-8"><title>{escape(_("SOP Portal"))}</title></head>'
        top = f'<!doctype html>\n<html lang="{language}">\n{head}\n<body>\n'
        return top, escape(_("Open it in SOP Portal")), f"\n<p><small>{how}{where}</small></p>\n</body>\n</html>\n"


def _rest(context: dict[str, Any]) -> str:
    """How much more is owed than a mail lists."""
    return _("and %(count)s more, listed under “My work”.") % {"count": context["rest"]}

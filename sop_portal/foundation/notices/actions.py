"""Telling people: a notice in the portal and a mail in the outbox, in the same transaction as the cause."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, NotRequired, TypedDict, TypeVar, Unpack

from django.db.models import QuerySet
from django.utils import translation
from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.bounds import HOUR, refuse_beyond
from sop_portal.foundation.kit.bulk import insert_rows
from sop_portal.foundation.kit.fitting import refuse_unfit
from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.kit.sentences import concatenate, interpolate, names_in
from sop_portal.foundation.notices import bell, wording
from sop_portal.foundation.notices.models import Mail, Notice, Preference
from sop_portal.foundation.notices.quiet_hours import digest_day, leaves_at
from sop_portal.foundation.notices.wording import NewNotice
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can

LANGUAGES = ("en", "zh-hans")
SubjectT = TypeVar("SubjectT")
BATCH = 500
NOTICE_COLUMNS = (
    "person",
    "at",
    "kind",
    "record_id",
    "verb",
    "link",
    "texts",
    "typed",
    "quote",
    "calendar",
    "is_deadline",
    "is_asked",
    "due_on",
    "since_on",
    "mail",
)
MAIL_COLUMNS = ("person", "subject", "text", "state", "made_at", "next_try_at", "attempts", "problem")


class About(TypedDict):
    """What a notice is about: the record, what was done to it or is to be done, the page, and what somebody wrote."""

    kind: str
    record_id: int
    verb: str
    link: str
    quote: NotRequired[str]


def in_languages(sentence: Callable[[SubjectT], str], about: Sequence[SubjectT]) -> list[dict[str, str]]:
    """The sentence about each of these, in every language of the portal."""
    texts: list[dict[str, str]] = [{} for _subject in about]
    for language in LANGUAGES:
        with translation.override(language):
            for subject, found in zip(about, texts, strict=True):
                found[language] = sentence(subject)
    return texts


def notify(people: Iterable[User], sentence: Callable[[], str], *, at: datetime, **about: Unpack[About]) -> None:
    """Leave a notice and a mail for each person, in the same transaction as what they are told about."""
    write_notices(new_notices(people, sentence, **about), at=at)


def new_notices(
    people: Iterable[User], sentence: Callable[[], str], *, is_asked: bool = False, **about: Unpack[About]
) -> list[NewNotice]:
    """One sentence for each person.

    Those who are asked owe the next step: until it is taken, their other mails name it too.
    """
    readers = {person.pk: person for person in people if person.is_active}
    texts = in_languages(lambda _all: sentence(), [None])[0] if readers else {}
    return [NewNotice(person, texts, is_asked=is_asked, **about) for person in readers.values()]


def write_notices(notices: Sequence[NewNotice], *, at: datetime) -> None:
    """Write notices and the mails that carry them: everything one person is told at once is one mail."""
    if not notices:
        return
    mails = _mails_for(notices, at)
    rows = (
        (
            new.person.pk,
            at,
            new.kind,
            new.record_id,
            new.verb,
            new.link,
            new.texts,
            names_in(new.texts.values()),
            new.quote,
            new.calendar,
            new.is_deadline,
            new.is_asked or new.is_deadline,
            new.due_on,
            new.since_on,
            mails.get((new.person.pk, new.is_deadline)),
        )
        for new in notices
    )
    insert_rows(Notice, NOTICE_COLUMNS, rows)
    bell.ring_on_commit()


def _mails_for(notices: Sequence[NewNotice], at: datetime) -> dict[tuple[int, bool], int]:
    """The mail of each person, by whether it is about a deadline; none for what they read in the portal only.

    Whoever is not invited yet finds it on My work later: a mail would lead them to a door they cannot open.
    """
    chosen = Preference.objects.filter(person_id__in={notice.person.pk for notice in notices})
    preferences = {preference.person_id: preference for preference in chosen}
    usual = Preference()
    single: dict[tuple[int, bool], tuple[Any, ...]] = {}
    daily: dict[int, Mail] = {}
    for notice in notices:
        if not notice.person.is_let_in:
            continue
        key = (notice.person.pk, notice.is_deadline)
        preference = preferences.get(notice.person.pk) or usual
        if preference.mails == Preference.Mails.DIGEST:
            if notice.person.pk not in daily:
                daily[notice.person.pk] = _daily_mail(notice.person, preference, at)
        elif key not in single and (_is_always_mailed(notice) or preference.mails == Preference.Mails.AT_ONCE):
            single[key] = _single_mail(notice, preference, at)
    found = dict(zip(single, insert_rows(Mail, MAIL_COLUMNS, single.values()), strict=True))
    for person_id, mail in _write_daily(daily).items():
        found[person_id, True] = found[person_id, False] = mail.pk
    return found


def _is_always_mailed(notice: NewNotice) -> bool:
    """What is due cannot be switched off, nor what a calendar has to know."""
    return notice.is_deadline or bool(notice.calendar)


def _single_mail(notice: NewNotice, preference: Preference, at: datetime) -> tuple[Any, ...]:
    leaves = leaves_at(at, preference, get_current_timezone(), is_deadline=notice.is_deadline)
    subject, text = wording.waiting_text(notice)
    return notice.person.pk, subject, text, Mail.State.PENDING, at, leaves, 0, ""


def _daily_mail(person: User, preference: Preference, at: datetime) -> Mail:
    on, leaves = digest_day(at, preference, get_current_timezone())
    return Mail(person=person, subject=wording.daily_subject(person, on), made_at=at, next_try_at=leaves, digest_on=on)


def _write_daily(daily: dict[int, Mail]) -> dict[int, Mail]:
    """The daily mails as they stand in the database, made where they are not there yet."""
    if not daily:
        return {}
    # In one order for everybody: two who tell the same people would else wait for each other.
    Mail.objects.bulk_create([daily[person] for person in sorted(daily)], ignore_conflicts=True)
    days = {mail.digest_on for mail in daily.values()}
    kept = Mail.objects.filter(person_id__in=daily, digest_on__in=days).order_by("pk")
    return {mail.person_id: mail for mail in kept if mail.digest_on == daily[mail.person_id].digest_on}


def settle(kind: str, record_id: int, *, at: datetime) -> int:
    """Archive what people were told of a record before somebody took its next step; its mails no longer leave."""
    return still_open(kind, [record_id]).exclude(verb="comment").update(settled_at=at)


def settle_notices(pks: Collection[int], *, at: datetime) -> int:
    """Archive reminders of what is no longer owed by that person."""
    return sum(
        Notice.objects.filter(pk__in=some, settled_at=None).update(settled_at=at) for some in _batches(sorted(pks))
    )


def move_deadline(pks: Collection[int], due_on: date) -> int:
    """Let reminders that are still open say the new day."""
    return sum(Notice.objects.filter(pk__in=some).update(due_on=due_on) for some in _batches(sorted(pks)))


def _batches(pks: Sequence[int]) -> Iterable[Sequence[int]]:
    """Split rows into batches that a database takes at once."""
    return (pks[first : first + BATCH] for first in range(0, len(pks), BATCH))


def still_open(kind: str, record_ids: Collection[int]) -> QuerySet[Notice]:
    """What people were told of these records and nobody has answered yet."""
    return Notice.objects.filter(kind=kind, record_id__in=record_ids, settled_at=None)


def mark_read(person: User, *, at: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark one's notices as read, all or the named ones."""
    mine = Notice.objects.filter(person=person, read_at__isnull=True)
    return (mine if ids is None else mine.filter(pk__in=list(ids))).update(read_at=at)


def prefer(person: User, *, mails: str, quiet_from: int, quiet_to: int, is_quiet_for_all: bool) -> Preference:
    """Choose how one wants to be told by mail. Deadlines cannot be switched off."""
    wanted = {"mails": mails, "quiet_from": quiet_from, "quiet_to": quiet_to, "is_quiet_for_all": is_quiet_for_all}
    wish = Preference(person=person, **wanted)
    refuse_unfit(wish, wanted)
    for label, hour in ((_("No reminders after"), quiet_from), (_("until"), quiet_to)):
        refuse_beyond(label, hour, HOUR)
    return Preference.objects.update_or_create(person=person, defaults=wanted)[0]


def send_again(mail: Mail, *, by: User, at: datetime) -> bool:
    """Put a failed or unknown mail back in the queue, by hand; whether it was one."""
    if not Actor.of(by, at).may(Can.KEEP_MAIL):
        raise NotYours(_("Only the administrator may send a mail again."), lambda: _who_keeps_mail(at))
    again = Mail.objects.filter(pk=mail.pk, state__in=[Mail.State.FAILED, Mail.State.UNKNOWN])
    return bool(again.update(state=Mail.State.PENDING, next_try_at=at, attempts=0, problem=""))


def _who_keeps_mail(at: datetime) -> str:
    people = concatenate(people_who_can(Can.KEEP_MAIL, None, localdate(at)), _(" or "))
    return interpolate(_("%(names)s can."), {"names": people})

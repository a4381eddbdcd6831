"""Telling people: a notice in the portal and a mail in the outbox, in the same transaction as the cause."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.utils import translation
from django.utils.timezone import get_default_timezone

from sop_portal.foundation.kit.bulk import insert_rows
from sop_portal.foundation.kit.sentences import names_in
from sop_portal.foundation.notices import bell, letters
from sop_portal.foundation.notices.letters import Telling
from sop_portal.foundation.notices.models import Mail, Notice, Preference
from sop_portal.foundation.notices.quiet import digest_day, leaves_at
from sop_portal.foundation.organisation.models import User

LANGUAGES = ("en", "zh-hans")
SubjectT = TypeVar("SubjectT")
BATCH = 500
NOTICE = (
    "person", "at", "kind", "record_id", "verb", "link", "texts", "typed", "quote", "is_deadline", "is_asked", "due_on",
    "mail",
)  # fmt: skip
MAIL = ("person", "subject", "text", "state", "made_at", "next_try_at", "attempts", "problem")


def in_languages(sentence: Callable[[SubjectT], str], about: Sequence[SubjectT]) -> list[dict[str, str]]:
    """The sentence about each of these, in every language of the portal."""
    texts: list[dict[str, str]] = [{} for _subject in about]
    for language in LANGUAGES:
        with translation.override(language):
            for subject, found in zip(about, texts, strict=True):
                found[language] = sentence(subject)
    return texts


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
) -> None:
    """Leave a notice and a mail for each person, in the same transaction as what they are told about."""
    about: dict[str, Any] = {"kind": kind, "record_id": record_id, "verb": verb, "link": link, "quote": quote}
    write(tellings(people, sentence, **about), at=at)


def tellings(
    people: Iterable[User], sentence: Callable[[], str], *, is_asked: bool = False, **about: Any
) -> list[Telling]:  # fmt: skip
    """One sentence for each person.

    Those who are asked owe the next step: until it is taken, their other mails name it too.
    """
    told = {person.pk: person for person in people if person.is_active}
    texts = in_languages(lambda _all: sentence(), [None])[0] if told else {}
    return [Telling(person, texts, is_asked=is_asked, **about) for person in told.values()]


def write(tellings: Sequence[Telling], *, at: datetime) -> None:
    """Write notices and the mails that carry them: everything one person is told at once is one mail."""
    if not tellings:
        return
    mails = _mails_for(tellings, at)
    insert_rows(Notice, NOTICE, (
        (
            t.person.pk, at, t.kind, t.record_id, t.verb, t.link, t.texts, names_in(t.texts.values()), t.quote,
            t.is_deadline, t.is_asked or t.is_deadline, t.due_on, mails.get((t.person.pk, t.is_deadline)),
        )
        for t in tellings
    ))  # fmt: skip
    bell.ring_on_commit()


def _mails_for(tellings: Sequence[Telling], at: datetime) -> dict[tuple[int, bool], int]:
    """The mail of each person, by whether it is about a deadline; none for what they read in the portal only."""
    chosen = Preference.objects.filter(person_id__in={t.person.pk for t in tellings})
    preferences = {preference.person_id: preference for preference in chosen}
    usual = Preference()
    single: dict[tuple[int, bool], tuple[Any, ...]] = {}
    daily: dict[int, Mail] = {}
    for telling in tellings:
        key = (telling.person.pk, telling.is_deadline)
        preference = preferences.get(telling.person.pk) or usual
        if preference.mails == Preference.Mails.DIGEST:
            if telling.person.pk not in daily:
                daily[telling.person.pk] = _daily_mail(telling, preference, at)
        elif key not in single and (telling.is_deadline or preference.mails == Preference.Mails.AT_ONCE):
            single[key] = _single_mail(telling, preference, at)
    found = dict(zip(single, insert_rows(Mail, MAIL, single.values()), strict=True))
    for person_id, mail in _keep_daily(daily).items():
        found[person_id, True] = found[person_id, False] = mail.pk
    return found


def _single_mail(telling: Telling, preference: Preference, at: datetime) -> tuple[Any, ...]:
    leaves = leaves_at(at, preference, get_default_timezone(), is_deadline=telling.is_deadline)
    subject, text = letters.first_draft(telling)
    return telling.person.pk, subject, text, Mail.State.PENDING, at, leaves, 0, ""


def _daily_mail(telling: Telling, preference: Preference, at: datetime) -> Mail:
    on, leaves = digest_day(at, preference, get_default_timezone())
    subject = letters.daily_subject(telling.person, on)
    return Mail(person=telling.person, subject=subject, made_at=at, next_try_at=leaves, digest_on=on)


def _keep_daily(daily: dict[int, Mail]) -> dict[int, Mail]:
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
    return sum(Notice.objects.filter(pk__in=some, settled_at=None).update(settled_at=at) for some in parts(sorted(pks)))


def move_deadline(pks: Collection[int], due_on: date) -> int:
    """Let reminders that are still open say the new day."""
    return sum(Notice.objects.filter(pk__in=some).update(due_on=due_on) for some in parts(sorted(pks)))


def parts(pks: Sequence[int]) -> Iterable[Sequence[int]]:
    """In pieces a database takes at once."""
    return (pks[first : first + BATCH] for first in range(0, len(pks), BATCH))


def still_open(kind: str, record_ids: Collection[int]) -> QuerySet[Notice]:
    """What people were told of these records and nobody has answered yet."""
    return Notice.objects.filter(kind=kind, record_id__in=record_ids, settled_at=None)


def read(person: User, *, at: datetime, ids: Iterable[int] | None = None) -> int:
    """Mark one's notices as read, all or the named ones."""
    mine = Notice.objects.filter(person=person, read_at__isnull=True)
    return (mine if ids is None else mine.filter(pk__in=list(ids))).update(read_at=at)


def prefer(person: User, *, mails: str, quiet_from: int, quiet_to: int, is_quiet_for_all: bool) -> Preference:
    """Choose how one wants to be told by mail. Deadlines cannot be switched off."""
    wanted = {
        "mails": mails, "quiet_from": quiet_from, "quiet_to": quiet_to, "is_quiet_for_all": is_quiet_for_all,
    }  # fmt: skip
    Preference(person=person, **wanted).full_clean(exclude=["person"], validate_unique=False)
    return Preference.objects.update_or_create(person=person, defaults=wanted)[0]

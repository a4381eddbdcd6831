"""Confirming that one has read the handbook; a new version of it is written by one and put in force by another."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from evaluations.proposals.actions import tell_in_edition
from sop_portal.foundation.kit.fitting import refuse_strangers, refuse_unkeepable, save_new
from sop_portal.foundation.kit.formats import listed
from sop_portal.foundation.kit.refusals import Changed, Difference, NotNow, NotReady, NotYours
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow import engine
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.foundation.workflow.conflicts import written_meanwhile
from sop_portal.foundation.workflow.seals import release_rows
from sop_portal.handbook.models import KIND, WRITTEN, Acknowledgement, Edition, Guide, WrittenEdition
from sop_portal.handbook.queries import is_same_text, page_titles, texts_of, who_puts_in_force

LONGEST_GUIDE = 20_000
Texts = Mapping[str, tuple[str, str]]


@transaction.atomic
def acknowledge(edition: Edition, *, by: User, at: datetime) -> Acknowledgement:
    """Confirm having read and understood the version in force; once is enough."""
    if not Actor.of(by, at).may(Can.ACKNOWLEDGE):
        way_out = _("Ask the administrator for a role first.")
        raise NotYours(_("Only people with a role confirm the handbook."), way_out)
    newest = Edition.objects.select_for_update().order_by("-number").first()
    if newest is None or newest.pk != edition.pk:
        raise NotNow(_("A newer version of the handbook is in force."), _("Read what changed, then confirm that one."))
    acknowledgement, is_new = Acknowledgement.objects.get_or_create(edition=newest, person=by, defaults={"at": at})
    if is_new:
        engine.note("handbook", newest, "acknowledge", by=by, at=at)
    return acknowledgement


@transaction.atomic
def write_edition(
    texts: Texts, *, note: str, by: User, at: datetime, seen: int, seen_draft: str | None = None
) -> WrittenEdition:
    """Write the next version; `texts` holds the changed guides as (English, Chinese). Another puts it in force.

    `seen` is the version in force, `seen_draft` says when the next one had been written that the page showed.
    """
    if not Actor.of(by, at).may(Can.KEEP_HANDBOOK):
        raise NotYours(_("Only the administrator keeps the handbook."), who_instead(Can.KEEP_HANDBOOK, None, at)[1])
    current = _current(seen)
    refuse_strangers(texts, page_titles(), _("The handbook has no such page."))
    written = texts_of(current)
    changed = {page: as_typed(pair, written.get(page)) for page, pair in texts.items()}
    changed = {page: pair for page, pair in changed.items() if pair != written.get(page)}
    refuse_unready(changed, note)
    values = {"note": note.strip(), "texts": changed, "written_by": by, "written_at": at}
    draft = WrittenEdition.objects.select_for_update().filter(number=seen + 1).first()
    if seen_draft is not None and written_when(draft) != seen_draft:
        raise written_meanwhile([])
    found = draft or WrittenEdition(number=seen + 1)
    for name, value in values.items():
        setattr(found, name, value)
    save_new(found)
    engine.note(WRITTEN, found, "write-edition", by=by, at=at, comment=note.strip())
    notify(
        who_puts_in_force(found, localdate(at)),
        lambda: _("Version %(number)s of the handbook is written: read it, and put it in force") % {"number": found},
        kind=WRITTEN,
        record_id=found.pk,
        verb="write-edition",
        link=reverse("handbook-written"),
        at=at,
        quote=found.note,
    )
    return found


def written_when(written: WrittenEdition | None) -> str:
    """When a version had been written that is not in force, as a page carries it; empty where there is none."""
    return written.written_at.isoformat() if written else ""


def as_typed(pair: tuple[str, str], before: tuple[str, str] | None) -> tuple[str, str]:
    """Both languages of a guide; one that a form gave back with other line ends or edges alone is as it was."""
    en, zh = pair
    was = before or ("", "")
    return (was[0] if is_same_text(en, was[0]) else en, was[1] if is_same_text(zh, was[1]) else zh)


def _current(seen: int) -> Edition | None:
    current = Edition.objects.select_for_update().order_by("-number").first()
    number = current.number if current else 0
    if number != seen:
        difference = Difference(_("Version"), str(seen), str(number))
        raise Changed(_("Somebody published another version meanwhile."), [difference], _("Start again from that one."))
    return current


@transaction.atomic
def publish_edition(written: WrittenEdition, *, by: User, at: datetime, seen: datetime) -> Edition:
    """Put in force what somebody else has written, as it was read; `seen` says when that had been written."""
    _refuse_who_may_not(by, at)
    current = _current(written.number - 1)
    found = WrittenEdition.objects.select_for_update().filter(pk=written.pk).first()
    if found is None:
        raise NotNow(_("There is no such version any more."), _("Write another one."))
    if found.written_by_id == by.pk:
        raise NotYours(_("You wrote this version, so somebody else puts it in force."), _others(found, at))
    _refuse_written_anew(found, seen)
    number, author = found.number, found.written_by
    edition = save_new(Edition(number=number, published_at=at, published_by=by, written_by=author, note=found.note))
    Guide.objects.bulk_create(guides_of(edition, current, found.texts))
    release_rows(WRITTEN, [found.pk])
    found.delete()
    tell_in_edition(edition.number)
    engine.note(KIND, edition, "publish-edition", by=by, at=at, comment=edition.note)
    notify_everybody(edition, by, at)
    return edition


@transaction.atomic
def drop_written(written: WrittenEdition, *, by: User, at: datetime, seen: datetime | None = None) -> None:
    """Give up a version that is not in force, as it was read; whoever acts without a page has read what is there."""
    _refuse_who_may_not(by, at)
    found = WrittenEdition.objects.select_for_update().filter(pk=written.pk).first()
    if found is None:
        raise NotNow(_("There is no such version any more."), _("Write another one."))
    if seen is not None:
        _refuse_written_anew(found, seen)
    engine.note(WRITTEN, found, "drop", by=by, at=at, comment=found.note)
    release_rows(WRITTEN, [found.pk])
    found.delete()


def _refuse_written_anew(written: WrittenEdition, seen: datetime) -> None:
    if written.written_at != seen:
        raise NotNow(_("It was written anew since you opened the page."), _("Read it again, then decide."))


def _refuse_who_may_not(by: User, at: datetime) -> None:
    actor = Actor.of(by, at)
    if not (actor.may(Can.KEEP_HANDBOOK) or actor.may(Can.DECIDE_CHANGE)):
        sentence = _("Only the administrator and management put a version in force.")
        raise NotYours(sentence, who_instead(Can.DECIDE_CHANGE, None, at)[1])


def _others(written: WrittenEdition, at: datetime) -> str:
    names = listed(who_puts_in_force(written, localdate(at))[:6])
    return (
        interpolate(_("%(names)s can."), {"names": names}) if names else _("Give somebody else a role that may do it.")
    )


def guides_of(edition: Edition, before: Edition | None, changed: Texts) -> list[Guide]:
    """Every guide of a version: the changed ones, each with the language that is behind, and those left alone."""
    known = {guide.page: guide for guide in Guide.objects.filter(edition=before)}
    found = []
    for page in {**known, **changed}:
        old, was = known.get(page), texts_of(before).get(page, ("", ""))
        en, zh = changed.get(page, was)
        changes = (not is_same_text(en, was[0]), not is_same_text(zh, was[1]))
        behind = language_behind(old.behind if old else "", *changes)
        found.append(Guide(edition=edition, page=page, text_en=en, text_zh=zh, behind=behind))
    return found


def language_behind(before: str, is_en_new: bool, is_zh_new: bool) -> str:
    """Which language is behind: one that did not change with the other, until it does."""
    if is_en_new and is_zh_new:
        return ""
    if is_en_new:
        return "" if before == "en" else "zh"
    if is_zh_new:
        return "" if before == "zh" else "en"
    return before


def refuse_unready(changed: Texts, note: str) -> None:
    """A new version changes something, in both languages, and says what."""
    for page, title in page_titles().items():
        for text in changed.get(page, ()):
            refuse_unkeepable(title, text, LONGEST_GUIDE)
    missing = []
    if not changed:
        missing.append(_("No guide is changed."))
    if any(not en.strip() or not zh.strip() for en, zh in changed.values()):
        missing.append(_("A guide is missing in one of the two languages."))
    if not note.strip():
        missing.append(_("The note of what changed is missing."))
    if missing:
        raise NotReady(_("This version cannot be published yet."), missing)


def notify_everybody(edition: Edition, by: User, at: datetime) -> None:
    """Everybody who acts in a role is told to read the new version."""
    holders = Membership.objects.on(localdate(at)).values("person_id")
    notify(
        User.objects.filter(pk__in=holders).exclude(pk=by.pk),
        lambda: _("Version %(number)s of the handbook is in force: read what changed") % {"number": edition.number},
        kind="handbook",
        record_id=edition.pk,
        verb="publish-edition",
        link=reverse("handbook"),
        at=at,
        quote=edition.note,
    )

"""Confirming that one has read the handbook, and publishing a new version of it."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.fitting import keep, refuse_strangers, refuse_unkeepable
from sop_portal.foundation.kit.refusals import Changed, Difference, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.actions import notify
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow import engine
from sop_portal.foundation.workflow.checks import who_instead
from sop_portal.handbook.models import Acknowledgement, Edition, Guide
from sop_portal.handbook.queries import page_titles

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
def publish_edition(texts: Texts, *, note: str, by: User, at: datetime, seen: int) -> Edition:
    """Publish a new version of the handbook; `texts` holds the changed guides as (English, Chinese)."""
    if not Actor.of(by, at).may(Can.KEEP_HANDBOOK):
        raise NotYours(_("Only the administrator keeps the handbook."), who_instead(Can.KEEP_HANDBOOK, None, at)[1])
    current = Edition.objects.select_for_update().order_by("-number").first()
    number = current.number if current else 0
    if number != seen:
        difference = Difference(_("Version"), str(seen), str(number))
        raise Changed(_("Somebody published another version meanwhile."), [difference], _("Start again from that one."))
    refuse_strangers(texts, page_titles(), _("The handbook has no such page."))
    written = {guide.page: (guide.text_en, guide.text_zh) for guide in Guide.objects.filter(edition=current)}
    changed = {page: pair for page, pair in texts.items() if pair != written.get(page)}
    refuse_unready(changed, note)
    edition = keep(Edition(number=number + 1, published_at=at, published_by=by, note=note.strip()))
    Guide.objects.bulk_create(
        Guide(edition=edition, page=page, text_en=en, text_zh=zh) for page, (en, zh) in (written | changed).items()
    )
    engine.note("handbook", edition, "publish-edition", by=by, at=at, comment=note.strip())
    notify_everybody(edition, by, at)
    return edition


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

"""Setting up the organisation itself: what new years, people and days begin with, and its logo.

Of a logo nothing is kept but its pixels, painted anew and made small by the limited child process.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from planning.cycles.actions import follow_days_off
from sop_portal.foundation.kit.bounds import MONTH_OF_YEAR, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_unknown
from sop_portal.foundation.kit.money import refuse_no_currency
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.organisation.portal import ALL_LANGUAGES, MONDAY_TO_FRIDAY, ONLY_ROW
from sop_portal.foundation.papers.child.look import PaperProblem
from sop_portal.foundation.papers.looking import RefusedFile, look_at
from sop_portal.foundation.papers.shown import PICTURES
from sop_portal.foundation.papers.wording import empty, not_taken, shown_name, too_large
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.conflicts import Shown, beside_theirs
from sop_portal.foundation.workflow.engine import note
from sop_portal.people.actions.changes import change_row
from sop_portal.people.actions.rights import require_administrator

# A few of the hundreds there are, to show how one is written.
USUAL_ZONES = ("America/New_York", "Asia/Shanghai", "Europe/London")
WEEK = "1234567"
# What is refused for what is wrong with the picture itself; everything else is no picture that a logo can be.
OF_PICTURES = (
    None,
    PaperProblem.TOO_MANY_PIXELS,
    PaperProblem.TOO_LONG,
    PaperProblem.MOVING,
    PaperProblem.DISK_FULL,
    PaperProblem.TOO_MUCH_AT_ONCE,
)
SVG_WITHIN = 1_000


@dataclass(frozen=True)
class OrganisationTerms:
    """What the organisation is called, and what its years, people and days begin with."""

    name: str
    language: str
    time_zone: str
    currency: str
    planning_month: int
    financial_month: int
    working_weekdays: str = MONDAY_TO_FRIDAY
    languages: str = ALL_LANGUAGES


@transaction.atomic
def set_organisation(terms: OrganisationTerms, *, by: User, at: datetime, seen: Shown | None = None) -> Organisation:
    """Say what the organisation is called and how it counts; years that are set up keep what they have.

    What somebody else changed since it was `seen` stays.
    """
    require_administrator(by, at)
    found = Organisation.objects.select_for_update().filter(pk=ONLY_ROW).first()
    organisation = found or Organisation(pk=ONLY_ROW)
    if found is not None:
        terms = OrganisationTerms(**beside_theirs("organisation", found, asdict(terms), seen))
    _refuse_terms(terms)
    weekdays = organisation.working_weekdays
    changed = change_row("organisation", organisation, "set-organisation", asdict(terms), by=by, at=at)
    if changed.working_weekdays != weekdays:
        follow_days_off(by=by, at=at)
    return changed


def _refuse_terms(terms: OrganisationTerms) -> None:
    """Refuse a month, a currency, a time zone, a week or languages that there are not."""
    refuse_beyond(_("The plan year begins in"), terms.planning_month, MONTH_OF_YEAR)
    refuse_beyond(_("The financial year begins in"), terms.financial_month, MONTH_OF_YEAR)
    refuse_no_currency(terms.currency)
    if terms.time_zone not in available_timezones():
        refuse_unknown(_("Time zone"), terms.time_zone, {zone: zone for zone in USUAL_ZONES})
    _refuse_no_week(terms.working_weekdays)
    _refuse_unoffered(terms)


def _refuse_no_week(weekdays: str) -> None:
    """The working days are some of the seven, each once and in their order."""
    if not weekdays or list(weekdays) != sorted(set(weekdays) & set(WEEK)):
        raise NotReady(_("The organisation works on at least one day of the week."), [], _("Choose its working days."))


def _refuse_unoffered(terms: OrganisationTerms) -> None:
    """The language new people begin with is among those that are offered, and all of them are known."""
    offered = terms.languages.split(",")
    if terms.language not in offered or not set(offered) <= set(ALL_LANGUAGES.split(",")):
        raise NotReady(_("The language new people begin with is one of those offered."), [], _("Offer it as well."))


def set_logo(file: UploadedFile, *, by: User, at: datetime, seen: str) -> Organisation:  # type: ignore[type-arg]
    """Show a picture at the head of every page; of what was brought nothing is kept but its pixels, made small.

    `seen` is the mark of the logo that the page showed; empty where there was none.
    """
    require_administrator(by, at)
    picture = _painted(file)
    mark = hashlib.sha256(picture).hexdigest()
    with transaction.atomic():
        organisation = Organisation.objects.select_for_update().filter(pk=ONLY_ROW).first()
        if organisation is None:
            raise NotNow(_("The organisation has no name yet."), _("Save its name first, then add the logo."))
        if organisation.logo_mark != mark:
            _refuse_unseen(organisation, seen)
            _keep(organisation, picture, mark, "set-logo", by=by, at=at)
    return organisation


@transaction.atomic
def remove_logo(*, by: User, at: datetime, seen: str) -> Organisation:
    """Show the portal's own sign and name again; `seen` is the mark of the logo that the page showed."""
    require_administrator(by, at)
    organisation = Organisation.objects.select_for_update().filter(pk=ONLY_ROW).first()
    if organisation is None or not organisation.logo_mark:
        raise NotNow(_("There is no logo."), _("Nothing is left to remove."))
    _refuse_unseen(organisation, seen)
    _keep(organisation, None, "", "remove-logo", by=by, at=at)
    return organisation


def _refuse_unseen(organisation: Organisation, seen: str) -> None:
    if organisation.logo_mark != seen:
        sentence = _("Somebody changed the logo since you opened the page, so nothing was saved.")
        raise Changed(sentence, [], _("Look at the logo there is now, then decide again."))


def _keep(organisation: Organisation, picture: bytes | None, mark: str, verb: str, *, by: User, at: datetime) -> None:
    changes = [Change("logo_mark", organisation.logo_mark, mark)]
    organisation.logo, organisation.logo_mark = picture, mark
    organisation.save(update_fields=["logo", "logo_mark"])
    note("organisation", organisation, verb, by=by, at=at, changes=changes)


def _painted(file: UploadedFile) -> bytes:  # type: ignore[type-arg]
    """The picture as it is shown; a file that is none is refused."""
    name = file.name or ""
    if stopped := getattr(file, "stopped_because", None):
        raise not_taken(stopped, name)
    if not file.size:
        raise empty(name)
    if file.size > settings.PAPERS_LARGEST:
        raise too_large(name)
    try:
        looked = look_at(file)
    except RefusedFile as refused:
        raise not_taken(refused.problem, name) if refused.problem in OF_PICTURES else _no_logo(file) from None
    looked.stream.close()
    if looked.type not in PICTURES:
        raise _no_logo(file)
    return looked.small


def _no_logo(file: UploadedFile) -> NotReady:  # type: ignore[type-arg]
    """Why a file is no logo; a drawing that could hold a program is told by name."""
    file.seek(0)
    is_drawing = b"<svg" in file.read(SVG_WITHIN).lower()
    words = {"name": shown_name(file.name or "")}
    if is_drawing:
        sentence = _("“%(name)s” is an SVG drawing. It can hold programs, so it is not taken as a logo.")
    else:
        sentence = _("“%(name)s” is no picture that can be a logo, whatever its name says.")
    return NotReady(interpolate(sentence, words), [], _("Save it as PNG, JPEG or WebP and try again."))

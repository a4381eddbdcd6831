"""Setting up the organisation itself: what new years, people and days begin with."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from planning.cycles.actions import follow_days_off
from sop_portal.foundation.kit.bounds import MONTH_OF_YEAR, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_unknown
from sop_portal.foundation.kit.money import refuse_no_currency
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.organisation.portal import ALL_LANGUAGES, MONDAY_TO_FRIDAY, ONLY_ROW
from sop_portal.people.actions.changes import change_row
from sop_portal.people.actions.rights import require_administrator

# A few of the hundreds there are, to show how one is written.
USUAL_ZONES = ("America/New_York", "Asia/Shanghai", "Europe/London")
WEEK = "1234567"


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
def set_organisation(terms: OrganisationTerms, *, by: User, at: datetime) -> Organisation:
    """Say what the organisation is called and how it counts; years that are set up keep what they have."""
    require_administrator(by, at)
    refuse_beyond(_("The plan year begins in"), terms.planning_month, MONTH_OF_YEAR)
    refuse_beyond(_("The financial year begins in"), terms.financial_month, MONTH_OF_YEAR)
    refuse_no_currency(terms.currency)
    if terms.time_zone not in available_timezones():
        refuse_unknown(_("Time zone"), terms.time_zone, {zone: zone for zone in USUAL_ZONES})
    _refuse_no_week(terms.working_weekdays)
    _refuse_unoffered(terms)
    found = Organisation.objects.select_for_update().filter(pk=ONLY_ROW).first()
    organisation = found or Organisation(pk=ONLY_ROW)
    weekdays = organisation.working_weekdays
    changed = change_row("organisation", organisation, "set-organisation", asdict(terms), by=by, at=at)
    if changed.working_weekdays != weekdays:
        follow_days_off(by=by, at=at)
    return changed


def _refuse_no_week(weekdays: str) -> None:
    """The working days are some of the seven, each once and in their order."""
    if not weekdays or list(weekdays) != sorted(set(weekdays) & set(WEEK)):
        raise NotReady(_("The organisation works on at least one day of the week."), [], _("Choose its working days."))


def _refuse_unoffered(terms: OrganisationTerms) -> None:
    """The language new people begin with is among those that are offered, and all of them are known."""
    offered = terms.languages.split(",")
    if terms.language not in offered or not set(offered) <= set(ALL_LANGUAGES.split(",")):
        raise NotReady(_("The language new people begin with is one of those offered."), [], _("Offer it as well."))

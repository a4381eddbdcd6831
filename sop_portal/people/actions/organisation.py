"""Setting up the organisation itself: what new years, people and days begin with."""

from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext as _

from sop_portal.foundation.kit.bounds import MONTH_OF_YEAR, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_unknown
from sop_portal.foundation.kit.money import refuse_no_currency
from sop_portal.foundation.organisation.models import Organisation, User
from sop_portal.foundation.organisation.portal import ONLY_ROW
from sop_portal.people.actions.changes import change_row
from sop_portal.people.actions.rights import require_administrator

# A few of the hundreds there are, to show how one is written.
USUAL_ZONES = ("America/New_York", "Asia/Shanghai", "Europe/London")


@dataclass(frozen=True)
class OrganisationTerms:
    """What the organisation is called, and what its years, people and days begin with."""

    name: str
    language: str
    time_zone: str
    currency: str
    planning_month: int
    financial_month: int


@transaction.atomic
def set_organisation(terms: OrganisationTerms, *, by: User, at: datetime) -> Organisation:
    """Say what the organisation is called and how it counts; years that are set up keep what they have."""
    require_administrator(by, at)
    refuse_beyond(_("The plan year begins in"), terms.planning_month, MONTH_OF_YEAR)
    refuse_beyond(_("The financial year begins in"), terms.financial_month, MONTH_OF_YEAR)
    refuse_no_currency(terms.currency)
    if terms.time_zone not in available_timezones():
        refuse_unknown(_("Time zone"), terms.time_zone, {zone: zone for zone in USUAL_ZONES})
    found = Organisation.objects.select_for_update().filter(pk=ONLY_ROW).first()
    organisation = found or Organisation(pk=ONLY_ROW)
    return change_row("organisation", organisation, "set-organisation", asdict(terms), by=by, at=at)

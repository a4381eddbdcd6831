"""An empty portal whose first administrator has drafted the year 2027."""

from datetime import UTC, datetime
from types import SimpleNamespace

from planning.cycles.actions import create_cycle
from sop_portal.people.actions import Newcomer, OrganisationTerms, let_in_first, set_organisation
from sop_portal.tests.shared_fixtures import moment, shared_fixture

NOVEMBER = datetime(2026, 11, 30, 15, tzinfo=UTC)

in_november = moment(NOVEMBER, "30 November 2026: the portal is set up.")


@shared_fixture
def empty_portal(in_november: datetime) -> SimpleNamespace:
    """Only the administrator is there, and a draft of 2027."""
    ada = let_in_first(Newcomer("Ada Moreno", "ada@example.net"), at=in_november)
    terms = OrganisationTerms("Libraries", "en", "America/New_York", "USD", 1, 7)
    set_organisation(terms, by=ada, at=in_november)
    cycle = create_cycle(year=2027, by=ada, at=in_november)
    return SimpleNamespace(ada=ada, cycle=cycle, at=in_november)

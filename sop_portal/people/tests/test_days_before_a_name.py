"""Days off are set before anybody has said what the organisation is called."""

from datetime import date
from types import SimpleNamespace

from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.organisation.models import Organisation
from sop_portal.people.actions import DayTerms, OrganisationTerms, set_days_off, set_organisation
from sop_portal.tests.small_year import MARCH

TERMS = OrganisationTerms("Libraries", "en", "America/New_York", "USD", 1, 7)


def test_what_is_not_there_yet_is_not_gone(cast: SimpleNamespace) -> None:
    set_days_off(2027, [DayTerms(date(2027, 12, 25), "Christmas")], by=cast.ada, at=MARCH)
    assert (Organisation.objects.count(), problems()) == (0, [])
    set_organisation(TERMS, by=cast.ada, at=MARCH)
    assert problems() == []
    Organisation.objects.update(name="Museums")
    assert problems() == ["Organisation 1: a row of organisation_organisation was changed by no act."]

"""What a programme manager looks at first is of the division alone, whatever is open elsewhere."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

from django.test import Client

from budgets.audits import actions as audits
from budgets.audits.actions import AuditPlan, Observation
from planning.models import Cycle
from sop_portal.dashboards.queries.deviations import exceptions
from sop_portal.dashboards.queries.reports import open_reports
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.cast import programme_manager
from sop_portal.tests.page_text import words_of
from sop_portal.tests.small_year import AUGUST, small_year

Browser = Callable[[User], Client]
LATER = datetime(2028, 6, 20, 16, tzinfo=UTC)


def open_finding(cycle: Cycle, department: Department, cast: SimpleNamespace) -> None:
    """A finding that the department has not answered."""
    audit = audits.plan(cycle, AuditPlan("Petty cash", department, AUGUST.date()), by=cast.dora, at=AUGUST)
    audit = audits.begin(audit, by=cast.dev, at=AUGUST, seen=audit.version)
    seen = Observation("A receipt is missing", date(2027, 9, 30), Decimal(1))
    audits.find(audit, seen, by=cast.dev, at=AUGUST, seen=audit.version)
    audit.refresh_from_db()
    audits.ask(audit, by=cast.dev, at=AUGUST, seen=audit.version)


def test_exceptions_and_states_of_other_departments_are_not_on_her_page(
    cast: SimpleNamespace, as_person: Browser
) -> None:
    year = small_year(cast)
    for side in (year.arts, year.sports):
        open_finding(year.cycle, side.department, cast)
    pia = programme_manager("Stage", year.arts.department)
    with clock.at(LATER):
        reports = open_reports(year.cycle, LATER.date())
        seen = {
            name: [one.who for one in exceptions(year.cycle, Actor.of(person, LATER), reports, LATER.date())]
            for name, person in (("emil", cast.emil), ("pia", pia))
        }
        page = words_of(as_person(pia).get("/"))
    assert seen == {"emil": ["Arts (2), Sports (2)", *["Arts", "Sports"] * 2], "pia": ["Arts (2)", "Arts", "Arts"]}
    assert ("has not answered an audit finding" in page, "Sports" in page) == (True, False)

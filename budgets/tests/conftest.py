"""A running year with approved lines, shared by the tests of the budget."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

from budgets.drafting import actions
from budgets.models import Appropriation, Budget
from budgets.tests.budget_year import MAY, allocated_request, approved, granted, planned_project, published_cycle
from budgets.tests.running_year import OCTOBER, active_project, approved_line_of, running_cycle
from planning.models import Cycle
from sop_portal.foundation.organisation.models import Department
from sop_portal.tests.shared_fixtures import moment, shared_fixture

october = moment(OCTOBER, "Tuesday 12 October 2027, noon in New York: a third of the year is nearly over.")


@shared_fixture
def running(cast: SimpleNamespace) -> Cycle:
    """The year 2027, published."""
    return running_cycle(cast.ada)


@shared_fixture
def approved_line(running: Cycle, arts: Department, cast: SimpleNamespace) -> Appropriation:
    """Line 2027-118: 1,200.00 for the story hours that Ben leads, 300.00 in every quarter."""
    return approved_line_of(active_project(running, arts, cast.ben, "Story hours"))


@shared_fixture
def twin_line(running: Cycle, sports: Department, cast: SimpleNamespace, approved_line: Appropriation) -> Appropriation:
    """Line 2027-119 of the other department."""
    return approved_line_of(active_project(running, sports, None, "Summer league"))


may = moment(MAY, "Monday 10 May 2027, noon in New York: the budget is being made.")


@shared_fixture
def allocated(cast: SimpleNamespace, arts: Department, sports: Department) -> Cycle:
    """2027 with three lines granted to Arts (3,600.01 money, 1,000 materials, 400 money) and one of 2,000 to Sports."""
    cycle = published_cycle(cast.ada)
    asked = allocated_request(cycle, arts, cast)
    stories = planned_project(cycle, arts, "Story hours", cast.ben)
    granted(asked, stories, "3600.01")
    granted(asked, stories, "1000", "materials")
    granted(asked, planned_project(cycle, arts, "Makerspace"), "400")
    granted(allocated_request(cycle, sports, cast), planned_project(cycle, sports, "Summer league"), "2000")
    return cycle


@shared_fixture
def in_force(allocated: Cycle, cast: SimpleNamespace) -> Budget:
    """Version 1, approved; finance may move up to 150 itself."""
    Cycle.objects.update(small_transfer_limit=Decimal(150))
    allocated.refresh_from_db()
    return approved(allocated, cast)


@shared_fixture
def amendment(in_force: Budget, cast: SimpleNamespace, may: datetime) -> Budget:
    """Version 2, begun by Dora."""
    return actions.amend(in_force, reason="More paper", by=cast.dora, at=may)

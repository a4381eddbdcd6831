"""Acts over all lines and departments write by statement: ten times as many take no more."""

from collections.abc import Callable
from types import SimpleNamespace

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from budgets.drafting import actions
from budgets.models import Budget
from budgets.tests.budget_year import (
    MAY,
    allocated_request,
    compiled,
    granted,
    planned_project,
    propose,
    published_cycle,
)
from planning.models import Cycle
from sop_portal.foundation.organisation.models import Department


def statements(act: Callable[[], object]) -> int:
    """How many statements an act takes."""
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def year_with(lines: int, cast: SimpleNamespace, arts: Department) -> Cycle:
    """2027 with so many lines granted to one department."""
    cycle = published_cycle(cast.ada)
    request = allocated_request(cycle, arts, cast)
    for number in range(lines):
        granted(request, planned_project(cycle, arts, f"Project {number}"), "100")
    return cycle


def the_way_of_a_budget(lines: int, cast: SimpleNamespace, arts: Department) -> dict[str, int]:
    """The statements of each act from the allocations to the approved lines, and of an amendment."""
    with transaction.atomic():
        cycle = year_with(lines, cast, arts)
        taken = {"compile": statements(lambda: compiled(cycle, cast))}
        budget = Budget.objects.get()
        taken["share"] = statements(lambda: actions.share(budget, by=cast.dora, at=MAY, seen=budget.version))
        propose(budget, cast)
        budget.refresh_from_db()
        taken["approve"] = statements(lambda: actions.approve(budget, by=cast.emil, at=MAY, seen=budget.version))
        taken["amend"] = statements(lambda: actions.amend(budget, reason="More paper", by=cast.dora, at=MAY))
        transaction.set_rollback(True)
    return taken


def test_a_budget_of_many_lines_takes_as_many_statements_as_one_of_ten(cast: SimpleNamespace, arts: Department) -> None:
    # SQLite takes at most 999 values in a statement.
    many = 100 if connection.vendor == "postgresql" else 50
    assert the_way_of_a_budget(many, cast, arts) == the_way_of_a_budget(10, cast, arts)

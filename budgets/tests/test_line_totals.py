"""The total under the approved lines: read from what is stored, equal to what the lines come to."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

from django.http import QueryDict

from budgets.drafting import actions
from budgets.models import Appropriation, Budget
from budgets.spending.figures import LinesTotal
from budgets.spending.forms import LineFilter
from budgets.spending.queries import lines_of, stored_total_of_lines, total_of_lines
from budgets.tests.budget_year import line_of, propose
from planning.models import Cycle, Project
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User

DAY = date(2027, 10, 5)


def totals(cycle: Cycle, person: User, asked: str = "") -> tuple[LinesTotal, LinesTotal]:
    """What is stored, beside what the lines come to."""
    actor = Actor.of(person, DAY)
    narrowing = LineFilter(QueryDict(asked), actor=actor)
    lines = narrowing.narrow(lines_of(cycle, actor), cycle)
    stored = stored_total_of_lines(lines, cycle, actor, narrowing.wanted_department)
    return stored, total_of_lines(lines)


def test_the_stored_total_is_what_the_lines_come_to(in_force: Budget, cast: SimpleNamespace) -> None:
    for rows in (Appropriation.objects.filter(number=1), Project.objects.filter(appropriations__number=1)):
        rows.update(spent=Decimal("12.34"))
    for person, asked in ((cast.emil, ""), (cast.emil, "department=arts"), (cast.amina, ""), (cast.ada, "")):
        stored, counted = totals(in_force.cycle, person, asked)
        assert stored == counted
    assert totals(in_force.cycle, cast.emil)[0].spent == Decimal("12.34")


def test_a_line_refused_by_an_amendment_is_still_counted(
    in_force: Budget, amendment: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    before = totals(in_force.cycle, cast.emil)[0]
    actions.leave_out(line_of(amendment, 1), why="Given up", by=cast.dora, at=may, seen=1)
    actions.share(amendment, by=cast.dora, at=may, seen=2)
    actions.approve(propose(amendment, cast), by=cast.emil, at=may, seen=2)
    stored, counted = totals(in_force.cycle, cast.emil)
    assert stored == counted
    assert stored.count == before.count

"""The total under the approved lines: read from what is kept, equal to what the lines come to."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

from django.http import QueryDict

from budgets.drafting import actions
from budgets.models import Appropriation, Budget
from budgets.spending.finding import lines_of
from budgets.spending.forms import LineFilter
from budgets.spending.lists import kept_total_of_lines, total_of_lines
from budgets.tests.budget_year import line_of, propose
from planning.models import Cycle, Project
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User

DAY = date(2027, 10, 5)


def totals(cycle: Cycle, person: User, asked: str = "") -> tuple[object, object]:
    """What is kept, beside what the lines come to."""
    actor = Actor.of(person, DAY)
    narrowing = LineFilter(QueryDict(asked), actor=actor)
    lines = narrowing.narrow(lines_of(cycle, actor), cycle)
    return kept_total_of_lines(lines, narrowing, cycle, actor), total_of_lines(lines)


def test_the_kept_total_is_what_the_lines_come_to(in_force: Budget, cast: SimpleNamespace) -> None:
    for rows in (Appropriation.objects.filter(number=1), Project.objects.filter(appropriations__number=1)):
        rows.update(spent=Decimal("12.34"))
    for person, asked in ((cast.emil, ""), (cast.emil, "department=arts"), (cast.amina, ""), (cast.ada, "")):
        kept, counted = totals(in_force.cycle, person, asked)
        assert kept == counted
    assert totals(in_force.cycle, cast.emil)[0]["spent"] == Decimal("12.34")  # type: ignore[index]


def test_a_line_refused_by_an_amendment_is_still_counted(
    in_force: Budget, amendment: Budget, cast: SimpleNamespace, may: datetime
) -> None:
    before = totals(in_force.cycle, cast.emil)[0]
    actions.leave_out(line_of(amendment, 1), why="Given up", by=cast.dora, at=may, seen=1)
    actions.share(amendment, by=cast.dora, at=may, seen=2)
    actions.approve(propose(amendment, cast), by=cast.emil, at=may, seen=2)
    kept, counted = totals(in_force.cycle, cast.emil)
    assert kept == counted
    assert kept["count"] == before["count"]  # type: ignore[index]

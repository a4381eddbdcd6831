"""What is spent keeps its project, its department and its year, whatever is changed beside it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from budgets.models import Appropriation, Expense
from budgets.spending import actions
from budgets.spending.actions import Payment
from planning.cycles.actions import WindowMove, set_window
from planning.cycles.calendar import WindowDates
from planning.models import Cycle, Project, Stage
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import Department


@pytest.fixture
def spent(approved_line: Appropriation, cast: SimpleNamespace, october: datetime) -> Expense:
    """Ten spent on the story hours."""
    payment = Payment(Decimal(10), date(2027, 10, 5), "Chairs")
    return actions.post(approved_line, payment, by=cast.ben, at=october)


def move(cycle: Cycle, first: date, last: date, cast: SimpleNamespace, at: datetime) -> None:
    dates = WindowDates(first, last, last + timedelta(days=30))
    set_window(cycle, WindowMove(Stage.EXECUTION, dates, "Another year"), by=cast.ada, at=at)


def test_the_execution_moves_only_where_it_leaves_what_has_begun_inside(
    running: Cycle, spent: Expense, cast: SimpleNamespace, october: datetime
) -> None:
    first, last = running.starts_on, running.ends_on
    for moved in ((first + timedelta(days=1), last), (first, last - timedelta(days=1))):
        with pytest.raises(NotReady) as refusal:
            move(running, *moved, cast, october)
        assert str(refusal.value.way_out).startswith("Let it begin on 1\N{NO-BREAK SPACE}July 2027 and end on")
    move(running, first, last + timedelta(days=30), cast, october)
    actions.correct(spent, why="Wrong year", by=cast.ben, at=october)
    running.refresh_from_db()
    with pytest.raises(NotReady, match="have begun already"):
        move(running, first + timedelta(days=1), last + timedelta(days=30), cast, october)


def test_the_database_keeps_the_labels_of_what_is_spent(spent: Expense, running: Cycle, sports: Department) -> None:
    project, cycle = Project.objects.filter(pk=spent.project_id), Cycle.objects.filter(pk=running.pk)
    changes = [
        (project, {"department": sports}),
        (project, {"slug": "other"}),
        (cycle, {"currency": "EUR"}),
        (cycle, {"time_zone": "UTC"}),
        (cycle, {"starts_on": date(2027, 6, 1)}),
        (cycle, {"ends_on": date(2028, 5, 1)}),
    ]
    for rows, change in changes:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)  # type: ignore[attr-defined]
    project.update(name="Story hours for all")

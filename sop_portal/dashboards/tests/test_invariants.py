"""Every equation is broken once, straight in the database, and found."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Model

from budgets.models import Appropriation, BudgetLine
from evaluations.models import Issue, ProgressReport
from planning.models import Cycle, Forecast, Pool, Project, RequestLine
from sop_portal.dashboards.checks.equations import EQUATIONS, Equation
from sop_portal.dashboards.checks.invariants import problems, title_of
from sop_portal.foundation.trail.models import Head
from sop_portal.foundation.workflow.models import Contributor
from sop_portal.tests.test_trail import put_guards_out_of_action
from sop_portal.tests.without_constraints import as_if_by_an_act, unguarded

# What an equation finds is the same on every database; that it finds nothing is seen on both.
pytestmark = pytest.mark.once

# A line and a frozen report are kept by the database; they are broken in tests of their own.
BREAKABLE = [equation for equation in EQUATIONS if equation.model not in (BudgetLine, ProgressReport)]
# These cannot be too small by one: they stand between bounds of their row.
TOO_LARGE = ("undecided", "cost", "refused")


def without_checks(model: type[Model], constraint: str, on_postgresql: bool) -> None:
    """Let a row lie, as it could after somebody worked on the database by hand."""
    with connection.cursor() as cursor:
        if on_postgresql:
            # PostgreSQL alters no table while foreign keys wait to be looked at.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {constraint}")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")


def without_trigger(model: type[Model], name: str, on_postgresql: bool) -> None:
    """Take a guard across rows out, for the transaction of this test."""
    with connection.cursor() as cursor:
        if on_postgresql:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {model._meta.db_table}" if on_postgresql else ""))


@pytest.fixture(autouse=True)
def checks_again(db: None, on_postgresql: bool) -> Iterator[None]:
    """SQLite looks at its constraints again after each test."""
    yield
    if not on_postgresql:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def besides_seals() -> list[str]:
    """What does not fit, but for seals and rules of one row: what is changed here breaks them."""
    others = ("by no act", "acts left", "it is finished", "it breaks the rule")
    return [problem for problem in problems() if not any(words in problem for words in others)]


def test_books_that_were_kept_by_actions_and_loads_fit(year: Cycle) -> None:
    assert problems() == []


@pytest.mark.walk
@pytest.mark.parametrize("equation", BREAKABLE, ids=lambda e: f"{e.model.__name__}.{e.field}")
def test_a_kept_total_that_is_one_off_is_found(year: Cycle, equation: Equation) -> None:
    row = equation.model._default_manager.order_by("pk")[0]
    off = 1 if equation.field in TOO_LARGE else -1
    equation.model._default_manager.filter(pk=row.pk).update(**{equation.field: F(equation.field) + off})
    right = getattr(row, equation.field)
    row.refresh_from_db()
    words = f"is kept as {getattr(row, equation.field):.2f}, but {equation.description} comes to {right:.2f}."
    # What is approved is counted on its project and on its fund, too.
    found = besides_seals()
    assert f"{title_of(row)}: {equation.field} {words}" in found
    assert len(found) == (3 if equation.field == "approved" else 1)


def test_a_broken_row_is_only_one_row(year: Cycle) -> None:
    Project.objects.update(spent=F("spent") - 1)
    assert len(problems()) == Project.objects.count() == 4


def test_a_line_spent_beyond_what_was_approved_is_found(year: Cycle, on_postgresql: bool) -> None:
    without_checks(Appropriation, "line_never_overspent", on_postgresql)
    line = Appropriation.objects.order_by("pk")[0]
    Appropriation.objects.filter(pk=line.pk).update(spent=line.approved + 1)
    assert f"{title_of(line)}: {line.approved + 1} is spent, but only {line.approved} approved." in problems()


def test_a_pool_committed_beyond_its_capacity_is_found(year: Cycle, on_postgresql: bool) -> None:
    without_checks(Pool, "pool_never_over_committed", on_postgresql)
    pool = Pool.objects.order_by("pk")[0]
    Pool.objects.filter(pk=pool.pk).update(committed=pool.capacity + 1)
    assert f"{title_of(pool)}: {pool.capacity + 1} is committed, but there is only {pool.capacity}." in problems()


def test_a_line_in_force_that_nothing_can_be_spent_on_is_found(year: Cycle, on_postgresql: bool) -> None:
    line = BudgetLine.objects.order_by("pk")[0]
    without_trigger(Appropriation, "spent_line_keeps_its_labels", on_postgresql)
    Appropriation.objects.filter(line=line).update(number=99_999)
    assert f"{title_of(line)}: the line is in force, but nothing can be spent on it." in problems()


def test_a_cost_that_its_quantity_does_not_come_to_is_found(year: Cycle) -> None:
    line = RequestLine.objects.filter(granted__gt=0, unit_cost=1).order_by("pk")[0]
    with unguarded("planning_requestline"):
        RequestLine.objects.filter(pk=line.pk).update(unit_cost=2)
    asked, granted = line.quantity * 2, line.granted * 2
    assert besides_seals() == [
        f"{title_of(line)}: cost is kept as {line.cost:.2f}, but its quantity comes to {asked:.2f}.",
        f"{title_of(line)}: granted_cost is kept as {line.granted_cost:.2f}, but its granted comes to {granted:.2f}.",
        f"{title_of(line)}: a unit costs 2.00, which is not what its pool says.",
    ]


def test_a_row_of_another_department_than_its_project_is_found(year: Cycle) -> None:
    issue = Issue.objects.order_by("pk")[0]
    other = Project.objects.exclude(department=issue.department).order_by("pk")[0]
    Issue.objects.filter(pk=issue.pk).update(department=other.department)
    assert besides_seals() == [f"{title_of(issue)}: its project belongs to another department or year."]


def test_a_decision_on_own_work_is_found(year: Cycle) -> None:
    forecast = Forecast.objects.filter(state="accepted").order_by("pk")[0]
    at = forecast.accepted_at - timedelta(hours=1)
    Contributor.objects.create(kind="forecast", record_id=forecast.pk, person_id=forecast.accepted_by_id, at=at)
    as_if_by_an_act("contributor")
    assert besides_seals() == [f"{title_of(forecast)}: whoever has accepted it had a hand in it before."]


def test_a_state_that_does_not_exist_is_found(year: Cycle) -> None:
    issue = Issue.objects.order_by("pk")[0]
    Issue.objects.filter(pk=issue.pk).update(state="lost")
    assert besides_seals() == [f"{title_of(issue)}: there is no state “lost”."]


def test_a_state_without_its_stamp_is_found(year: Cycle, on_postgresql: bool) -> None:
    without_checks(Forecast, "forecast_accepted", on_postgresql)
    forecast = Forecast.objects.order_by("pk")[0]
    Forecast.objects.filter(pk=forecast.pk).update(accepted_at=None, accepted_by=None)
    assert besides_seals() == [
        f"{title_of(forecast)}: the state is “accepted”, but nobody is known to have accepted it."
    ]


def test_a_state_the_trail_knows_nothing_of_is_found(year: Cycle, on_postgresql: bool) -> None:
    without_checks(Cycle, "cycle_closed", on_postgresql)
    Cycle.objects.update(state="closed", closed_at=F("published_at"), closed_by=F("published_by"))
    year.refresh_from_db()
    says = f"{title_of(year)}: the state is “closed”, but the trail ends at “published”."
    # What happened since the day that is said to be its last is found beside it.
    assert [problem for problem in besides_seals() if "its year" not in problem] == [says]


def test_a_trail_that_was_cut_is_found(year: Cycle) -> None:
    head = Head.objects.get()
    put_guards_out_of_action()
    Head.objects.update(position=F("position") + 1)
    assert besides_seals() == [
        f"The trail holds {head.position} entries up to {head.position}; its head says {head.position + 1}."
    ]


def test_the_command_says_so_and_fails(year: Cycle) -> None:
    said = StringIO()
    call_command("check_invariants", stdout=said)
    assert said.getvalue() == f"Everything fits: {len(EQUATIONS)} equations, states and the trail.\n"
    Pool.objects.update(committed=0)
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("check_invariants", "--json", stdout=said)
    assert ended.value.code == 1
    assert json.loads(said.getvalue()) == {"ok": False, "equations": len(EQUATIONS), "problems": problems()}

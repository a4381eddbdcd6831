"""No figure of the sheet without what it is measured against: the year before, the version before, the category."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from budgets.drafting.pages.sheet.lines import BudgetRow, BudgetSheet
from budgets.models import Appropriation, Budget
from budgets.tests.browsing import LogIn
from budgets.tests.budget_year import line_of, set_amount, shared
from budgets.tests.running_year import BEFORE, active_project, approved_line_of
from planning.models import Actual, Cycle
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.tests.page_text import words_of


def sheet(client: Any, number: int = 1) -> BudgetSheet:
    found: BudgetSheet = client.get(f"/2027/budget/{number}/").context["sheet"]
    return found


def row(found: BudgetSheet, number: int) -> BudgetRow:
    return next(row for group in found.groups for row in group.rows if row.line.number == number)


def stories(found: BudgetSheet) -> BudgetRow:
    """The line of the services of the story hours."""
    rows = [row for group in found.groups for row in group.rows]
    return next(row for row in rows if (row.line.project.slug, row.line.category) == ("story-hours", "services"))


def year_2026(arts: Department, by: User, ends_on: date) -> None:
    """The year before: 900 approved for the services of the story hours, 250.50 of it spent."""
    cycle = Cycle.objects.create(
        year=2026,
        starts_on=date(2026, 7, 1),
        ends_on=ends_on,
        state="published",
        published_at=BEFORE,
        published_by=by,
    )
    line = approved_line_of(active_project(cycle, arts, None, "Story hours"), (300, 300, 300, 0))
    Appropriation.objects.filter(pk=line.pk).update(spent=Decimal("250.50"))
    for year, money in ((2025, 700), (2026, 850)):
        Actual.objects.create(department=arts, slug="story-hours", name="Story hours", year=year, money=money)


def test_while_last_year_runs_what_is_spent_so_far_its_budget_and_the_year_before_stand_beside_a_line(
    allocated: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    year_2026(arts, cast.ada, date(2027, 6, 30))
    shared(allocated, cast)
    found = sheet(as_person(cast.amina))
    beside = stories(found).beside
    assert found.before.is_running
    assert (beside.actual, beside.budgeted, beside.earlier) == ("250.50", "of 900.00 budgeted", "2025: 700.00")
    assert "2026 so far" in words_of(as_person(cast.amina).get("/2027/budget/1/"))


def test_once_last_year_is_over_its_actual_figure_stands_beside_its_budget(
    allocated: Cycle, arts: Department, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    year_2026(arts, cast.ada, date(2027, 4, 30))
    shared(allocated, cast)
    beside = stories(sheet(as_person(cast.dora))).beside
    assert (beside.actual, beside.budgeted, beside.earlier) == ("850.00", "of 900.00 budgeted", "")


def test_a_line_that_an_amendment_changes_says_what_it_held(
    amendment: Budget, cast: SimpleNamespace, as_person: LogIn
) -> None:
    held = line_of(amendment, 1).amount
    set_amount(line_of(amendment, 1), held - 100, cast.dora)
    found = sheet(as_person(cast.dora), 2)
    rows = [row for group in found.groups for row in group.rows]
    assert [row.line.number for row in rows if row.beside.is_changed] == [1]
    assert (row(found, 1).beside.held_before, row(found, 1).beside.is_new) == (f"{held:,}", False)
    page = as_person(cast.dora).get("/2027/budget/2/").content.decode()
    assert page.count("is-changed") == 1
    assert "is-changed" not in as_person(cast.dora).get("/2027/budget/1/").content.decode()


def test_what_is_spent_already_stands_beside_a_line_of_the_budget_in_force(
    in_force: Budget, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    Appropriation.objects.filter(cycle=in_force.cycle, number=1).update(spent=Decimal("12.30"))
    found = sheet(as_person(cast.amina))
    assert (row(found, 1).beside.spent, row(found, 2).beside.spent) == ("12.30 spent", "")


def test_each_category_says_what_its_lines_come_to(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    shared(allocated, cast)
    found = sheet(as_person(cast.dora))
    sums = {group.key: (group.sums.count, group.sums.amount) for group in found.groups if group.sums}
    by_hand: dict[str, tuple[int, Decimal]] = {}
    for group in found.groups:
        by_hand[group.key] = (len(group.rows), sum((row.line.amount for row in group.rows), Decimal(0)))
    assert sums == by_hand
    assert len(sums) == 2


def test_a_head_reads_sums_of_the_own_lines_only(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    shared(allocated, cast)
    counts = [group.sums.count for group in sheet(as_person(cast.amina)).groups if group.sums]
    assert sum(counts) == 3

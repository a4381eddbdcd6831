"""What a budget line may hold: its allocation, its fund, and what is spent on it; the first change asks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from budgets.drafting import actions
from budgets.drafting.actions import FundTerms, LineAmounts
from budgets.drafting.workflow import BUDGET
from budgets.drafting.workflow.budget import needs_two
from budgets.models import Appropriation, Budget, BudgetLine, Contest, Expense, Fund
from budgets.spending import actions as spending
from budgets.tests.browsing import LogIn, post
from budgets.tests.budget_year import answer_of, compiled, line_of, propose, shared
from budgets.tests.running_year import OCTOBER
from planning.models import Cycle, Project
from sop_portal.dashboards.checks.chain import broken_links
from sop_portal.foundation.kit.refusals import Changed, NotReady
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.page_text import words_of

ZERO = Decimal(0)
DAY = date(2027, 9, 3)


def refused(act: Callable[[], object]) -> list[str]:
    """What stands against an act."""
    with pytest.raises(NotReady) as refusal:
        act()
    return [str(missing) for missing in refusal.value.missing]


def whole(amount: int | str, **values: Any) -> LineAmounts:
    """All of it in the first quarter."""
    return LineAmounts(Decimal(amount), ZERO, ZERO, ZERO, **values)


def set_line(line: BudgetLine, amounts: LineAmounts, cast: SimpleNamespace, at: datetime) -> BudgetLine:
    seen = Budget.objects.get(pk=line.budget_id).version
    return actions.set_line(line_of(line.budget, line.number), amounts, by=cast.dora, at=at, seen=seen)


def reading(cast: SimpleNamespace, at: datetime, **terms: Any) -> Fund:
    """A fund for reading only."""
    known = FundTerms("Reading grant", True, "Reading with children", **{"amount": Decimal(1000), **terms})
    return actions.add_fund(known, by=cast.dora, at=at)


@pytest.fixture
def spent(in_force: Budget, cast: SimpleNamespace, may: datetime) -> Appropriation:
    """Line 2, the story hours of 3,600.01, with 120.50 spent on it, and an amendment begun."""
    Project.objects.update(state="active", activated_at=may, activated_by=cast.amina)
    line = Appropriation.objects.get(number=2)
    payment = spending.Payment(Decimal("120.50"), DAY, "Chairs")
    spending.post(line, payment, by=cast.dora, at=OCTOBER)
    actions.amend(in_force, reason="Another plan", by=cast.dora, at=may)
    line.refresh_from_db()
    return line


def amendment_line(number: int) -> BudgetLine:
    return line_of(Budget.objects.get(state="draft"), number)


def test_a_line_holds_no_more_than_was_allocated_without_a_reason(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    line = line_of(compiled(allocated, cast), 1)
    assert line.allocated == 400
    assert refused(lambda: set_line(line, whole("400.01"), cast, may)) == [
        "Line 2027-1 Makerspace: 400.01 is more than the 400 allocated. Say why, or enter 400 or less."
    ]
    set_line(line, whole("400.01", more_reason="A second bench"), cast, may)
    assert line_of(line.budget, 1).more_reason == "A second bench"


def test_the_database_holds_a_line_to_its_allocation(allocated: Cycle, cast: SimpleNamespace) -> None:
    budget = compiled(allocated, cast)
    for change in ({"q1": Decimal(914_000)}, {"allocated": Decimal("399.99")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BudgetLine.objects.filter(budget=budget, number=1).update(**change)
    cents = {"q1": Decimal("0.1"), "q2": Decimal("0.2"), "q3": ZERO, "q4": ZERO, "allocated": Decimal("0.3")}
    BudgetLine.objects.filter(budget=budget, number=1).update(**cents)


def test_an_amendment_keeps_what_was_allocated_and_why_more(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget = compiled(allocated, cast)
    set_line(line_of(budget, 1), whole(500, more_reason="A second bench"), cast, may)
    budget.refresh_from_db()
    budget = actions.share(budget, by=cast.dora, at=may, seen=budget.version)
    budget = propose(budget, cast)
    actions.approve(budget, by=cast.emil, at=may, seen=budget.version)
    line = line_of(actions.amend(budget, reason="More", by=cast.dora, at=may), 1)
    assert (line.allocated, line.more_reason, line.amount) == (400, "A second bench", 500)


def test_a_restricted_fund_is_chosen_in_words(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    line, fund = line_of(compiled(allocated, cast), 1), reading(cast, may)
    assert refused(lambda: set_line(line, whole(300, fund=fund), cast, may)) == [
        "“Reading grant” may be used for one purpose only: Reading with children. Say in words how line "
        "2027-1 Makerspace serves it, or choose another funding source."
    ]
    set_line(line, whole(300, fund=fund, serves_purpose="Books to build"), cast, may)
    other = actions.add_fund(FundTerms("Science grant", True, "Science", Decimal(900)), by=cast.dora, at=may)
    # Words about one purpose say nothing of another.
    assert len(refused(lambda: set_line(line, whole(300, fund=other, serves_purpose="Books to build"), cast, may))) == 1
    assert len(refused(lambda: set_line(line, whole(300, fund=other), cast, may))) == 1
    set_line(line, whole(300, fund=other, serves_purpose="Microscopes"), cast, may)


@pytest.mark.parametrize("other", [{"name": "Roof gift"}, {"purpose": "The roof only"}, {"amount": Decimal(900)}])
def test_words_about_a_purpose_that_changed_since_they_were_written_are_not_taken(
    allocated: Cycle, cast: SimpleNamespace, may: datetime, other: dict[str, Any]
) -> None:
    budget, fund = compiled(allocated, cast), reading(cast, may)
    line, seen = line_of(budget, 1), Budget.objects.get(pk=budget.pk).version
    terms = FundTerms("Reading grant", True, "Reading with children", Decimal(1000))
    actions.change_fund(fund, replace(terms, **other), by=cast.dora, at=may, seen=1)
    words = whole(300, fund=Fund.objects.get(pk=fund.pk), serves_purpose="Books to read with children")
    if "amount" in other:
        assert actions.set_line(line, words, by=cast.dora, at=may, seen=seen).fund == fund
        return
    with pytest.raises(Changed):
        actions.set_line(line, words, by=cast.dora, at=may, seen=seen)
    [noted] = Entry.objects.of("budget", budget.pk).filter(verb="edit").last().changes  # type: ignore[union-attr]
    assert (noted["where"], noted["new"]) == (Fund.objects.get(pk=fund.pk).called, next(iter(other.values())))
    assert actions.set_line(line, words, by=cast.dora, at=may, seen=seen + 1).fund == fund


@pytest.mark.parametrize("state", ["draft", "shared", "approved"])
def test_a_fund_stays_what_lines_say_they_serve(
    allocated: Cycle, cast: SimpleNamespace, may: datetime, state: str
) -> None:
    budget, fund = compiled(allocated, cast), reading(cast, may)
    line, terms = line_of(budget, 1), FundTerms("Reading grant", True, "Reading with children", Decimal(1000))
    fund = actions.change_fund(fund, replace(terms, name="Reading gift"), by=cast.dora, at=may, seen=1)
    set_line(line, whole(300, fund=fund, serves_purpose="Books to build"), cast, may)
    budget.refresh_from_db()
    if state != "draft":
        budget = actions.share(budget, by=cast.dora, at=may, seen=budget.version)
    if state == "approved":
        budget = propose(budget, cast)
        actions.approve(budget, by=cast.emil, at=may, seen=budget.version)
    stays = replace(terms, name="Reading gift")
    for other in ({"name": "Roof gift"}, {"purpose": "The roof only"}, {"is_restricted": False, "purpose": ""}):
        changed = replace(stays, **other)  # type: ignore[arg-type]
        why = refused(lambda changed=changed: actions.change_fund(fund, changed, by=cast.dora, at=may, seen=2))
        assert why == [
            "Line 2027-1 says how it serves the purpose of “Reading gift”, so its name, its use and its purpose stay. "
            "Add another funding source, and put the lines on it that it pays for."
        ]
        with pytest.raises(IntegrityError), transaction.atomic():
            Fund.objects.filter(pk=fund.pk).update(**other)
    assert actions.change_fund(fund, replace(stays, amount=Decimal(2000)), by=cast.dora, at=may, seen=2).amount == 2000


def test_the_database_lets_no_line_onto_a_restricted_fund_without_words(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget, fund = compiled(allocated, cast), reading(cast, may)
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetLine.objects.filter(budget=budget, number=1).update(fund=fund)
    with pytest.raises(IntegrityError), transaction.atomic():
        Fund.objects.exclude(pk=fund.pk).update(is_restricted=True, purpose="Chess", amount=10**9)


def test_a_line_takes_no_more_than_its_fund_has_left(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = compiled(allocated, cast)
    fund = reading(cast, may, amount=Decimal(650))
    words = {"fund": fund, "serves_purpose": "Books"}
    set_line(line_of(budget, 1), whole(400, **words), cast, may)
    assert refused(lambda: set_line(line_of(budget, 3), whole(300, **words), cast, may)) == [
        "“Reading grant” has 250 left for line 2027-3 Story hours. Enter 250 or less, take it from another line of "
        "this source first, or choose another one."
    ]
    set_line(line_of(budget, 3), whole(250, **words), cast, may)
    # Who only takes from a line is let through.
    set_line(line_of(budget, 1), whole(399, **words), cast, may)


def test_a_line_is_planned_within_the_period_of_its_fund(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    fund = reading(cast, may, starts_on=date(2027, 7, 1), ends_on=date(2027, 12, 31))
    line, words = line_of(compiled(allocated, cast), 1), {"fund": fund, "serves_purpose": "Books"}
    late = LineAmounts(ZERO, ZERO, Decimal(300), ZERO, **words)
    [problem] = refused(lambda: set_line(line, late, cast, may))
    assert "outside the period of “Reading grant”" in problem
    set_line(line, LineAmounts(Decimal(100), Decimal(200), ZERO, ZERO, **words), cast, may)


def test_what_is_spent_keeps_fund_and_category(spent: Appropriation, cast: SimpleNamespace, may: datetime) -> None:
    line, books = amendment_line(2), reading(cast, may, amount=Decimal(9000))
    other = whole(3000, fund=books, serves_purpose="Books", category="travel")
    problems = refused(lambda: set_line(line, other, cast, may))
    assert [problem.split(", so its ")[1].split(".")[0] for problem in problems] == [
        "funding source stays",
        "category stays",
    ]
    for change in ({"fund": books}, {"category": "travel"}, {"department": Department.objects.get(slug="sports")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Appropriation.objects.filter(pk=spent.pk).update(**change)
    # Once the expense is undone, the line may go elsewhere.
    spending.correct(spent.expenses.get(), why="Wrong line", by=cast.dora, at=OCTOBER)
    set_line(line, other, cast, may)


def test_what_was_undone_keeps_the_labels_it_was_undone_under(
    spent: Appropriation, cast: SimpleNamespace, may: datetime
) -> None:
    spending.correct(spent.expenses.get(), why="Wrong category", by=cast.dora, at=OCTOBER)
    set_line(amendment_line(2), whole(3000, category="travel"), cast, may)
    amendment = Budget.objects.get(state="draft")
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    amendment = propose(amendment, cast)
    actions.approve(amendment, by=cast.emil, at=may, seen=amendment.version)
    assert {expense.category for expense in Expense.objects.all()} == {spent.category}
    broken = [link.sentence for link in broken_links() if link.rows.exists()]
    assert [sentence for sentence in broken if sentence.startswith("its line has another")] == []


def test_an_expense_is_labelled_as_its_line_is(spent: Appropriation, cast: SimpleNamespace) -> None:
    expense = spent.expenses.get()
    assert (expense.fund, expense.category) == (spent.fund, spent.category)
    expense.pk, expense.category = None, "travel"
    with pytest.raises(IntegrityError), transaction.atomic():
        expense.save(force_insert=True)


def test_no_figure_below_what_is_spent_is_taken_anywhere(
    spent: Appropriation, cast: SimpleNamespace, arts: Department, may: datetime, as_person: LogIn
) -> None:
    line = amendment_line(2)
    below = "120.50 of line 2027-2 Story hours is already spent; it cannot be cut to %s."
    assert refused(lambda: set_line(line, whole(120), cast, may)) == [below % 120]
    seen = Budget.objects.get(state="draft").version
    assert refused(lambda: actions.leave_out(line, why="No", by=cast.dora, at=may, seen=seen)) == [below % 0]
    set_line(line, whole(3000), cast, may)
    amendment = Budget.objects.get(state="draft")
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    answer = answer_of(amendment, arts)
    wanted = {line.pk: (Decimal(100), "Less")}
    assert refused(lambda: actions.contest(answer, contested=wanted, by=cast.amina, at=may, seen=answer.version)) == [
        below % 100
    ]
    url = "/2027/budget/2/departments/arts/contest/"
    fields = {"seen": str(answer.version), f"wanted_{line.pk}": "100", f"reason_{line.pk}": "Less"}
    page = post(as_person(cast.amina), url, **fields)
    assert (page.status_code, below % 100 in words_of(page), "120.50" in words_of(page)) == (422, True, True)
    actions.contest(answer, contested={line.pk: (Decimal(200), "Less")}, by=cast.amina, at=may, seen=answer.version)
    assert refused(
        lambda: actions.settle(answer, amounts={line.pk: Decimal(90)}, by=cast.dora, at=may, seen=answer.version)
    ) == [below % 90]
    url = "/2027/budget/2/departments/arts/settle/"
    assert "120.50" in words_of(as_person(cast.dora).get(url))
    page = post(as_person(cast.dora), url, **{"seen": str(answer.version), f"amount_{line.pk}": "90"})
    assert (page.status_code, below % 90 in words_of(page)) == (422, True)


def test_the_figure_already_spent_stands_beside_the_field(
    spent: Appropriation, cast: SimpleNamespace, as_person: LogIn
) -> None:
    page = words_of(as_person(cast.dora).get("/2027/budget/2/line/2/"))
    assert [words in page for words in ("3,600.01 allocated", "120.50 already spent")] == [True, True]


def test_the_reason_of_a_department_is_the_reason_for_more(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    line, answer = line_of(budget, 1), answer_of(budget, arts)
    contested = {line.pk: (Decimal(500), "Wood is dearer")}
    actions.contest(answer, contested=contested, by=cast.amina, at=may, seen=answer.version)
    actions.settle(answer, amounts={line.pk: Decimal(450)}, by=cast.dora, at=may, seen=answer.version)
    line = line_of(budget, 1)
    assert (line.amount, line.more_reason) == (450, "Wood is dearer")
    assert Contest.objects.get().settled == "changed"


@pytest.mark.parametrize(("limit", "two"), [(600, False), (500, False), (499, True)])
def test_the_number_of_approvers_is_measured_on_what_changes(
    in_force: Budget, cast: SimpleNamespace, may: datetime, limit: int, two: bool
) -> None:
    """7,000.01 in all, of which 500 move."""
    amendment = actions.amend(in_force, reason="Another plan", by=cast.dora, at=may)
    set_line(line_of(amendment, 2), whole("3100.01"), cast, may)
    set_line(line_of(amendment, 1), whole(900, more_reason="A second bench"), cast, may)
    Cycle.objects.update(second_approval_above=limit)
    amendment = Budget.objects.select_related("cycle").get(pk=amendment.pk)
    assert needs_two(amendment) is two
    [step] = [step for step in BUDGET.steps if step.name == "endorse"]
    assert step.missing is not None
    assert bool(step.missing(amendment, may)) is not two


def test_more_and_less_are_changes_alike(in_force: Budget, cast: SimpleNamespace, may: datetime) -> None:
    Cycle.objects.update(second_approval_above=600)
    amendment = actions.amend(in_force, reason="A cut", by=cast.dora, at=may)
    set_line(line_of(amendment, 2), whole(3000), cast, may)
    assert needs_two(Budget.objects.select_related("cycle").get(pk=amendment.pk)) is True
    set_line(line_of(amendment, 2), whole("3000.01"), cast, may)
    assert needs_two(Budget.objects.select_related("cycle").get(pk=amendment.pk)) is False

"""Compiling the budget from the allocations, and editing its lines."""

from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from budgets.drafting import actions
from budgets.drafting.actions import LineAmounts
from budgets.drafting.actions.compilation import category_of
from budgets.models import Budget, BudgetLine, Fund
from budgets.tests.budget_year import (
    allocated_request,
    compiled,
    granted,
    line_of,
    planned_project,
    published_cycle,
    set_amount,
    shared,
)
from planning.models import Cycle, Pool, RequestLine, ResourceRequest
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.trail.models import Entry
from sop_portal.people.actions import delegate
from sop_portal.people.terms import Term


def test_every_allocation_becomes_one_line(allocated: Cycle, cast: SimpleNamespace) -> None:
    budget = compiled(allocated, cast)
    lines = [(line.number, str(line.project), line.category, line.amount) for line in budget.lines.order_by("number")]
    assert lines == [
        (1, "Makerspace", "services", Decimal("400.00")),
        (2, "Story hours", "services", Decimal("3600.01")),
        (3, "Story hours", "materials", Decimal("1000.00")),
        (4, "Summer league", "services", Decimal("2000.00")),
    ]
    assert (budget.state, budget.number, budget.kind, Fund.objects.get().name) == (
        "draft",
        1,
        "original",
        "General fund",
    )


def test_the_quarters_of_a_line_sum_to_its_allocation_to_the_cent(allocated: Cycle, cast: SimpleNamespace) -> None:
    line = line_of(compiled(allocated, cast), 2)
    assert line.quarters == [Decimal("900.01"), Decimal("900.00"), Decimal("900.00"), Decimal("900.00")]
    assert sum(line.quarters) == line.amount == line.allocation.granted_cost


def test_a_currency_without_cents_is_split_into_whole_amounts(cast: SimpleNamespace, arts: Department) -> None:
    cycle = published_cycle(cast.ada, currency="JPY")
    granted(allocated_request(cycle, arts, cast), planned_project(cycle, arts, "Story hours"), "1003")
    assert line_of(compiled(cycle, cast), 1).quarters == [Decimal(251), Decimal(251), Decimal(251), Decimal(250)]


def test_refused_and_deferred_lines_stay_out(allocated: Cycle, cast: SimpleNamespace) -> None:
    RequestLine.objects.filter(project__name="Makerspace").update(
        decision="refused", granted=0, granted_cost=0, reason="Not now"
    )
    assert compiled(allocated, cast).lines.count() == 3


@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "emil", "ada", "omar", "farid"])
def test_only_finance_compiles(allocated: Cycle, cast: SimpleNamespace, name: str, may: datetime) -> None:
    with pytest.raises(NotYours):
        actions.compile_budget(allocated, by=getattr(cast, name), at=may)
    assert Budget.objects.count() == 0


def test_a_year_is_compiled_once(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    compiled(allocated, cast)
    with pytest.raises(NotNow):
        actions.compile_budget(allocated, by=cast.dev, at=may)


def test_nothing_allocated_is_nothing_to_compile(cast: SimpleNamespace, arts: Department, may: datetime) -> None:
    cycle = published_cycle(cast.ada)
    ResourceRequest.objects.create(cycle=cycle, department=arts, due=may.date())
    with pytest.raises(NotReady) as refusal:
        actions.compile_budget(cycle, by=cast.dora, at=may)
    assert refusal.value.missing == ["Arts: not decided yet."]


def test_what_is_allocated_later_holds_up_sharing_until_it_is_taken_in(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget = compiled(allocated, cast)
    request = ResourceRequest.objects.get(department__slug="sports")
    granted(request, planned_project(allocated, request.department, "Chess"), "75.50")
    with pytest.raises(NotReady) as refusal:
        actions.share(budget, by=cast.dora, at=may, seen=1)
    assert [str(m) for m in refusal.value.missing] == [
        "75.50 for “Chess money” (Chess) is allocated but not in the budget."
    ]
    actions.take_in_new(budget, by=cast.dora, at=may, seen=1)
    assert (line_of(budget, 5).amount, budget.version) == (Decimal("75.50"), 2)
    actions.share(budget, by=cast.dora, at=may, seen=2)
    assert budget.state == "shared"


def test_where_nothing_new_was_allocated_the_budget_stays_as_it_is(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget = compiled(allocated, cast)
    with pytest.raises(NotReady) as refusal:
        actions.take_in_new(budget, by=cast.dora, at=may, seen=1)
    assert refusal.value.sentence == "Nothing was allocated since the budget was compiled."
    assert Budget.objects.get().version == 1


def test_a_line_is_set_by_quarters_and_leaves_a_trail(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = compiled(allocated, cast)
    grant = actions.add_fund(actions.FundTerms("State grant", True, "Reading", Decimal(5000)), by=cast.dev, at=may)
    amounts = LineAmounts(
        Decimal(100),
        Decimal(100),
        Decimal("50.50"),
        Decimal(0),
        "travel",
        grant,
        "5 trips × 50.10",
        serves_purpose="Five trips to read aloud",
    )
    line = actions.set_line(line_of(budget, 1), amounts, by=cast.dev, at=may, seen=1)
    assert (line.amount, line.fund, line.category) == (Decimal("250.50"), grant, "travel")
    changes = Entry.objects.filter(kind="budget", verb="edit").get().changes
    assert {c["where"] for c in changes} == {"2027-1 Makerspace"}
    assert {"field": "fund", "old": "General fund", "new": "State grant", "where": "2027-1 Makerspace"} in changes


@pytest.mark.parametrize("quarters", [(0, 0, 0, 0), (-1, 5, 0, 0)])
def test_a_line_holds_more_than_nothing(
    allocated: Cycle, cast: SimpleNamespace, may: datetime, quarters: tuple[int, ...]
) -> None:
    line = line_of(compiled(allocated, cast), 1)
    amounts = LineAmounts(*(Decimal(quarter) for quarter in quarters))
    with pytest.raises(NotReady):
        actions.set_line(line, amounts, by=cast.dora, at=may, seen=1)


def test_the_database_refuses_a_negative_quarter(allocated: Cycle, cast: SimpleNamespace) -> None:
    budget = compiled(allocated, cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        BudgetLine.objects.filter(budget=budget).update(q1=-1)


def test_a_line_is_left_out_with_a_reason_only(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    line = line_of(compiled(allocated, cast), 1)
    with pytest.raises(NotReady):
        actions.leave_out(line, why=" ", by=cast.dora, at=may, seen=1)
    actions.leave_out(line, why="Paid by a friend", by=cast.dora, at=may, seen=1)
    line.refresh_from_db()
    assert (line.amount, line.is_refused, line.refusal) == (Decimal(0), True, "Paid by a friend")
    set_amount(line, 30, cast.dora)
    line.refresh_from_db()
    assert (line.amount, line.is_refused, line.refusal) == (Decimal(30), False, "")


@pytest.mark.parametrize("name", ["amina", "bao", "ben", "chidi", "emil", "ada", "omar", "farid"])
def test_only_finance_edits_the_lines_of_the_years_budget(allocated: Cycle, cast: SimpleNamespace, name: str) -> None:
    line = line_of(compiled(allocated, cast), 2)
    with pytest.raises(NotYours):
        set_amount(line, 5, getattr(cast, name))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_two_people_edit_different_lines_but_never_the_same_one_unseen(
    language: str, allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget = compiled(allocated, cast)
    amounts = LineAmounts(Decimal(10), Decimal(0), Decimal(0), Decimal(0))
    actions.set_line(line_of(budget, 1), amounts, by=cast.dora, at=may, seen=1)
    actions.set_line(line_of(budget, 2), amounts, by=cast.dev, at=may, seen=1)
    with translation.override(language), pytest.raises(Changed) as refusal:
        actions.set_line(line_of(budget, 1), amounts, by=cast.dev, at=may, seen=1)
    assert {difference.where for difference in refusal.value.differences} == {"2027-1 Makerspace"}


def test_a_restricted_fund_names_its_purpose(cast: SimpleNamespace, may: datetime) -> None:
    with pytest.raises(NotReady):
        actions.add_fund(actions.FundTerms("Grant", is_restricted=True, amount=Decimal(1)), by=cast.dora, at=may)
    with pytest.raises(NotYours):
        actions.add_fund(actions.FundTerms("Grant"), by=cast.amina, at=may)
    assert Fund.objects.count() == 0


def test_there_is_one_fund_of_a_name(cast: SimpleNamespace, may: datetime) -> None:
    actions.add_fund(actions.FundTerms("Grant"), by=cast.dora, at=may)
    with pytest.raises(NotReady):
        actions.add_fund(actions.FundTerms("Grant"), by=cast.dev, at=may)
    assert Fund.objects.count() == 1


def test_departments_see_a_budget_and_their_own_lines_from_the_moment_it_is_shared(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    amina, dora = Actor.of(cast.amina, may), Actor.of(cast.dora, may)
    budget = compiled(allocated, cast)
    assert not Budget.objects.visible_to(amina).exists()
    assert not BudgetLine.objects.visible_to(amina).exists()
    assert BudgetLine.objects.visible_to(dora).count() == 4
    actions.share(budget, by=cast.dora, at=may, seen=1)
    assert Budget.objects.visible_to(amina).get() == budget
    assert set(BudgetLine.objects.visible_to(amina).values_list("department__slug", flat=True)) == {"arts"}


def test_a_deputy_of_finance_asks_in_its_place(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget, day = compiled(allocated, cast), may.date()
    delegate(giver=cast.dora, deputy=cast.farid, role="", term=Term(day, day), by=cast.dora, at=may)
    actions.share(budget, by=cast.farid, at=may, seen=1)
    asked = Entry.objects.filter(kind="confirmation", verb="create").values_list("by_id", "behalf_id").distinct()
    assert list(asked) == [(cast.farid.pk, cast.dora.pk)]


def test_a_shared_budget_is_not_compiled_anew(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = shared(allocated, cast)
    with pytest.raises(NotNow):
        actions.take_in_new(budget, by=cast.dora, at=may, seen=budget.version)


@pytest.mark.parametrize(
    ("metric", "kind", "category"),
    [
        ("materials", "money", "materials"),
        ("money", "money", "services"),
        ("", "money", "services"),
        ("", "materials", "materials"),
        ("people", "people", "people"),
    ],
)
def test_materials_that_were_forecast_are_budgeted_as_materials_whatever_they_are_called(
    metric: str, kind: str, category: str
) -> None:
    line = RequestLine(what="Paper", metric=metric, forecast_line_id=1, pool=Pool(kind=kind))
    assert category_of(line) == category

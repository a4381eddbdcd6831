"""What a funding source holds, when, and what for: kept while lines are in force and money is spent."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from budgets.drafting import actions
from budgets.drafting.actions import FundTerms
from budgets.drafting.workflow.limits import broken_limits
from budgets.models import Appropriation, Budget, Fund
from budgets.spending import actions as spending
from budgets.spending.actions import Payment
from budgets.tests.browsing import LogIn
from budgets.tests.budget_year import approved, line_of, propose, proposed, set_amount
from planning.models import Cycle
from sop_portal.foundation.kit.refusals import Changed, NotReady
from sop_portal.foundation.organisation.models import User

READING = FundTerms("Reading grant", True, "Reading", Decimal(3600), date(2027, 7, 1), date(2028, 6, 30))


def terms_of(fund: Fund, **other: object) -> FundTerms:
    return replace(FundTerms(**{name: getattr(fund, name) for name in vars(READING)}), **other)  # type: ignore[arg-type]


def test_the_lines_in_force_are_counted_on_their_fund(allocated: Cycle, cast: SimpleNamespace, may: datetime) -> None:
    budget = approved(allocated, cast)
    assert Fund.objects.get().in_force == Decimal("7000.01")
    amendment = actions.amend(budget, reason="Less", by=cast.dora, at=may)
    set_amount(line_of(amendment, 2), 600, cast.dora)
    assert Fund.objects.get().in_force == Decimal("7000.01")
    amendment.refresh_from_db()
    actions.share(amendment, by=cast.dora, at=may, seen=amendment.version)
    amendment = propose(amendment, cast)
    actions.approve(amendment, by=cast.emil, at=may, seen=amendment.version)
    assert Fund.objects.get().in_force == Decimal(4000)


def test_a_version_that_comes_to_more_than_its_fund_is_not_put_in_force(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    budget = proposed(allocated, cast)
    Fund.objects.update(amount=Decimal(7000))
    [missing] = broken_limits(budget)
    assert "come to 7,000.01, and it holds 7,000" in str(missing)
    with pytest.raises(NotReady):
        actions.approve(budget, by=cast.emil, at=may, seen=budget.version)
    assert (Appropriation.objects.count(), Fund.objects.get().in_force) == (0, 0)
    Fund.objects.update(amount=Decimal("7000.01"))
    actions.approve(budget, by=cast.emil, at=may, seen=budget.version)
    assert Fund.objects.get().in_force == Decimal("7000.01")


def test_the_fund_that_new_lines_begin_on_is_for_everything(cast: SimpleNamespace, may: datetime) -> None:
    sentence = (
        "New lines begin on “General fund”, so it is not restricted. Add another funding source for this purpose."
    )
    for act in (actions.add_fund, restricted_later):
        with pytest.raises(NotReady) as refusal:
            act(replace(READING, name="General fund"), by=cast.dora, at=may)
        assert refusal.value.missing == [sentence]


def test_the_general_fund_is_kept_by_one_name_and_called_in_the_language_of_its_reader(
    in_force: Budget, cast: SimpleNamespace, as_person: LogIn
) -> None:
    fund, chinese = Fund.objects.get(name="General fund"), {"django_language": "zh-hans"}
    with override("zh-hans"):
        assert (str(fund), fund.called) == ("General fund", "一般资金")
    browser = as_person(cast.dora)
    browser.cookies.load(chinese)
    for address in ("/2027/budget/1/export/?kind=csv", "/2027/lines/export/csv/"):
        rows = b"".join(browser.get(address).streaming_content).decode()
        assert ("一般资金" in rows, "General fund" in rows) == (True, False), address


def restricted_later(terms: FundTerms, *, by: User, at: datetime) -> Fund:
    fund = Fund.objects.create(name="General fund")
    return actions.change_fund(fund, terms, by=by, at=at, seen=fund.version)


def test_the_database_holds_a_fund_to_its_amount(in_force: Budget) -> None:
    for change in ({"amount": Decimal(7000)}, {"in_force": Decimal(-1)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Fund.objects.update(**change)


def test_a_fund_does_not_fall_below_its_lines_in_force(in_force: Budget, cast: SimpleNamespace, may: datetime) -> None:
    fund = Fund.objects.get()
    with pytest.raises(NotReady) as refusal:
        actions.change_fund(fund, terms_of(fund, amount=Decimal(7000)), by=cast.dora, at=may, seen=1)
    assert "Lines in force hold 7,000.01 of it" in str(refusal.value.missing[0])
    changed = actions.change_fund(fund, terms_of(fund, amount=Decimal(8000)), by=cast.dora, at=may, seen=1)
    assert (changed.left, changed.version) == (Decimal("999.99"), 2)
    with pytest.raises(Changed):
        actions.change_fund(fund, terms_of(fund, amount=Decimal(9000)), by=cast.dev, at=may, seen=1)


def test_a_period_does_not_leave_lines_outside(in_force: Budget, cast: SimpleNamespace, may: datetime) -> None:
    fund = Fund.objects.get()
    with pytest.raises(NotReady) as refusal:
        actions.change_fund(fund, terms_of(fund, ends_on=date(2028, 3, 31)), by=cast.dora, at=may, seen=1)
    assert "outside the period" in str(refusal.value.missing[0])
    actions.change_fund(fund, terms_of(fund, ends_on=date(2028, 6, 30)), by=cast.dora, at=may, seen=1)


def test_what_money_was_spent_from_keeps_its_name_and_purpose(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    fund = approved_line.fund
    renamed = actions.change_fund(fund, terms_of(fund, name="Town funds"), by=cast.dora, at=october, seen=1)
    spending.post(approved_line, Payment(Decimal(10), date(2027, 10, 5), "Chairs"), by=cast.ben, at=october)
    with pytest.raises(NotReady) as refusal:
        actions.change_fund(fund, terms_of(renamed, name="Other"), by=cast.dora, at=october, seen=2)
    assert "Money is spent from “Town funds” already" in str(refusal.value.missing[0])
    for change in ({"name": "Other"}, {"purpose": "Chess"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Fund.objects.update(**change)
    actions.change_fund(fund, terms_of(renamed, amount=Decimal(5000)), by=cast.dora, at=october, seen=2)


def test_a_period_keeps_the_days_on_which_money_was_spent(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime
) -> None:
    fund, day = approved_line.fund, date(2027, 6, 29)
    payment = Payment(Decimal(10), day, "Early paint")
    asked = spending.ask_exception(approved_line, payment, why="It came early", by=cast.ben, at=october)
    spending.grant(asked, by=cast.dora, at=october, seen=asked.version)
    expense = spending.post(approved_line, payment, by=cast.ben, at=october, exception=asked)
    with pytest.raises(NotReady) as refusal:
        actions.change_fund(fund, terms_of(fund, starts_on=date(2027, 6, 30)), by=cast.dora, at=october, seen=1)
    assert [said.replace("\N{NO-BREAK SPACE}", " ") for said in map(str, refusal.value.missing)] == [
        f"Money was spent from it on 29 June 2027, on line {approved_line}, so its period covers that day."
    ]
    fund = actions.change_fund(fund, terms_of(fund, starts_on=day), by=cast.dora, at=october, seen=1)
    spending.correct(expense, why="Paid twice", by=cast.dora, at=october)
    actions.change_fund(fund, terms_of(fund, starts_on=date(2027, 6, 30)), by=cast.dora, at=october, seen=2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"purpose": ""},
        {"amount": None},
        {"amount": Decimal(-1)},
        {"name": " "},
        {"ends_on": date(2027, 6, 30)},
    ],
)
def test_a_restricted_fund_says_what_for_how_much_and_when(
    cast: SimpleNamespace, may: datetime, wrong: dict[str, object]
) -> None:
    with pytest.raises(NotReady):
        actions.add_fund(replace(READING, **wrong), by=cast.dora, at=may)  # type: ignore[arg-type]
    assert not Fund.objects.exists()


@pytest.mark.parametrize(
    ("period", "said"),
    [
        (
            {"starts_on": date(2027, 10, 6)},
            "5 October 2027 is before “Own funds” may be spent: from 6 October 2027 on.",
        ),
        ({"ends_on": date(2027, 10, 4)}, "5 October 2027 is after “Own funds” may be spent: until 4 October 2027."),
    ],
)
def test_nothing_is_spent_outside_the_period_of_a_fund(
    approved_line: Appropriation, cast: SimpleNamespace, october: datetime, period: dict[str, date], said: str
) -> None:
    Fund.objects.update(**period)
    with pytest.raises(NotReady) as refusal:
        spending.post(approved_line, Payment(Decimal(10), date(2027, 10, 5), "Chairs"), by=cast.ben, at=october)
    assert str(refusal.value.sentence).replace("\N{NO-BREAK SPACE}", " ") == said
    assert str(refusal.value.way_out) == "Choose a day inside, or a line of another funding source."

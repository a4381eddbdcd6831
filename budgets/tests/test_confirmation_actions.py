"""What departments say of their lines: confirm, contest, be answered, and never confirm what they have not seen."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from budgets.drafting import actions
from budgets.drafting.workflow import CONFIRMATION
from budgets.models import Budget, BudgetLine, Confirmation, Contest
from budgets.spending.actions import cancel
from budgets.tests.budget_year import (
    answer_of,
    compiled,
    confirm_all,
    line_of,
    propose,
    set_amount,
    shared,
    update_stored_totals,
)
from planning.cycles.actions import MoreTime, extend
from planning.models import Cycle, Project
from sop_portal.dashboards.checks.missing_rows import rows_without
from sop_portal.foundation.kit.refusals import Changed, NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.workflow.seals import broken_seals

EVERYBODY = ["amina", "ben", "bao", "chidi", "dora", "emil", "ada", "omar", "farid"]


def contest_makerspace(budget: Budget, arts: Department, cast: SimpleNamespace, at: datetime) -> Confirmation:
    """Amina wants 500 for the makerspace, line 1, instead of 400."""
    answer, line = answer_of(budget, arts), line_of(budget, 1)
    return actions.contest(
        answer, contested={line.pk: (Decimal(500), "The printer")}, by=cast.amina, at=at, seen=answer.version
    )


def test_sharing_asks_every_department_with_lines_and_tells_its_head(allocated: Cycle, cast: SimpleNamespace) -> None:
    budget = shared(allocated, cast)
    asked = Confirmation.objects.filter(budget=budget).values_list("department__slug", "state", "due")
    assert set(asked) == {("arts", "awaiting", date(2027, 5, 24)), ("sports", "awaiting", date(2027, 5, 24))}
    notified = Notice.objects.filter(kind="confirmation").values_list("person__name", flat=True)
    assert set(notified) == {"Amina Diallo", "Bao Nguyen"}


def test_the_answer_is_due_when_the_budget_is_at_the_latest(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = compiled(allocated, cast)
    actions.share(budget, by=cast.dora, at=may + timedelta(days=45), seen=1)
    assert answer_of(budget, arts).due == date(2027, 6, 30)


@pytest.mark.parametrize("name", [n for n in EVERYBODY if n != "dora"])
def test_only_finance_shares(allocated: Cycle, cast: SimpleNamespace, name: str, may: datetime) -> None:
    budget = compiled(allocated, cast)
    with pytest.raises(NotYours):
        actions.share(budget, by=getattr(cast, name), at=may, seen=1)


@pytest.mark.parametrize("name", [n for n in EVERYBODY if n != "amina"])
def test_only_the_own_head_confirms_or_contests(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime, name: str
) -> None:
    budget, person = shared(allocated, cast), getattr(cast, name)
    with pytest.raises(NotYours):
        actions.confirm(answer_of(budget, arts), by=person, at=may, seen=1)
    with pytest.raises(NotYours):
        actions.contest(
            answer_of(budget, arts), contested={line_of(budget, 1).pk: (Decimal(1), "x")}, by=person, at=may, seen=1
        )
    assert answer_of(budget, arts).state == "awaiting"


def test_a_head_confirms_once(allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime) -> None:
    budget = shared(allocated, cast)
    answer = actions.confirm(answer_of(budget, arts), by=cast.amina, at=may, seen=1)
    assert (answer.state, answer.confirmed_by, answer.confirmed_at) == ("confirmed", cast.amina, may)
    with pytest.raises(NotNow):
        actions.confirm(answer, by=cast.amina, at=may, seen=1)


def test_nobody_answers_a_budget_that_is_not_shared(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = propose(shared(allocated, cast), cast)
    actions.send_back(budget, by=cast.emil, at=may, seen=budget.version, comment="Too much")
    set_amount(line_of(budget, 1), 5, cast.dora)
    answer = answer_of(budget, arts)
    with pytest.raises(NotNow):
        actions.contest(
            answer, contested={line_of(budget, 1).pk: (Decimal(9), "x")}, by=cast.amina, at=may, seen=answer.version
        )


def test_a_contest_names_lines_amounts_and_reasons(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    answer = contest_makerspace(budget, arts, cast, may)
    contest = Contest.objects.get()
    assert (answer.state, contest.wanted, contest.reason, contest.settled) == (
        "contested",
        Decimal(500),
        "The printer",
        "open",
    )


@pytest.mark.parametrize(
    "wanted", [(Decimal(400), "The same"), (Decimal(500), " "), (Decimal(-1), "Less than nothing")]
)
def test_a_contest_that_says_nothing_is_refused(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime, wanted: tuple[Decimal, str]
) -> None:
    budget = shared(allocated, cast)
    with pytest.raises(NotReady):
        actions.contest(
            answer_of(budget, arts), contested={line_of(budget, 1).pk: wanted}, by=cast.amina, at=may, seen=1
        )
    assert (Contest.objects.count(), answer_of(budget, arts).state) == (0, "awaiting")


def test_another_departments_line_cannot_be_contested(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    for contested in ({}, {line_of(budget, 4).pk: (Decimal(1), "Not theirs")}):
        with pytest.raises(NotReady):
            actions.contest(answer_of(budget, arts), contested=contested, by=cast.amina, at=may, seen=1)


def test_finance_settles_a_contest_and_the_department_is_asked_again(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    answer = contest_makerspace(budget, arts, cast, may)
    line = line_of(budget, 1)
    actions.settle(answer, amounts={line.pk: Decimal("450.02")}, by=cast.dora, at=may, seen=answer.version)
    line.refresh_from_db()
    assert (line.amount, line.quarters) == (
        Decimal("450.02"),
        [Decimal("112.51"), Decimal("112.51"), Decimal("112.50"), Decimal("112.50")],
    )
    assert (answer.state, answer.version, Contest.objects.get().settled) == ("awaiting", 2, "changed")
    assert (Budget.objects.get().version, Contest.objects.get().settled_by) == (2, cast.dora)


def test_settling_leaves_no_contested_line_unchanged(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    answer = contest_makerspace(budget, arts, cast, may)
    for amounts in ({}, {line_of(budget, 1).pk: Decimal(400)}):
        with pytest.raises(NotReady) as refusal:
            actions.settle(answer, amounts=amounts, by=cast.dora, at=may, seen=answer.version)
        assert refusal.value.missing == ["Line 2027-1 Makerspace is unchanged."]
    assert answer_of(budget, arts).state == "contested"


def test_settling_gives_no_line_less_than_nothing(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    answer = contest_makerspace(budget, arts, cast, may)
    with pytest.raises(NotReady) as refusal:
        actions.settle(answer, amounts={line_of(budget, 1).pk: Decimal(-1)}, by=cast.dora, at=may, seen=answer.version)
    assert str(refusal.value) == "“2027-1 Makerspace” is less than it can be. Enter 0 or more."


@pytest.mark.parametrize("name", [n for n in EVERYBODY if n != "dora"])
def test_only_finance_settles(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime, name: str
) -> None:
    budget = shared(allocated, cast)
    answer = contest_makerspace(budget, arts, cast, may)
    with pytest.raises(NotYours):
        actions.settle(
            answer, amounts={line_of(budget, 1).pk: Decimal(1)}, by=getattr(cast, name), at=may, seen=answer.version
        )
    assert BudgetLine.objects.get(pk=line_of(budget, 1).pk).amount == Decimal(400)


def test_changing_the_one_contested_line_settles_it_too(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    answer = contest_makerspace(budget, arts, cast, may)
    set_amount(line_of(budget, 1), 500, cast.dora)
    answer.refresh_from_db()
    assert (answer.state, Contest.objects.get().settled) == ("awaiting", "changed")


def test_with_two_contested_lines_one_change_leaves_the_other_open(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    answer = answer_of(budget, arts)
    wanted = {line_of(budget, number).pk: (Decimal(5000), "More") for number in (1, 2)}
    actions.contest(answer, contested=wanted, by=cast.amina, at=may, seen=1)
    set_amount(line_of(budget, 1), 500, cast.dora)
    answer.refresh_from_db()
    assert (answer.state, Contest.objects.filter(settled="open").get().line) == ("contested", line_of(budget, 2))
    actions.overrule(answer, by=cast.emil, at=may, seen=answer.version, comment="The pool is empty")
    assert set(Contest.objects.values_list("settled", "answer")) == {
        ("changed", ""),
        ("overruled", "The pool is empty"),
    }


def test_management_overrules_with_a_reason(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    answer = contest_makerspace(budget, arts, cast, may)
    with pytest.raises(NotReady):
        actions.overrule(answer, by=cast.emil, at=may, seen=answer.version)
    actions.overrule(answer, by=cast.emil, at=may, seen=answer.version, comment="The pool is empty")
    assert (answer.state, answer.overruled_by, Contest.objects.get().answer) == (
        "overruled",
        cast.emil,
        "The pool is empty",
    )
    assert line_of(budget, 1).amount == Decimal(400)


@pytest.mark.parametrize("name", [n for n in EVERYBODY if n != "emil"])
def test_only_management_overrules(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime, name: str
) -> None:
    answer = contest_makerspace(shared(allocated, cast), arts, cast, may)
    with pytest.raises(NotYours):
        actions.overrule(answer, by=getattr(cast, name), at=may, seen=answer.version, comment="No")


def test_a_manager_who_heads_the_department_does_not_overrule_it(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    Membership.objects.create(person=cast.emil, role=Role.HEAD, department=arts, from_on=date(2020, 1, 1))
    answer = contest_makerspace(shared(allocated, cast), arts, cast, may)
    with pytest.raises(NotYours) as refusal:
        actions.overrule(answer, by=cast.emil, at=may, seen=answer.version, comment="No")
    assert refusal.value.way_out == "Elif Aydin can."


def test_management_goes_on_without_a_department_that_did_not_answer_in_time(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    answer = answer_of(shared(allocated, cast), arts)
    with pytest.raises(NotReady) as refusal:
        actions.pass_over(answer, by=cast.emil, at=may, seen=1, comment="No answer")
    assert [str(missing) for missing in refusal.value.missing] == ["The department has until 24\xa0May 2027 to answer."]
    actions.pass_over(answer, by=cast.emil, at=may + timedelta(days=15), seen=1, comment="No answer")
    assert (answer.state, answer.overruled_by) == ("overruled", cast.emil)


def test_nobody_goes_on_without_a_department_that_was_given_more_time(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget, late = shared(allocated, cast), may + timedelta(days=15)
    more = MoreTime("budget", arts, date(2027, 7, 20), "The printer came late")
    extend(Cycle.objects.get(pk=allocated.pk), more, by=cast.ada, at=may)
    with pytest.raises(NotReady) as refusal:
        actions.pass_over(answer_of(budget, arts), by=cast.emil, at=late, seen=1, comment="No answer")
    assert [str(missing) for missing in refusal.value.missing] == [
        "The department has until 20\xa0July 2027 to answer."
    ]
    with pytest.raises(NotReady) as refusal:
        actions.propose(budget, by=cast.dora, at=late, seen=budget.version)
    assert str(refusal.value.missing[0]) == "Arts has until 20\xa0July 2027 to confirm its lines."
    over = may + timedelta(days=72)
    answer = actions.pass_over(answer_of(budget, arts), by=cast.emil, at=over, seen=1, comment="No answer")
    assert answer.state == "overruled"


def test_a_department_whose_lines_were_changed_for_it_has_two_weeks_from_then(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget, later = shared(allocated, cast), may + timedelta(days=20)
    answer = contest_makerspace(budget, arts, cast, may)
    amounts = {line_of(budget, 1).pk: Decimal(450)}
    actions.settle(answer, amounts=amounts, by=cast.dora, at=later, seen=answer.version)
    assert answer_of(budget, arts).due == date(2027, 6, 13)
    with pytest.raises(NotReady):
        actions.pass_over(answer, by=cast.emil, at=later, seen=answer.version, comment="No answer")


@pytest.mark.parametrize("name", [n for n in EVERYBODY if n != "emil"])
def test_only_management_goes_on_without_an_answer(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime, name: str
) -> None:
    answer, late = answer_of(shared(allocated, cast), arts), may + timedelta(days=15)
    with pytest.raises(NotYours):
        actions.pass_over(answer, by=getattr(cast, name), at=late, seen=1, comment="No answer")


def test_a_changed_line_is_not_confirmed_unseen(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    set_amount(line_of(budget, 1), 101, cast.dora)
    with pytest.raises(Changed) as refusal:
        actions.confirm(answer_of(budget, arts), by=cast.amina, at=may, seen=1)
    first = refusal.value.differences[0]
    assert (first.label, first.new) == ("2027-1 Makerspace: first quarter", "101")
    assert Confirmation.objects.get(budget=budget, department__slug="sports").version == 1


def test_a_line_changed_after_it_was_confirmed_is_asked_about_again(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, sports: Department
) -> None:
    budget = shared(allocated, cast)
    confirm_all(budget, cast)
    set_amount(line_of(budget, 1), 100, cast.dora)
    assert (answer_of(budget, arts).state, answer_of(budget, sports).state) == ("awaiting", "confirmed")


def test_after_a_send_back_only_changed_departments_are_asked(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, sports: Department, may: datetime
) -> None:
    budget = propose(shared(allocated, cast), cast)
    actions.send_back(budget, by=cast.emil, at=may, seen=budget.version, comment="Less for Arts")
    set_amount(line_of(budget, 1), 100, cast.dora)
    budget.refresh_from_db()
    assert answer_of(budget, arts).state == "confirmed"
    actions.share(budget, by=cast.dora, at=may, seen=budget.version)
    assert (answer_of(budget, arts).state, answer_of(budget, sports).state) == ("awaiting", "confirmed")


def test_lines_changed_after_a_send_back_break_no_seal_of_an_answer(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = propose(shared(allocated, cast), cast)
    actions.send_back(budget, by=cast.emil, at=may, seen=budget.version, comment="Less for Arts")
    set_amount(line_of(budget, 1), 100, cast.dora)
    assert (answer_of(budget, arts).state, list(broken_seals(CONFIRMATION))) == ("confirmed", [])


def test_nobody_is_asked_again_about_unchanged_lines(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = propose(shared(allocated, cast), cast)
    actions.send_back(budget, by=cast.emil, at=may, seen=budget.version, comment="Think again")
    actions.share(budget, by=cast.dora, at=may, seen=budget.version)
    assert set(Confirmation.objects.values_list("state", flat=True)) == {"confirmed"}


def test_a_contested_line_holds_up_the_proposal(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    contest_makerspace(budget, arts, cast, may)
    with pytest.raises(NotReady) as refusal:
        actions.propose(budget, by=cast.dora, at=may, seen=budget.version)
    assert [str(missing) for missing in refusal.value.missing] == [
        "Arts contests 1 line; finance changes it or management overrules with a reason.",
        "Sports has until 24\xa0May 2027 to confirm its lines.",
    ]


def test_a_wish_for_nothing_leaves_the_line_out_with_the_departments_reason(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    budget = shared(allocated, cast)
    answer, line = answer_of(budget, arts), line_of(budget, 1)
    actions.contest(answer, contested={line.pk: (Decimal(0), "We cancelled it")}, by=cast.amina, at=may, seen=1)
    actions.settle(answer, amounts={line.pk: Decimal(0)}, by=cast.dora, at=may, seen=answer.version)
    line.refresh_from_db()
    assert (line.is_refused, line.refusal, line.amount) == (True, "We cancelled it", Decimal(0))


def test_a_department_whose_projects_were_all_cancelled_is_not_asked_and_not_missed(
    allocated: Cycle, cast: SimpleNamespace, sports: Department, may: datetime
) -> None:
    update_stored_totals()
    budget = compiled(allocated, cast)
    for project in Project.objects.filter(cycle=allocated, department=sports):
        cancel(project, by=cast.bao, at=may, seen=project.version, comment="No coach")
    budget.refresh_from_db()
    actions.share(budget, by=cast.dora, at=may, seen=budget.version)
    asked = Confirmation.objects.filter(budget=budget).values_list("department__slug", flat=True)
    assert list(asked) == ["arts"]
    propose(budget, cast)
    assert [sentence for records, sentence in rows_without() for _record in records] == []

"""A project put on hold or cancelled frees what it has not used in stages 2, 3 and 4; resumed, it takes it back."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.drafting import actions as budgets
from budgets.models import Appropriation, Budget, Confirmation, Contest, Fund, ReleasedGrant
from budgets.spending import actions
from budgets.spending.actions import Payment
from budgets.tests.budget_year import answer_of, line_of, propose, set_amount, shared, update_stored_totals
from budgets.tests.running_year import OCTOBER
from planning.models import Cycle, Pool, Project, RequestLine, ResourceRequest
from planning.requests import actions as requests
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady, NotYours
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.trail.models import Entry
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.without_constraints import as_if_by_an_act

DAY = date(2027, 10, 5)
ZERO = Decimal(0)


@shared_fixture
def started(in_force: Budget, cast: SimpleNamespace) -> Project:
    """The story hours run: 3,600.01 money and 1,000 materials granted, 50 hours beside them, 120.50 spent."""
    project = Project.objects.get(slug="story-hours")
    Project.objects.update(state="active", activated_at=OCTOBER, activated_by=cast.amina)
    asked = ResourceRequest.objects.get(department=project.department)
    hours = Pool.objects.create(
        cycle=project.cycle,
        name="Hours",
        kind="people",
        unit="hours",
        capacity=60,
        committed=50,
        is_paid_for=True,
    )
    RequestLine.objects.create(
        request=asked,
        project=project,
        pool=hours,
        what="Librarians",
        why_not_forecast="Came up later",
        quantity=50,
        decision="full",
        granted=50,
        decided_at=OCTOBER,
        decided_by=asked.allocated_by,
    )
    update_stored_totals()
    actions.post(
        Appropriation.objects.get(number=2), Payment(Decimal("120.50"), DAY, "Chairs"), by=cast.dora, at=OCTOBER
    )
    return Project.objects.select_related("cycle", "department").get(pk=project.pk)


def stop(project: Project, cast: SimpleNamespace, name: str = "cancel", comment: str = "The roof leaks") -> Project:
    project.refresh_from_db()
    act = getattr(actions, name)
    return act(project, by=cast.amina, at=OCTOBER, seen=project.version, comment=comment)  # type: ignore[no-any-return]


def committed() -> dict[str, Decimal]:
    return dict(Pool.objects.values_list("name", "committed"))


def lines() -> dict[int, tuple[Decimal, Decimal, bool]]:
    found = Appropriation.objects.order_by("number")
    return {line.number: (line.approved, line.spent, line.closed_at is not None) for line in found}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hold", "USD … that it has not used is free for others."),
        ("complete", "USD … that it has not used stays on its lines for them."),
    ],
)
def test_the_page_says_what_becomes_of_what_is_not_used(
    started: Project, cast: SimpleNamespace, as_person: Callable[[User], Client], name: str, said: str
) -> None:
    with clock.at(OCTOBER):
        page = words_of(as_person(cast.amina).get(f"{started.get_absolute_url()}{name}/"))
    assert said in re.sub(r"[\d,.]+(?= that)", "…", page)


@pytest.mark.parametrize(("name", "decision"), [("cancel", "refused"), ("hold", "deferred")])
def test_what_is_not_used_is_free_in_the_same_moment(
    started: Project, cast: SimpleNamespace, name: str, decision: str
) -> None:
    before = committed()
    assert before == {"Money": Decimal("7000.01"), "Materials": 1000, "Hours": 50}
    stop(started, cast, name)
    assert committed() == {"Money": Decimal("2520.50"), "Materials": 0, "Hours": 0}
    spent = Decimal("120.50")
    assert {number: lines()[number] for number in (2, 3)} == {2: (spent, spent, True), 3: (ZERO, ZERO, True)}
    assert lines()[1] == (400, 0, False)
    started.refresh_from_db()
    assert (started.granted, started.budgeted, started.spent) == (spent, spent, spent)
    assert Fund.objects.get().in_force == Decimal("7000.01") - Decimal("3600.01") - 1000 + spent
    decided = {line.pool.name: (line.decision, line.granted, line.reason) for line in started.request_lines.all()}
    assert decided == {
        "Money": ("part", spent, "The roof leaks"),
        "Materials": (decision, ZERO, "The roof leaks"),
        "Hours": (decision, ZERO, "The roof leaks"),
    }
    assert problems() == []


def test_everybody_who_held_something_of_it_is_told(started: Project, cast: SimpleNamespace) -> None:
    stop(started, cast)
    notified = Notice.objects.filter(kind="project", record_id=started.pk, verb="cancel", settled_at=None)
    names = {notice.person.name.split()[0]: notice.texts["en"] for notice in notified}
    assert {"Ben", "Chidi", "Chen", "Dora", "Dev"} <= set(names)
    assert "4,479.51 USD of them" in names["Chidi"]
    assert Entry.objects.filter(kind="project", verb="edit").get().changes[0] == {
        "field": "approved",
        "old": "3600.01",
        "new": "120.50",
        "where": "2027-2",
    }


def test_a_resumed_project_takes_everything_back_that_is_free(started: Project, cast: SimpleNamespace) -> None:
    before = (committed(), lines(), Fund.objects.get().in_force)
    decided = list(started.request_lines.order_by("pk").values_list("decision", "granted", "granted_cost", "reason"))
    stop(started, cast, "hold")
    stop(started, cast, "resume", "")
    assert (committed(), lines(), Fund.objects.get().in_force) == before
    again = started.request_lines.order_by("pk").values_list("decision", "granted", "granted_cost", "reason")
    assert list(again) == decided
    assert not ReleasedGrant.objects.filter(settled_at=None).exists()
    assert problems() == []
    # Once more, as often as it happens.
    stop(started, cast, "hold")
    stop(started, cast, "resume", "")
    assert (committed(), lines()) == before[:2]


def test_what_others_took_meanwhile_is_said_and_stays_closed(started: Project, cast: SimpleNamespace) -> None:
    stop(started, cast, "hold")
    Pool.objects.filter(name="Materials").update(capacity=999)
    Pool.objects.filter(name="Hours").update(capacity=49)
    as_if_by_an_act("pool")
    stop(started, cast, "resume", "")
    assert {number: line[2] for number, line in lines().items()} == {1: False, 2: False, 3: True, 4: False}
    assert (committed()["Materials"], committed()["Hours"]) == (0, 0)
    notified = Notice.objects.filter(kind="project", verb="resume", person=cast.amina).get().texts
    assert "have the money of 2027-3 by now" in notified["en"]
    assert "what it had of the pools by now: 50\N{NO-BREAK SPACE}hours of Hours. Ask for it again." in notified["en"]
    assert problems() == []
    # The next version begins with what the line really holds.
    amendment = budgets.amend(Budget.objects.get(), reason="Paper again", by=cast.dora, at=OCTOBER)
    line = line_of(amendment, 3)
    assert (line.amount, line.allocated, line.is_refused) == (0, 0, True)
    set_amount(line, 300, cast.dora, more_reason="From the lottery")
    amendment.refresh_from_db()
    budgets.share(amendment, by=cast.dora, at=OCTOBER, seen=amendment.version)
    amendment = propose(amendment, cast)
    budgets.approve(amendment, by=cast.emil, at=OCTOBER, seen=amendment.version)
    assert lines()[3] == (300, 0, False)
    assert problems() == []


def test_hours_that_others_took_meanwhile_are_said_where_the_money_came_back(
    started: Project, cast: SimpleNamespace
) -> None:
    stop(started, cast, "hold")
    Pool.objects.filter(name="Hours").update(capacity=49)
    as_if_by_an_act("pool")
    stop(started, cast, "resume", "")
    assert {number: line[2] for number, line in lines().items()} == {1: False, 2: False, 3: False, 4: False}
    for person in (cast.amina, cast.chidi):
        said = Notice.objects.filter(kind="project", verb="resume", person=person).get().texts["en"]
        assert "50\N{NO-BREAK SPACE}hours of Hours" in said
        assert "money" not in said


def test_money_that_a_fund_gave_elsewhere_is_not_taken_back(started: Project, cast: SimpleNamespace) -> None:
    stop(started, cast, "hold")
    Fund.objects.update(amount=Decimal(3600))
    as_if_by_an_act("fund")
    stop(started, cast, "resume", "")
    assert {number: line[2] for number, line in lines().items()} == {1: False, 2: True, 3: False, 4: False}
    assert committed()["Money"] == Decimal("3520.50")
    assert problems() == []


def test_a_counter_entry_on_hold_frees_that_too(started: Project, cast: SimpleNamespace) -> None:
    stop(started, cast, "hold")
    expense = Appropriation.objects.get(number=2).expenses.get()
    actions.correct(expense, why="Paid twice", by=cast.dora, at=OCTOBER)
    assert lines()[2] == (0, 0, True)
    started.refresh_from_db()
    assert (started.budgeted, Fund.objects.get().in_force) == (0, Decimal("2400"))
    assert problems() == []
    stop(started, cast, "resume", "")
    assert lines()[2] == (Decimal("3600.01"), 0, False)


def test_a_project_on_hold_may_be_cancelled_for_good(started: Project, cast: SimpleNamespace) -> None:
    stop(started, cast, "hold")
    stop(started, cast, "cancel", "No roof at all")
    assert not ReleasedGrant.objects.filter(settled_at=None).exists()
    assert set(started.request_lines.values_list("decision", flat=True)) == {"part", "refused"}
    with pytest.raises(NotNow):
        stop(started, cast, "resume", "")
    assert problems() == []


def test_the_next_version_holds_what_a_cancelled_project_spent(started: Project, cast: SimpleNamespace) -> None:
    stop(started, cast)
    amendment = budgets.amend(Budget.objects.get(), reason="A small move", by=cast.dora, at=OCTOBER)
    assert (line_of(amendment, 2).amount, line_of(amendment, 3).amount) == (Decimal("120.50"), 0)
    with pytest.raises(NotNow):
        set_amount(line_of(amendment, 2), 200, cast.dora)
    # What was closed is no change that anybody decides on.
    with pytest.raises(NotReady) as refusal:
        budgets.share(amendment, by=cast.dora, at=OCTOBER, seen=amendment.version)
    assert "Nothing is changed yet" in str(refusal.value.missing[0])


def test_a_version_in_the_making_lets_go_of_a_cancelled_project(started: Project, cast: SimpleNamespace) -> None:
    amendment = budgets.amend(Budget.objects.get(), reason="A small move", by=cast.dora, at=OCTOBER)
    set_amount(line_of(amendment, 1), 300, cast.dora)
    stop(started, cast)
    amendment.refresh_from_db()
    assert amendment.version == 3
    line = line_of(amendment, 3)
    assert (line.amount, line.is_refused, line.refusal) == (0, True, "The roof leaks")
    assert line_of(amendment, 2).amount == Decimal("120.50")
    budgets.share(amendment, by=cast.dora, at=OCTOBER, seen=3)
    amendment = propose(amendment, cast)
    budgets.approve(amendment, by=cast.emil, at=OCTOBER, seen=amendment.version)
    assert lines()[2] == (Decimal("120.50"), Decimal("120.50"), True)
    assert problems() == []


def test_a_held_project_keeps_its_lines_closed_while_others_are_amended(
    started: Project, cast: SimpleNamespace
) -> None:
    stop(started, cast, "hold")
    amendment = budgets.amend(Budget.objects.get(), reason="A small move", by=cast.dora, at=OCTOBER)
    set_amount(line_of(amendment, 1), 300, cast.dora)
    amendment.refresh_from_db()
    budgets.share(amendment, by=cast.dora, at=OCTOBER, seen=amendment.version)
    amendment = propose(amendment, cast)
    budgets.approve(amendment, by=cast.emil, at=OCTOBER, seen=amendment.version)
    assert lines()[2] == (Decimal("120.50"), Decimal("120.50"), True)
    assert problems() == []
    stop(started, cast, "resume", "")
    assert lines()[2] == (Decimal("3600.01"), Decimal("120.50"), False)
    assert problems() == []


def test_a_draft_budget_lets_go_of_a_planned_project(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    update_stored_totals()
    budget = shared(allocated, cast)
    line, answer = line_of(budget, 2), answer_of(budget, arts)
    contested = {line.pk: (Decimal(4000), "More paper")}
    budgets.contest(answer, contested=contested, by=cast.amina, at=may, seen=answer.version)
    stop(Project.objects.get(slug="story-hours"), cast)
    assert [(line_of(budget, n).amount, line_of(budget, n).is_refused) for n in (1, 2, 3)] == [
        (400, False),
        (0, True),
        (0, True),
    ]
    # Its contest is settled by that, and the department is asked for the lines that are left.
    assert (Contest.objects.get().settled, Confirmation.objects.get(pk=answer.pk).state) == ("changed", "awaiting")
    assert committed() == {"Money": 2400, "Materials": 0}
    budget = propose(budget, cast)
    budgets.approve(budget, by=cast.emil, at=may, seen=budget.version)
    assert set(lines()) == {1, 4}
    assert problems() == []


def test_what_was_asked_for_it_and_is_not_decided_is_taken_out(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    asked = ResourceRequest.objects.get(department=arts)
    ResourceRequest.objects.filter(pk=asked.pk).update(state="submitted", allocated_at=None, allocated_by=None)
    update_stored_totals()
    Project.objects.filter(department=arts).update(granted=0)
    story = Project.objects.get(slug="story-hours")
    open_line = story.request_lines.order_by("pk")[0]
    requests.grant(
        RequestLine.objects.select_related("request").get(pk=open_line.pk),
        requests.LineDecision("open"),
        by=cast.chen,
        at=may,
        seen=asked.version,
    )
    before = asked.version
    stop(story, cast)
    asked.refresh_from_db()
    assert asked.version > before
    assert (asked.line_count, asked.undecided, asked.cost, asked.granted_cost) == (1, 0, 400, 400)
    assert [line.project.slug for line in asked.lines.all()] == ["makerspace"]
    assert committed() == {"Money": 2400, "Materials": 0}
    assert Project.objects.get(pk=story.pk).asked == 0
    assert problems() == []


@pytest.mark.parametrize("name", ["ben", "bao", "chidi", "dora", "emil", "ada", "omar", "farid"])
@pytest.mark.parametrize("act", ["hold", "cancel"])
def test_only_the_head_holds_and_cancels(started: Project, cast: SimpleNamespace, name: str, act: str) -> None:
    before = (committed(), lines())
    with pytest.raises(NotYours):
        getattr(actions, act)(started, by=getattr(cast, name), at=OCTOBER, seen=started.version, comment="Because.")
    assert (committed(), lines()) == before


def test_holding_and_cancelling_say_why(started: Project, cast: SimpleNamespace) -> None:
    before = (committed(), lines())
    for name in ("hold", "cancel"):
        with pytest.raises(NotReady):
            stop(started, cast, name, " ")
    assert (committed(), lines(), Project.objects.get(pk=started.pk).state) == (*before, "active")


def test_an_exception_that_could_not_be_used_is_not_granted(started: Project, cast: SimpleNamespace) -> None:
    line = Appropriation.objects.select_related("cycle", "project", "line", "fund").get(number=2)
    early = Payment(Decimal(50), date(2027, 6, 20), "Deposit")
    asked = actions.ask_exception(line, early, why="Moved", by=cast.ben, at=OCTOBER)
    stop(started, cast, "hold")
    asked.refresh_from_db()
    with pytest.raises(NotReady):
        actions.grant(asked, by=cast.dora, at=OCTOBER + timedelta(hours=1), seen=asked.version)
    stop(started, cast, "resume", "")
    asked = type(asked).objects.get(pk=asked.pk)
    actions.grant(asked, by=cast.dora, at=OCTOBER + timedelta(hours=2), seen=asked.version)


def test_nothing_more_is_asked_for_or_wanted_on_a_stopped_project(
    started: Project, cast: SimpleNamespace, arts: Department
) -> None:
    amendment = budgets.amend(Budget.objects.get(), reason="A small move", by=cast.dora, at=OCTOBER)
    set_amount(line_of(amendment, 1), 300, cast.dora)
    stop(started, cast, "hold")
    amendment.refresh_from_db()
    budgets.share(amendment, by=cast.dora, at=OCTOBER, seen=amendment.version)
    line, answer = line_of(amendment, 3), answer_of(amendment, arts)
    wanted = {line.pk: (Decimal(2000), "More paper")}
    with pytest.raises(NotReady) as refusal:
        budgets.contest(answer, contested=wanted, by=cast.amina, at=OCTOBER, seen=answer.version)
    assert "the project is “On hold”" in str(refusal.value.missing[0])
    stop(started, cast)
    asked = ResourceRequest.objects.get(department=arts)
    ResourceRequest.objects.filter(pk=asked.pk).update(state="draft", due=OCTOBER.date())
    asked.refresh_from_db()
    hall = requests.AskedLine(
        Pool.objects.get(name="Money"), "Hall", Decimal(5), Decimal(1), why_not_forecast="Came up later"
    )
    with pytest.raises(NotNow):
        requests.add_line(asked, started, hall, by=cast.amina, at=OCTOBER, seen=asked.version)

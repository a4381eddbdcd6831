"""The pages on which a budget and its lines are decided: sums, changes, what was overruled, what is left out."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.drafting import actions
from budgets.drafting.figures import AmendmentClass
from budgets.drafting.pages.sheet import page as page_module
from budgets.models import Budget, Contest
from budgets.spending.actions import cancel, hold
from budgets.tests.budget_year import (
    MAY,
    answer_of,
    approved,
    confirm_all,
    line_of,
    propose,
    proposed,
    set_amount,
    shared,
    update_stored_totals,
)
from planning.cycles.actions import MoreTime, extend
from planning.models import Cycle, Project
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.workflow.models import Comment
from sop_portal.tests.page_text import words_of
from sop_portal.tests.shared_fixtures import shared_fixture

LogIn = Callable[[User], Client]


def page_of(client: Client, url: str, at: datetime) -> str:
    """The words of a page at a moment."""
    with clock.at(at):
        return words_of(client.get(url))


def test_approving_shows_the_sum_every_department_and_what_was_overruled(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn, may: datetime
) -> None:
    budget = shared(allocated, cast)
    line, answer = line_of(budget, 1), answer_of(budget, arts)
    actions.contest(answer, contested={line.pk: (Decimal(6350), "A new kiln")}, by=cast.amina, at=may, seen=1)
    actions.overrule(answer, by=cast.emil, at=may, seen=answer.version, comment="The kiln is under warranty")
    budget = propose(budget, cast)
    page = page_of(as_person(getattr(cast, "elif")), f"{budget.get_absolute_url()}approve/", may)
    for words in ("7,000.01", "Arts", "Sports", "A new kiln", "The kiln is under warranty", "6,350", "Overruled"):
        assert words in page, words


def test_confirming_shows_every_line_and_who_is_missing(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn, may: datetime
) -> None:
    answer = answer_of(shared(allocated, cast), arts)
    page = page_of(as_person(cast.amina), f"{answer.get_absolute_url()}confirm/", may)
    for words in ("2027-1", "Makerspace", "400", "3,600.01", "1,000", "1 other department has not answered yet"):
        assert words in page, words


def test_confirming_again_shows_first_what_changed_since(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn, may: datetime
) -> None:
    budget = shared(allocated, cast)
    confirm_all(budget, cast)
    set_amount(line_of(budget, 1), 100, cast.dora)
    answer = answer_of(budget, arts)
    page = page_of(as_person(cast.amina), f"{answer.get_absolute_url()}confirm/", may)
    assert "changes since the last decision on 10 May 2027" in page
    assert "2027-1 Makerspace" in page


def test_settling_gives_nothing_away_by_itself(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn, may: datetime
) -> None:
    budget = shared(allocated, cast)
    line, answer = line_of(budget, 1), answer_of(budget, arts)
    actions.contest(answer, contested={line.pk: (Decimal(390), "Less")}, by=cast.amina, at=may, seen=1)
    with clock.at(may):
        answered = as_person(cast.dora).get(f"{answer.get_absolute_url()}settle/")
    form = answered.context["form"]
    assert form[f"amount_{line.pk}"].value() is None
    assert "390" in words_of(answered)


def test_two_managers_are_needed_and_the_page_says_that_only_one_is_left(
    allocated: Cycle, cast: SimpleNamespace, may: datetime
) -> None:
    Cycle.objects.filter(pk=allocated.pk).update(second_approval_above=Decimal(1000))
    budget = proposed(Cycle.objects.get(pk=allocated.pk), cast)
    Membership.objects.filter(person=getattr(cast, "elif")).delete()
    with pytest.raises(NotReady) as refusal:
        actions.endorse(budget, by=cast.emil, at=may, seen=budget.version)
    assert [str(missing) for missing in refusal.value.missing] == [
        "Of those who may approve only Emil Novak is left: the administrator gives another person the role."
    ]


def test_whoever_finds_an_amendment_under_way_reads_who_works_on_it_and_can_ask(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn, may: datetime
) -> None:
    budget = approved(allocated, cast)
    actions.amend(budget, reason="Rooms cost more", by=cast.dora, at=may)
    with pytest.raises(NotNow) as refusal:
        actions.amend(budget, reason="More", by=cast.amina, at=may)
    assert str(refusal.value.sentence).startswith("Dora Weiss works on version 2 since 10\xa0May 2027")
    client = as_person(cast.amina)
    with clock.at(may):
        box = client.get(f"{budget.get_absolute_url()}amend/").context["under_way"]
        statuses = [client.get(button.url).status_code for button in box.buttons]
    assert (bool(statuses), set(statuses)) == (True, {200})


def test_a_lead_asks_for_a_transfer_and_those_who_amend_are_told(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, may: datetime
) -> None:
    answer = answer_of(approved(allocated, cast), arts)
    actions.ask_for_change(answer, wanted="300 from travel to rooms", by=cast.ben, at=may + timedelta(days=1))
    told = set(Notice.objects.filter(verb="ask-change").values_list("person__name", flat=True))
    assert told == {"Amina Diallo", "Dora Weiss", "Dev Patel"}
    assert Comment.objects.of("confirmation", answer.pk).get().text == "300 from travel to rooms"
    assert not Contest.objects.exists()


@pytest.mark.parametrize("url", ["/2027/budget/1/", "/2027/budget/1/?line=1", "/2027/budget/1/departments/arts/"])
def test_a_department_that_was_given_more_time_is_not_late_before_it_is_over(
    allocated: Cycle, cast: SimpleNamespace, arts: Department, as_person: LogIn, may: datetime, url: str
) -> None:
    shared(allocated, cast)
    client, late = as_person(cast.dora), may + timedelta(days=20)
    assert re.search(r"\d days? late", page_of(client, url, late))
    more = MoreTime("budget", arts, date(2027, 7, 20), "The printer came late")
    extend(Cycle.objects.get(pk=allocated.pk), more, by=cast.ada, at=may)
    sports = answer_of(Budget.objects.get(), Department.objects.get(slug="sports"))
    actions.confirm(sports, by=cast.bao, at=may, seen=sports.version)
    assert re.search(r"\d days? late", page_of(client, url, late)) is None


@shared_fixture
def after_a_stop(allocated: Cycle, cast: SimpleNamespace, arts: Department) -> Budget:
    """Version 2 moves 100 from the makerspace to the summer league; the story hours were cancelled before it."""
    budget = approved(allocated, cast)
    update_stored_totals()
    project = Project.objects.select_related("cycle", "department").get(slug="story-hours")
    cancel(project, by=cast.amina, at=MAY, seen=project.version, comment="The roof leaks")
    amendment = actions.amend(budget, reason="The league grows", by=cast.dora, at=MAY)
    set_amount(line_of(amendment, 1), 300, cast.dora)
    set_amount(line_of(amendment, 4), 2100, cast.dora)
    amendment.refresh_from_db()
    return propose(actions.share(amendment, by=cast.dora, at=MAY, seen=amendment.version), cast)


def test_what_a_stopped_project_freed_stands_apart_from_what_an_amendment_changes(
    after_a_stop: Budget, cast: SimpleNamespace, as_person: LogIn
) -> None:
    client, url = as_person(cast.emil), after_a_stop.get_absolute_url()
    page = page_of(client, f"{url}approve/", MAY)
    # 7,000.01 in force; 3,600.01 and 1,000 are free since the story hours are cancelled; 100 move.
    for words in ("Freed by stopped projects, USD 4,600.01", "What changes, USD 100", "4,600.01 freed by stopped"):
        assert words in page, words
    changed, freed = page.index("Lines that change"), page.index("Freed by stopped projects Line")
    assert changed < page.index("2027-4, Summer league") < freed < page.index("2027-2, Story hours")
    assert ("“The roof leaks”" in page, "Not budgeted: “The league grows”" in page) == (True, False)
    assert "2 projects have money to spend." in page
    compared = page_of(client, f"{url}compare/1/", MAY)
    assert compared.count("Freed when the project was stopped") == 2


def test_projects_that_were_stopped_have_no_money_to_spend(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn
) -> None:
    budget = approved(allocated, cast)
    update_stored_totals()
    amendment = actions.amend(budget, reason="The league grows", by=cast.dora, at=MAY)
    set_amount(line_of(amendment, 1), 300, cast.dora)
    amendment.refresh_from_db()
    Project.objects.filter(slug="story-hours").update(state="active", activated_at=MAY, activated_by=cast.amina)
    project = Project.objects.select_related("cycle", "department").get(slug="story-hours")
    hold(project, by=cast.amina, at=MAY, seen=project.version, comment="The roof leaks")
    amendment.refresh_from_db()
    propose(actions.share(amendment, by=cast.dora, at=MAY, seen=amendment.version), cast)
    page = page_of(as_person(cast.emil), f"{amendment.get_absolute_url()}approve/", MAY)
    assert "2 projects have money to spend." in page


def test_a_small_amendment_that_was_proposed_is_for_management_and_once_decided_for_nobody(
    after_a_stop: Budget, cast: SimpleNamespace, as_person: LogIn
) -> None:
    amendment, client = after_a_stop, as_person(cast.dora)
    assert page_module.who_decides(amendment, AmendmentClass.CORRECTION) == (
        "It is proposed to management, which approves it."
    )
    assert "The departments confirm it and management approves it." in page_of(client, "/2027/budget/2/", MAY)
    actions.approve(amendment, by=cast.emil, at=MAY, seen=amendment.version)
    assert "management approves it" not in page_of(client, "/2027/budget/2/", MAY)


def test_the_version_in_force_says_who_amends_it_since_when_and_how_a_change_gets_in(
    allocated: Cycle, cast: SimpleNamespace, as_person: LogIn, may: datetime
) -> None:
    budget = approved(allocated, cast)
    actions.amend(budget, reason="Rooms cost more", by=cast.dora, at=may)

    def box(person: User) -> tuple[str, list[str]]:
        client = as_person(person)
        with clock.at(may):
            found = client.get(budget.get_absolute_url()).context["next"]
            assert {client.get(button.url).status_code for button in found.buttons} <= {200}
        return str(found.text), [str(button.label) for button in found.buttons]

    said = (
        "Dora Weiss works on version 2 since 10\N{NO-BREAK SPACE}May 2027; there is one amendment at a time. "
        "This version stays in force until that one is decided."
    )
    assert (box(cast.amina)[0], box(cast.amina)[1]) == (said, ["Ask for a transfer"])
    assert (box(cast.dora)[0], box(cast.dora)[1]) == (said, ["Budget 2027, version 2"])
    assert (box(cast.omar)[0], box(cast.omar)[1]) == (said, ["Budget 2027, version 2"])
    assert box(cast.ben) == ("", [])

"""The pages on which a budget and its lines are decided: sums, changes, what was overruled, what is left out."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from budgets.drafting import actions
from budgets.models import Budget, Contest
from budgets.tests.budget_year import answer_of, approved, confirm_all, line_of, propose, proposed, set_amount, shared
from planning.cycles.actions import MoreTime, extend
from planning.models import Cycle
from sop_portal.foundation.kit import clock
from sop_portal.foundation.kit.refusals import NotNow, NotReady
from sop_portal.foundation.notices.models import Notice
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.workflow.models import Comment
from sop_portal.tests.page_text import words_of

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

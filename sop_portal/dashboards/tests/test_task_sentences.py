"""A task in words: what is wanted said once, and who asked for it where somebody else did."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from budgets.models import Finding
from sop_portal.dashboards.pages.my_work.tasks import grouped
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.people.actions.deputies import delegate
from sop_portal.people.terms import Term
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import small_year

SEPTEMBER = datetime(2027, 9, 14, 16, tzinfo=UTC)
REMEDY = "Report what was done about finding 1: No receipts (Arts)"
REVIEW = "Review the 2027 evaluation of Story hours (Arts)"


@shared_fixture
def autumn(cast: SimpleNamespace) -> SimpleNamespace:
    """The small year: a finding that Amina answered, an evaluation she submitted, reports nobody wrote."""
    return small_year(cast)


@pytest.fixture(autouse=True)
def september() -> Iterator[None]:
    """Tuesday 14 September 2027."""
    with clock.at(SEPTEMBER):
        yield


def work_of(person: User) -> dict[str, str]:
    """What waits for somebody, and why, as My work says it."""
    groups = grouped(Actor.of(person, SEPTEMBER), SEPTEMBER)[1]
    return {task.what: task.why for _title, tasks in groups for task in tasks if not task.is_waiting}


def test_a_task_says_in_one_sentence_what_is_wanted(autumn: SimpleNamespace, cast: SimpleNamespace) -> None:
    head, management = set(work_of(cast.amina)), set(work_of(cast.emil))
    assert head >= {
        "Submit the August report for Summer league (Arts)",
        REMEDY,
        "Reply to the invitation to the review meeting of 15\N{NO-BREAK SPACE}September",
        "Reply to the invitation to the training “Write an evaluation” on 22\N{NO-BREAK SPACE}September",
    }
    assert management >= {REVIEW, "Decide on change proposal 1: Three weeks"}


def test_a_finding_is_named_by_what_was_found_and_not_by_its_explanation(autumn: SimpleNamespace) -> None:
    said = Finding(number=2, what="Two receipts are missing, 318 is not shown: those of May. Ask the shop.")
    assert said.task_words == {"number": 2, "what": "Two receipts are missing, 318 is not shown"}


def test_who_submitted_something_asks_for_its_decision(autumn: SimpleNamespace, cast: SimpleNamespace) -> None:
    assert work_of(cast.emil)[REVIEW] == "Asked by Amina Diallo. Arts: waits for management."


def test_nobody_asked_for_the_next_step_on_ones_own_record(autumn: SimpleNamespace, cast: SimpleNamespace) -> None:
    delegate(
        giver=cast.amina,
        deputy=cast.chen,
        role="head",
        term=Term(date(2027, 9, 14), date(2027, 9, 30)),
        by=cast.amina,
        at=SEPTEMBER,
    )
    said = {person.name: work_of(person)[REMEDY] for person in (cast.amina, cast.chen)}
    assert said == {
        "Amina Diallo": "You are the department head of Arts.",
        "Chen Jing": "You stand in for the department head.",
    }

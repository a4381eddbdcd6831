"""A word written on a record reaches nobody to whom the record is hidden: planted on every kind, looked for everywhere.

Whether somebody may see a record is asked of its `visible_to` alone. Each outlet is held against it, for everybody of
the cast, in each state of what hides records, and after rights have ended.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail as posted
from django.test import Client

from budgets.models import Audit, Budget
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import HIDDEN_FROM, Mail, Notice
from sop_portal.foundation.notices.outbox import send_waiting
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Membership, User
from sop_portal.foundation.trail.kinds import hidden_from
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.actions import comment
from sop_portal.foundation.workflow.models import Comment
from sop_portal.people import actions as people
from sop_portal.reminders.feed import calendar_of
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.every_act import filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import AUGUST
from sop_portal.tests.without_constraints import unguarded

Browser = Callable[[User], Client]
NOW = AUGUST.replace(day=8)
EVERYBODY = ("amina", "ben", "bao", "chidi", "chen", "dora", "dev", "emil", "elif", "ada", "omar", "farid")
NARROW = ("amina", "ben", "bao", "farid")


def word_of(kind: str, pk: int) -> str:
    """The canary of a record."""
    return f"canary{kind.replace('-', '')}{pk}q"


def all_records() -> Iterator[tuple[str, Any]]:
    """Every record of the process, with its kind."""
    for workflow in ALL_WORKFLOWS:
        for record in workflow.model.objects.order_by("pk"):
            yield workflow.kind, record


@shared_fixture
def planted(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with everything in it, and on each of its records a word of its own that names everybody."""
    year = filled_year(cast)
    named = " ".join(f"@{person.name}" for person in vars(cast).values())
    for kind, record in all_records():
        comment(kind, record, f"{word_of(kind, record.pk)} {named}", by=cast.emil, at=NOW)
    return year


@pytest.fixture
def in_august() -> Iterator[datetime]:
    """When the words were written."""
    with clock.at(NOW):
        yield NOW


def may_see(person: User) -> set[str]:
    """The words of the records a person may see, as the records themselves say."""
    actor = Actor.of(person, NOW)
    return {
        word_of(w.kind, pk)
        for w in ALL_WORKFLOWS
        for pk in w.model.objects.visible_to(actor).values_list("pk", flat=True)
    }


def every_word() -> set[str]:
    return {word_of(kind, record.pk) for kind, record in all_records()}


def found_in(text: str) -> set[str]:
    return {word for word in every_word() if word in text}


def mailed_to(person: User) -> str:
    """What has left to somebody by mail."""
    theirs = [message for message in posted.outbox if person.email in message.to]
    return " ".join(f"{message.subject} {message.body} {message.alternatives}" for message in theirs)


def outlets(person: User, browser: Client) -> dict[str, set[str]]:
    """The words that reach somebody by each way out."""
    actor = Actor.of(person, NOW)
    entries = Entry.objects.visible_to(actor).values_list("comment", flat=True)
    notices = Notice.objects.visible_to(actor).values_list("quote", flat=True)
    said = Comment.objects.visible_to(actor).values_list("text", flat=True)
    paths = ["/", "/trail/", "/notices/", "/search/?q=canary"]
    # One page of the trail shows its newest entries: of the kinds with a word on them each has a page of its own.
    paths += [f"/trail/?kind={kind}" for kind in sorted({kind for kind, _record in all_records()})]
    pages = {path: browser.get(path).content.decode() for path in paths}
    texts = {"entries": " ".join(entries), "notices": " ".join(notices), "comments": " ".join(said), **pages}
    texts |= {"calendar": calendar_of(person, at=NOW).decode(), "mails": mailed_to(person)}
    return {way: found_in(text) for way, text in texts.items()}


def leaks(person: User, browser: Client) -> dict[str, set[str]]:
    """The ways out by which a word reaches somebody who may not see its record."""
    seen = may_see(person)
    return {way: found - seen for way, found in outlets(person, browser).items() if found - seen}


def test_a_word_stands_on_every_kind_of_record(planted: SimpleNamespace) -> None:
    assert {workflow.kind for workflow in ALL_WORKFLOWS} - {kind for kind, _record in all_records()} == set()
    assert [hidden_from] == HIDDEN_FROM


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize("name", EVERYBODY)
def test_no_word_reaches_anybody_to_whom_its_record_is_hidden(
    planted: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, in_august: datetime, name: str
) -> None:
    person = vars(cast)[name]
    send_waiting(at=NOW)
    found = outlets(person, as_person(person))
    assert {way: words - may_see(person) for way, words in found.items() if words - may_see(person)} == {}
    # What is seen is told: an outlet that shows nothing to anybody would pass as well.
    reached = set().union(*found.values())
    assert reached >= {word for word in may_see(person) if word in found["entries"] | found["notices"]}
    assert bool(reached) == bool(may_see(person))


STATES = [(model, state) for model in (Budget, Audit) for state in model.State.values]


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.parametrize(("model", "state"), STATES)
def test_no_word_stays_where_a_record_is_taken_back(
    planted: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, in_august: datetime, model: Any, state: str
) -> None:
    """Every state, set from outside: whichever way a record came to be hidden, its words are hidden with it."""
    with unguarded("budgets_budget", "budgets_audit"):
        model.objects.update(state=state)
        send_waiting(at=NOW)
        for name in ("amina", "ben", "bao"):
            person = vars(cast)[name]
            assert (name, leaks(person, as_person(person))) == (name, {})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "dora", "omar"])
def test_a_right_that_ended_takes_every_word_with_it(
    planted: SimpleNamespace, cast: SimpleNamespace, as_person: Browser, in_august: datetime, name: str
) -> None:
    person = vars(cast)[name]
    waiting = Mail.objects.filter(person=person, state=Mail.State.PENDING).count()
    people.end_role_now(Membership.objects.get(person=person), by=cast.ada, at=NOW)
    send_waiting(at=NOW)
    assert (waiting > 0, may_see(person)) == (True, set())
    assert {way: words for way, words in outlets(person, as_person(person)).items() if words} == {}

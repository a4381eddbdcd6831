"""Nobody decides blind: what every step decides, what changed since, and what it touches stands above its button."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from evaluations.feedback.workflow import FEEDBACK
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import roles_that
from sop_portal.foundation.workflow.preview import Reader, StepPreview
from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.stages import ALL_WORKFLOWS, WORKFLOWS
from sop_portal.tests.every_act import NOW, WHO, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.states import bring_to, without_check_constraints

pytestmark = pytest.mark.once

# The word why a step with a button shows nothing of what it decides.
SHOWS_NOTHING: dict[str, str] = {}
# What the page of a step has to say of the first record of the small year: the words and figures it is decided by.
SAID = {
    "forecast-accept": ["Story hours", "Summer league", "A waiting list", "1,200"],
    "request-allocate": ["Story hours", "Hall", "800", "500", "What the fund holds"],
    "confirmation-confirm": ["Story hours", "Summer league", "500", "800"],
    "exception-grant": ["The line holds", "Left after it"],
    "finding-verify": ["What was found", "What was done"],
    "measure-verify": ["Promised", "Comes from"],
    "report-accept": ["Activities held", "Spent in the period"],
    "demand-report-publish": ["Everybody who has a role can read it."],
}
# Who of a role did nothing in the small year, so that four eyes let them decide.
UNTOUCHED = {"chidi": "chen", "dora": "dev", "emil": "elif"}
# In these states a record is put into no other one, not even for a test.
FROZEN = {"demand-report": ["published"], "report": ["accepted", "submitted"]}


def buttons() -> list[tuple[Workflow[Any], Step[Any]]]:
    """Every step somebody presses."""
    return [(workflow, step) for workflow in ALL_WORKFLOWS for step in workflow.steps if step.main]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


def shown(year: SimpleNamespace, workflow: Workflow[Any], step: Step[Any]) -> StepPreview:
    """What a step says it decides, to somebody who may take it."""
    record = year.records[workflow.kind]
    record.refresh_from_db()
    person = getattr(year.cast, WHO[roles_that(step.by)[0]])
    return workflow.previews[step.name](record, Reader(step.name, Actor.of(person, NOW), NOW))


def previews_of(workflow: Workflow[Any]) -> str:
    """The file that says what the steps of a table decide."""
    return f"{workflow.model.__module__.split('.models')[0].replace('.', '/')}/previews.py"


def test_every_step_says_what_it_decides() -> None:
    silent = {f"{workflow.kind}.{step.name}" for workflow, step in buttons() if step.name not in workflow.previews}
    assert silent == set(SHOWS_NOTHING), (
        "Name the step in @….preview(…) in the previews.py of its stage, or say in SHOWS_NOTHING of "
        "sop_portal/tests/test_previews.py in a word why not."
    )


@pytest.mark.parametrize(("workflow", "step"), buttons(), ids=lambda part: getattr(part, "kind", None) or part.name)
def test_what_is_decided_has_figures_or_words(year: SimpleNamespace, workflow: Workflow[Any], step: Step[Any]) -> None:
    found = shown(year, workflow, step)
    said = [
        *(tile.figure for tile in found.figures),
        *found.answers,
        *(row for part in found.tables for row in part.rows),
    ]
    assert bool(said), f"Say what “{step.name}” decides, in {previews_of(workflow)}."


@pytest.mark.parametrize(("workflow", "step"), buttons(), ids=lambda part: getattr(part, "kind", None) or part.name)
def test_every_step_says_what_follows_from_it(year: SimpleNamespace, workflow: Workflow[Any], step: Step[Any]) -> None:
    follows = bool(step.says or shown(year, workflow, step).effects)
    assert follows, (
        f"Say what follows from “{step.name}”: `says` of the step in the workflow.py of its stage, "
        f"or an effect in {previews_of(workflow)}."
    )


@pytest.mark.parametrize("name", sorted(SAID))
def test_the_page_of_a_decision_shows_what_is_decided(
    year: SimpleNamespace, as_person: Callable[[User], Client], name: str
) -> None:
    kind = next(kind for kind in sorted(WORKFLOWS, key=len, reverse=True) if name.startswith(f"{kind}-"))
    workflow, verb = WORKFLOWS[kind], name.removeprefix(f"{kind}-")
    movable = workflow.model._default_manager.exclude(state__in=FROZEN.get(kind, ()))
    record, step = movable.order_by("pk")[0], WORKFLOWS[kind][verb]
    person = getattr(year.cast, UNTOUCHED.get(WHO[roles_that(step.by)[0]], WHO[roles_that(step.by)[0]]))
    with without_check_constraints(workflow.model._meta.db_table):
        bring_to(workflow, record, next(iter(step.sources)), year.cast.ada)
    with clock.at(NOW):
        page = as_person(person).get(f"{record.get_absolute_url()}{verb}/")
    text = page.content.decode()
    assert (page.status_code, [words for words in SAID[name] if words not in text]) == (200, [])


def test_a_preview_of_a_step_that_is_not_there_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured):
        FEEDBACK.preview("praise")(lambda record, reader: StepPreview())


def test_a_second_preview_of_a_step_stops_the_start() -> None:
    with pytest.raises(ImproperlyConfigured):
        FEEDBACK.preview("answer")(lambda record, reader: StepPreview())

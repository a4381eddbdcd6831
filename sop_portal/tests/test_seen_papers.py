"""Every page on which a step is taken says which papers were seen there, so that none is swapped unseen."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from budgets.drafting import actions as budgets
from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.checks import able_people
from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.stages import ALL_WORKFLOWS, WORKFLOWS
from sop_portal.tests.every_act import NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.states import bring_to, without_check_constraints

pytestmark = pytest.mark.once

Browser = Callable[[User], Client]
FROZEN = {"demand-report": ["published"], "report": ["accepted", "submitted"]}
CARRY = "Let the form of the step have `seen = SeenField()`, filled with `SeenVersion.on(TABLE, record)`, and print it."
SEEN = re.compile(r'name="seen" value="(\d+-\d+)"')


def buttons() -> list[tuple[Workflow[Any], Step[Any]]]:
    return [(workflow, step) for workflow in ALL_WORKFLOWS for step in workflow.steps if step.main]


def movable(workflow: Workflow[Any], year: SimpleNamespace) -> Any:
    """A record that may still be put into another state; of the budget in force, its amendment."""
    if workflow.kind == "budget":
        return budgets.amend(year.records["budget"], reason="Rooms cost more", by=year.cast.dora, at=NOW)
    return workflow.model._default_manager.exclude(state__in=FROZEN.get(workflow.kind, ())).order_by("pk")[0]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    return filled_year(cast)


def page_of(
    record: Any, name: str, step: Step[Any], workflow: Workflow[Any], year: SimpleNamespace, as_person: Browser
) -> Any:
    """What somebody who may take the step sees where the record waits for it."""
    with without_check_constraints(workflow.model._meta.db_table):
        bring_to(workflow, record, next(iter(step.sources)), year.cast.ada)
    record.refresh_from_db()
    person = able_people(workflow, step, record, NOW.date())[0]
    with clock.at(NOW):
        return as_person(person).get(f"{record.get_absolute_url()}{name}/")


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> Callable[[Step[Any]], Step[Any]]:
    """A step that the day and the content allow: that is not what is asked here."""

    def allow(step: Step[Any]) -> Step[Any]:
        for asked in ("missing", "window"):
            monkeypatch.setitem(vars(step), asked, None)
        return step

    return allow


@pytest.mark.parametrize(("workflow", "step"), buttons(), ids=lambda part: getattr(part, "kind", None) or part.name)
def test_every_step_page_carries_how_far_the_papers_were_seen(
    year: SimpleNamespace, as_person: Browser, allowed: Any, workflow: Workflow[Any], step: Step[Any]
) -> None:
    page = page_of(movable(workflow, year), step.name, allowed(step), workflow, year, as_person)
    assert (page.status_code, len(SEEN.findall(page.content.decode()))) == (200, 1), CARRY


@pytest.mark.parametrize("kind", ["forecast", "request", "report", "evaluation"])
def test_what_is_read_once_more_before_it_is_submitted_carries_it_too(
    year: SimpleNamespace, as_person: Browser, allowed: Any, kind: str
) -> None:
    workflow = WORKFLOWS[kind]
    page = page_of(movable(workflow, year), "check", allowed(workflow["submit"]), workflow, year, as_person)
    assert (page.status_code, len(SEEN.findall(page.content.decode()))) == (200, 1), CARRY

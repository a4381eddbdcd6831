"""Every workflow is whole: reachable, without dead ends, and everything it promises exists."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from sop_portal.foundation.kit.templatetags.icons import ICONS
from sop_portal.foundation.organisation.roles import roles_that
from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.foundation.workflow.years import in_open_year, shut_year
from sop_portal.handbook.chapters import anchor
from sop_portal.stages import ALL_WORKFLOWS, STAGES, YEAR_WORKFLOWS

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def every_step() -> list[Any]:
    return [
        pytest.param(workflow, step, id=f"{workflow.kind}-{step.name}")
        for workflow in ALL_WORKFLOWS
        for step in workflow.steps
    ]


def workflows() -> list[Any]:
    return [pytest.param(workflow, id=workflow.kind) for workflow in ALL_WORKFLOWS]


def table_of(workflow: Workflow[Any]) -> str:
    """The file in which a table of steps stands."""
    return f"{workflow.model.__module__.split('.models')[0].replace('.', '/')}/workflow.py"


def reached(workflow: Workflow[Any]) -> set[str]:
    """Every state that steps lead to from the first one."""
    found, states = {workflow.initial}, [workflow.initial]
    while states:
        new = {step.target for step in workflow.steps_from(states.pop())} - found
        found |= new
        states += new
    return found


@pytest.mark.parametrize("workflow", workflows())
def test_every_state_is_reached(workflow: Workflow[Any]) -> None:
    lost = set(workflow.states.values) - reached(workflow)
    assert lost == set(), f"Let a step lead there, in {table_of(workflow)}."


@pytest.mark.parametrize("workflow", workflows())
def test_nothing_ends_but_in_a_closed_state(workflow: Workflow[Any]) -> None:
    dead_ends = {state for state in workflow.states.values if not workflow.steps_from(state)}
    assert dead_ends - workflow.closed == set(), (
        f"Name it among the sources of a step that leads out of it, in {table_of(workflow)}, or as `closed`."
    )


@pytest.mark.parametrize("workflow", workflows())
def test_a_closed_state_is_reached_from_everywhere(workflow: Workflow[Any]) -> None:
    ending, grown = set(workflow.closed), True
    while grown:
        more = {source for step in workflow.steps if step.target in ending for source in step.sources}
        grown = not more <= ending
        ending |= more
    endless = set(workflow.states.values) - ending
    assert endless == set(), f"No step leads from here to a closed state: write one in {table_of(workflow)}."


@pytest.mark.parametrize("workflow", workflows())
def test_every_tone_has_an_icon(workflow: Workflow[Any]) -> None:
    unknown = set(workflow.tones.values()) - set(ICONS)
    assert unknown == set(), f"Choose a tone of ICONS in kit/templatetags/icons.py, in {table_of(workflow)}."


@pytest.mark.parametrize("workflow", workflows())
def test_steps_editing_and_closing_speak_of_states_that_exist(workflow: Workflow[Any]) -> None:
    named = {state for step in workflow.steps for state in [*step.sources, step.target]}
    unknown = (named | workflow.editable | workflow.closed) - set(workflow.states.values)
    assert unknown == set(), f"{table_of(workflow)} names a state that its models do not know."


@pytest.mark.parametrize("workflow", workflows())
def test_no_two_steps_of_a_record_share_a_name(workflow: Workflow[Any]) -> None:
    assert len(set(workflow.names)) == len(workflow.names), f"Name every step of {table_of(workflow)} once."


def test_no_two_kinds_of_records_share_a_name() -> None:
    kinds = [workflow.kind for workflow in ALL_WORKFLOWS]
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize(("workflow", "step"), every_step())
def test_some_role_may_take_the_step(workflow: Workflow[Any], step: Step[Any]) -> None:
    assert roles_that(step.by) != [], "Give a role the right in sop_portal/foundation/organisation/roles.py."


@pytest.mark.parametrize(("workflow", "step"), every_step())
def test_the_sentence_of_the_trail_names_the_person_and_nothing_else(workflow: Workflow[Any], step: Step[Any]) -> None:
    named = (step.done % {"person": "Amina"}).count("Amina")
    assert named == 1, f"Write `done` of “{step.name}” with one %(person)s in {table_of(workflow)}."


@pytest.mark.parametrize(("workflow", "step"), every_step())
def test_a_step_stamps_fields_that_exist(workflow: Workflow[Any], step: Step[Any]) -> None:
    fields = {field.name for field in workflow.model._meta.get_fields()}
    stamps = {f"{step.stamps}_at", f"{step.stamps}_by"} if step.stamps else set()
    assert stamps - fields == set(), f"Add the fields to the models beside {table_of(workflow)}."


@pytest.mark.parametrize(("workflow", "step"), every_step())
def test_what_is_sent_back_or_refused_says_why(workflow: Workflow[Any], step: Step[Any]) -> None:
    refusing = {"send-back", "refuse", "decline", "overrule", "pass-over", "waive", "reopen", "cancel"}
    if step.name in refusing:
        assert step.comment, f"Write comment=True into “{step.name}” of {table_of(workflow)}."


@pytest.fixture(scope="module")
def translated() -> set[str]:
    """Every message that has a Chinese translation."""
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="zh_Hans")
    return {str(m.id) for m in catalogue if m.id and m.string and not m.fuzzy and isinstance(m.id, str)}


@pytest.mark.parametrize(("workflow", "step"), every_step())
def test_button_and_sentence_of_every_step_exist_in_chinese(
    workflow: Workflow[Any], step: Step[Any], translated: set[str]
) -> None:
    with translation.override("en"):
        said = {str(text) for text in (step.label, step.done, step.says, step.by.label, workflow.label) if text}
        said |= {str(workflow.states(state).label) for state in [*step.sources, step.target]}
    assert sorted(said - translated) == [], "`make messages`, then translate locale/zh_Hans/LC_MESSAGES/django.po."


def chapters() -> list[Any]:
    """The pages of the handbook that explain steps, each with the tables it is drawn from."""
    pages = {"": YEAR_WORKFLOWS} | {stage.slug: stage.workflows for stage in STAGES}
    return [pytest.param(slug, workflows, id=slug or "start") for slug, workflows in pages.items()]


@pytest.mark.parametrize(("slug", "workflows"), chapters())
def test_every_step_has_its_place_in_the_handbook(
    slug: str, workflows: tuple[Workflow[Any], ...], cast: SimpleNamespace
) -> None:
    browser = Client()
    browser.force_login(cast.omar, backend="allauth.account.auth_backends.AuthenticationBackend")
    page = browser.get(reverse("handbook-stage", args=[slug]) if slug else reverse("handbook")).content.decode()
    anchors = [anchor(workflow, step) for workflow in workflows for step in workflow.steps]
    assert [place for place in anchors if page.count(f'id="{place}"') != 1] == []


@pytest.mark.parametrize(("workflow", "step"), every_step())
def test_my_work_asks_of_the_year_what_the_act_asks(workflow: Workflow[Any], step: Step[Any]) -> None:
    paths = {"": True, f"{workflow.year}__": False}

    def is_refused(state: str) -> bool:
        record: Any = SimpleNamespace(is_draft=state == "draft", is_closed=state == "closed")
        if not hasattr(workflow.model, "is_closed"):
            for name in reversed(workflow.year.split("__")):
                record = SimpleNamespace(**{name: record})
        return bool(shut_year(workflow.kind, record, step.name))

    asked = in_open_year(workflow.kind, workflow.model, step.name)
    found = {(path, frozenset(states)) for path, states in asked.deconstruct()[1]}
    path = next(path for path, is_year in paths.items() if is_year == hasattr(workflow.model, "is_closed"))
    assert found == {(f"{path}state__in", frozenset(state for state in ("draft", "closed") if is_refused(state)))}

"""Every workflow is whole: reachable, without dead ends, and everything it promises exists."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.utils import translation

from sop_portal.foundation.kit.templatetags.marks import ICONS
from sop_portal.foundation.organisation.roles import roles_that
from sop_portal.foundation.workflow.table import Step, Workflow
from sop_portal.handbook import pages
from sop_portal.stages import ALL_RECORDS, STAGES, THE_YEAR, Records

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"

# Where the actions of a record live, besides the `actions.py` beside its workflow.
ELSEWHERE = {
    # Stage 1 creates the forecasts of a published year, stage 5 knows what is still open in one that closes.
    ("cycle", "publish"): ("planning.forecasts.actions", "publish_year"),
    ("cycle", "close"): ("evaluations.reviews.actions", "close_year"),
    # Publishing opens the requests of stage 2, which stage 1 does not know.
    ("demand-report", "publish"): ("planning.requests.actions", "publish_report"),
    # A project starts with its reports, ends with its evaluation and is concluded by its review.
    ("project", "activate"): ("evaluations.reports.actions", "activate"),
    ("project", "complete"): ("evaluations.reviews.actions", "complete"),
    ("project", "conclude"): ("evaluations.reviews.actions", "review"),
    # Approving a newer version puts the older one out of force.
    ("budget", "supersede"): ("budgets.drafting.actions", "approve"),
    # Sharing again asks the departments whose lines changed.
    ("confirmation", "ask"): ("budgets.drafting.actions", "share"),
}


def every_step() -> list[Any]:
    return [
        pytest.param(records, step, id=f"{records.workflow.kind}-{step.name}")
        for records in ALL_RECORDS
        for step in records.workflow.steps
    ]


def workflows() -> list[Any]:
    return [pytest.param(records, id=records.workflow.kind) for records in ALL_RECORDS]


def reached(workflow: Workflow) -> set[str]:
    """Every state that steps lead to from the first one."""
    found, states = {workflow.initial}, [workflow.initial]
    while states:
        new = {step.target for step in workflow.steps_from(states.pop())} - found
        found |= new
        states += new
    return found


@pytest.mark.parametrize("records", workflows())
def test_every_state_is_reached(records: Records) -> None:
    assert reached(records.workflow) == set(records.workflow.states.values)


@pytest.mark.parametrize("records", workflows())
def test_nothing_ends_but_in_a_closed_state(records: Records) -> None:
    workflow = records.workflow
    dead_ends = {state for state in workflow.states.values if not workflow.steps_from(state)}
    assert dead_ends - workflow.closed == set()


@pytest.mark.parametrize("records", workflows())
def test_a_closed_state_is_reached_from_everywhere(records: Records) -> None:
    workflow = records.workflow
    ending, grown = set(workflow.closed), True
    while grown:
        more = {source for step in workflow.steps if step.target in ending for source in step.sources}
        grown = not more <= ending
        ending |= more
    assert ending == set(workflow.states.values)


@pytest.mark.parametrize("records", workflows())
def test_every_state_has_a_tone_and_every_tone_an_icon(records: Records) -> None:
    workflow = records.workflow
    assert set(workflow.tones) == set(workflow.states.values)
    assert set(workflow.tones.values()) - set(ICONS) == set()


@pytest.mark.parametrize("records", workflows())
def test_steps_editing_and_closing_speak_of_states_that_exist(records: Records) -> None:
    workflow = records.workflow
    named = {state for step in workflow.steps for state in [*step.sources, step.target]}
    assert (named | workflow.editable | workflow.closed) - set(workflow.states.values) == set()


@pytest.mark.parametrize("records", workflows())
def test_no_two_steps_of_a_record_share_a_name(records: Records) -> None:
    assert len(set(records.workflow.names)) == len(records.workflow.names)


def test_no_two_kinds_of_records_share_a_name() -> None:
    kinds = [records.workflow.kind for records in ALL_RECORDS]
    assert len(set(kinds)) == len(kinds)


@pytest.mark.parametrize(("records", "step"), every_step())
def test_some_role_may_take_the_step(records: Records, step: Step) -> None:
    assert roles_that(step.by) != []


@pytest.mark.parametrize(("records", "step"), every_step())
def test_the_sentence_of_the_trail_names_the_person_and_nothing_else(records: Records, step: Step) -> None:
    assert (step.done % {"person": "Amina"}).count("Amina") == 1


@pytest.mark.parametrize(("records", "step"), every_step())
def test_a_step_stamps_fields_that_exist(records: Records, step: Step) -> None:
    fields = {field.name for field in records.model._meta.get_fields()}
    stamps = {f"{step.stamps}_at", f"{step.stamps}_by"} if step.stamps else set()
    assert stamps - fields == set()


@pytest.mark.parametrize(("records", "step"), every_step())
def test_what_is_sent_back_or_refused_says_why(records: Records, step: Step) -> None:
    refusing = {"send-back", "refuse", "decline", "overrule", "waive", "reopen", "cancel"}
    if step.name in refusing:
        assert step.comment


def home_of(workflow: Workflow) -> str:
    """The stage whose `workflow.py` holds this workflow."""
    homes = [".".join(path.relative_to(ROOT).parts[:2]) for path in sorted(ROOT.glob("*/*/workflow.py"))]
    return next(home for home in homes if workflow in vars(import_module(f"{home}.workflow")).values())


@pytest.mark.parametrize(("records", "step"), every_step())
def test_every_step_has_its_action(records: Records, step: Step) -> None:
    """An action bears the name of its step; where two records of a stage share a verb, the record's as well."""
    kind = records.workflow.kind
    verb = step.name.replace("-", "_")
    module, name = ELSEWHERE.get((kind, step.name)) or (f"{home_of(records.workflow)}.actions", verb)
    actions = vars(import_module(module))
    assert [n for n in (name, f"{name}_{kind.replace('-', '_')}") if callable(actions.get(n))] != []


@pytest.fixture(scope="module")
def translated() -> set[str]:
    """Every message that has a Chinese translation."""
    with CATALOGUE.open("rb") as source:
        catalogue = read_po(source, locale="zh_Hans")
    return {str(m.id) for m in catalogue if m.id and m.string and not m.fuzzy and isinstance(m.id, str)}


@pytest.mark.parametrize(("records", "step"), every_step())
def test_button_and_sentence_of_every_step_exist_in_chinese(records: Records, step: Step, translated: set[str]) -> None:
    with translation.override("en"):
        said = {str(text) for text in (step.label, step.done, step.says, step.by.label, records.workflow.label) if text}
        said |= {str(records.workflow.states(state).label) for state in [*step.sources, step.target]}
    assert sorted(said - translated) == []


@pytest.mark.django_db
def test_every_step_has_its_place_in_the_handbook(cast: SimpleNamespace) -> None:
    browser = Client()
    browser.force_login(cast.omar, backend="allauth.account.auth_backends.AuthenticationBackend")
    shown = {"": browser.get("/handbook/").content.decode()}
    shown |= {stage.slug: browser.get(f"/handbook/{stage.slug}/").content.decode() for stage in STAGES}
    places = [("", THE_YEAR), *((stage.slug, records) for stage in STAGES for records in stage.records)]
    lacking = [
        pages.anchor(records.workflow, step)
        for slug, records in places
        for step in records.workflow.steps
        if shown[slug].count(f'id="{pages.anchor(records.workflow, step)}"') != 1
    ]
    assert lacking == []

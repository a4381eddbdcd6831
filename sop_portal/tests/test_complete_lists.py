"""Every list of the house is whole: what somebody adds and forgets to name fails here, and reads what to do."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils import translation

from budgets.drafting.actions.brought import AFTER_CONFIRMING
from budgets.drafting.actions.confirmation import refuse_more_time as answered_already
from budgets.spending.actions import record_all_stopped, refuse_last_receipt
from budgets.spending.actions.projects import AFTER_CANCELLING
from evaluations.feedback.workflow import FEEDBACK
from evaluations.meetings.actions import take_up
from evaluations.reports.actions import AFTER_RAISING, no_longer_owed, start_projects_of_plan
from evaluations.reviews.actions import follow_history, follow_projects
from evaluations.reviews.actions import refuse_more_time as evaluated_already
from evaluations.training.queries import untrained_for
from planning.cycles.actions import AFTER_CLOSING, AFTER_MOVING, ASKED_BY, BEFORE_EXTENDING, BEFORE_OPENING
from planning.cycles.workflow import KEEPS_OPEN
from planning.extensions.actions import is_asking, refuse_done
from planning.forecasts.actions import follow_changed_history
from planning.forecasts.actions.decisions import AFTER_ACCEPTING
from planning.projects.actions import RESTS_ON_HISTORY, RESTS_ON_PROJECTS, follow_year, year_is_over
from planning.requests.actions.lines import refuse_needs_outside
from planning.requests.actions.opening import open_late
from sop_portal.foundation.kit.closed_years import LIVES_ON
from sop_portal.foundation.organisation.models import Department, Membership
from sop_portal.foundation.organisation.roles import Role
from sop_portal.foundation.papers.actions import BEFORE_TAKING_BACK
from sop_portal.foundation.papers.places import LINES, PARTS
from sop_portal.foundation.trail.kinds import KINDS, RecordKind
from sop_portal.foundation.trail.wording import FIELDS
from sop_portal.foundation.workflow.record_page import PROSE
from sop_portal.foundation.workflow.table import Workflow
from sop_portal.foundation.workflow.views import step_view
from sop_portal.stages import ALL_WORKFLOWS, FOLDERS, OWING, SECTIONS, STAGES, WORKFLOWS
from sop_portal.tests.cast import programme_manager
from sop_portal.tests.every_act import filled_year
from sop_portal.tests.shared_fixtures import shared_fixture
from sop_portal.tests.small_year import every_kind
from sop_portal.tests.test_house_layout import outside_tests, parsed

ROOT = Path(settings.BASE_DIR)
# The functions that take a step, by the name of the step.
TAKING = ("step", "_step", "_answer", "_decide", "follow")
APPS = ("planning", "budgets", "evaluations")


def files(name: str) -> list[str]:
    """The stage folders that have a file (or a folder) of this name."""
    found = [
        path
        for app in APPS
        for pattern in (f"*/{name}.py", f"*/{name}/__init__.py")
        for path in (ROOT / app).glob(pattern)
    ]
    return sorted(".".join(path.relative_to(ROOT).parts[:2]) for path in found)


def test_every_folder_with_a_table_of_steps_belongs_to_a_stage() -> None:
    forgotten = set(files("workflow")) - {folder.__name__ for folder in FOLDERS}
    assert forgotten == set(), "Name the folder in STAGES of sop_portal/stages.py."


def test_every_table_of_steps_is_known_to_the_stages() -> None:
    tables = {kind.kind for kind in KINDS.values() if isinstance(kind, Workflow)}
    assert tables == {workflow.kind for workflow in ALL_WORKFLOWS}, (
        "Write the table into the workflow.py of its folder."
    )


def test_every_deadline_has_a_reader() -> None:
    read = {owed.__module__.removesuffix(".deadlines") for owed in OWING}  # type: ignore[attr-defined]
    forgotten = set(files("deadlines")) - read
    assert forgotten == set(), (
        "Name the folder in STAGES of sop_portal/stages.py; its deadlines.py has a function owed()."
    )


def test_every_kind_of_record_is_reached_from_the_navigation() -> None:
    reached = {kind for section in SECTIONS for page in section.pages for kind in page.kinds}
    forgotten = {workflow.kind for workflow in ALL_WORKFLOWS} - reached
    assert forgotten == set(), "Name the kind at its page in SECTIONS of sop_portal/stages.py."


@pytest.mark.parametrize("name", sorted({page.url_name for section in SECTIONS for page in section.pages}))
def test_every_entry_of_the_navigation_has_its_address(name: str) -> None:
    try:
        assert reverse(name, args=[2027]).startswith("/2027/")
    except NoReverseMatch:
        pytest.fail(f"Name the address {name} in the urls.py of its stage, and include that in sop_portal/urls.py.")


def test_every_kind_of_record_of_a_year_is_asked_before_the_year_is_closed() -> None:
    assert [*KEEPS_OPEN] == [workflow for stage in STAGES for workflow in stage.workflows]


@pytest.mark.parametrize(
    ("handed", "what"),
    [
        (AFTER_ACCEPTING, [open_late]),
        (AFTER_CANCELLING, [no_longer_owed]),
        (AFTER_CONFIRMING, [start_projects_of_plan]),
        (AFTER_CLOSING, [record_all_stopped, year_is_over]),
        (AFTER_MOVING, [refuse_needs_outside, follow_year]),
        (BEFORE_OPENING, [untrained_for]),
        (ASKED_BY, [is_asking]),
        (BEFORE_EXTENDING, [refuse_done, answered_already, evaluated_already]),
        (AFTER_RAISING, [take_up]),
        (RESTS_ON_HISTORY, [follow_changed_history, follow_history]),
        (RESTS_ON_PROJECTS, [follow_projects]),
        (BEFORE_TAKING_BACK, [refuse_last_receipt]),
    ],
    ids=lambda listed: ",".join(function.__name__ for function in listed),
)
def test_what_follows_from_an_act_in_other_stages_is_handed_to_it(handed: list[Any], what: list[Any]) -> None:
    """An earlier stage names what may follow its act; stages.py alone says what does."""
    assert handed == what, "Name it where stages.py fills the list."


@pytest.mark.parametrize("workflow", ALL_WORKFLOWS, ids=lambda workflow: workflow.kind)
def test_every_kind_of_record_knows_its_year(workflow: Workflow[Any]) -> None:
    path = "pk" if workflow.kind == "cycle" else workflow.year
    workflow.model._default_manager.filter(**{path: None}).query.sql_with_params()


@pytest.mark.parametrize("workflow", ALL_WORKFLOWS, ids=lambda workflow: workflow.kind)
def test_every_state_has_a_tone(workflow: Workflow[Any]) -> None:
    assert set(workflow.tones) == set(workflow.states.values), "Give the state a tone in the workflow.py of its stage."


@pytest.mark.parametrize("workflow", ALL_WORKFLOWS, ids=lambda workflow: workflow.kind)
def test_a_stamp_belongs_to_its_state(workflow: Workflow[Any]) -> None:
    """Whatever a step stamps is tied to the state it leads to by the database."""
    said = [str(found.condition) for found in workflow.model._meta.constraints if hasattr(found, "condition")]
    loose = [s.name for s in workflow.steps if s.stamps and not any(f"{s.stamps}_at__isnull" in one for one in said)]
    assert loose == [], "Tie the stamp to its state in the models of the stage: kit.constraints.stamped."


@pytest.mark.parametrize("app", APPS)
def test_every_model_of_a_stage_is_found_in_the_models_of_its_app(app: str) -> None:
    known = vars(import_module(f"{app}.models"))
    models_of_app = [model.__name__ for model in apps.get_app_config(app).get_models()]
    assert [name for name in models_of_app if name not in known] == [], f"Re-export it in {app}/models.py."


@cache
def steps_taken() -> set[str]:
    """The name in every `step(TABLE, record, "name", …)` outside of tests."""
    found = set()
    for app in (*APPS, "sop_portal"):
        for path in (ROOT / app).rglob("*.py"):
            if "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TAKING:
                    constants = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
                    found |= {value for value in constants if isinstance(value, str)}
    return found


@pytest.mark.parametrize(
    ("workflow", "name"),
    [
        pytest.param(workflow, step.name, id=f"{workflow.kind}-{step.name}")
        for workflow in ALL_WORKFLOWS
        for step in workflow.steps
    ],
)
def test_something_carries_out_every_step(workflow: Workflow[Any], name: str) -> None:
    way_out = f"Write the function that takes “{name}” in an actions.py and mark it with @….act(“{name}”)."
    assert name in steps_taken(), way_out
    assert name in workflow.acts or not workflow[name].main, way_out


def test_a_step_without_its_act_is_refused_when_the_portal_starts() -> None:
    acts = dict(FEEDBACK.acts)
    del FEEDBACK.acts["answer"]
    try:
        with pytest.raises(ImproperlyConfigured, match="Nothing carries out"):
            step_view(FEEDBACK, lambda request: None)  # type: ignore[arg-type,return-value]
    finally:
        FEEDBACK.acts.update(acts)


def test_an_act_of_a_step_that_no_table_knows_is_refused_when_the_portal_starts() -> None:
    with pytest.raises(ImproperlyConfigured, match="has no step"):
        FEEDBACK.act("shelve")


def test_two_kinds_of_records_do_not_share_a_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="Two kinds"):
        RecordKind(kind="feedback", label="Feedback", model=apps.get_model("planning.Pool"))


@shared_fixture
def records(cast: SimpleNamespace) -> dict[str, Any]:
    """A record of every kind."""
    filled_year(cast)
    return every_kind("-pk")


@pytest.mark.slow
@pytest.mark.parametrize("workflow", [pytest.param(workflow, id=workflow.kind) for workflow in ALL_WORKFLOWS])
def test_every_button_leads_to_a_page(
    workflow: Workflow[Any], records: dict[str, Any], cast: SimpleNamespace, as_person: Any
) -> None:
    """Whoever presses a button is asked, or refused with a reason; nobody is told that the page does not exist."""
    people = [as_person(person) for person in (cast.amina, cast.chidi, cast.dora, cast.emil, cast.ada, cast.omar)]
    record, dead = records[workflow.kind], []
    for step in workflow.steps:
        if not step.main:
            continue
        url = f"{record.get_absolute_url()}{step.name}/"
        try:
            resolve(url)
        except Resolver404:
            dead.append(f"{url}: no address; give <record>/<step>/ to its step_view in urls.py")
            continue
        answers = {browser.get(url).status_code for browser in people}
        if not answers & {200, 302, 403, 409, 422}:
            dead.append(f"{url}: {answers}; give it a page in pages/, and its address before that of the steps")
    assert dead == []


def text_fields() -> set[str]:
    """The fields in which people write what they like."""
    return {
        field.name
        for model in apps.get_models()
        if model._meta.app_label in APPS
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField) and not field.choices
    }


def test_the_history_shows_every_typed_word_as_it_was_typed() -> None:
    changed = {name for workflow in ALL_WORKFLOWS for name in workflow.fields}
    forgotten = (changed & text_fields()) - PROSE
    assert forgotten == set(), "Name the field in PROSE of foundation/workflow/record_page.py."


def changed_names(folder: ModuleType) -> Iterator[tuple[str, str]]:
    """What the acts of a folder note as changed: where, and which field."""
    base = ROOT / folder.__name__.replace(".", "/")
    for path in sorted([*base.glob("actions.py"), *base.glob("actions/*.py")]):
        for node in ast.walk(ast.parse(path.read_text())):
            for name in names_noted_by(node):
                yield f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", name


def names_noted_by(node: ast.AST) -> list[str]:
    """The fields that a call of `editing.set`, `editing.change` or `Change` names."""
    if not isinstance(node, ast.Call):
        return []
    called = ast.unparse(node.func)
    if called == "editing.set":
        return [keyword.arg for keyword in node.keywords if keyword.arg and keyword.arg != "where"]
    first = node.args[0] if node.args else None
    is_named = called in {"editing.change", "Change"} and isinstance(first, ast.Constant)
    return [str(first.value)] if is_named and isinstance(first, ast.Constant) else []


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.__name__))
def test_every_change_is_called_by_a_name_in_the_history(folder: ModuleType) -> None:
    known = {*FIELDS, *(name for workflow in ALL_WORKFLOWS for name in workflow.fields)}
    unknown = [(where, name) for where, name in changed_names(folder) if name not in known]
    assert unknown == [], "Say how it is called in `fields` of the table in workflow.py, or in FIELDS of the trail."


# Steps of records that outlive their year, which their year takes with it all the same.
STOP_WITH_THE_YEAR: set[tuple[str, str]] = set()


@pytest.mark.parametrize("kind", sorted(LIVES_ON))
def test_every_step_of_what_outlives_its_year_is_taken_then_too_or_said_not_to_be(kind: str) -> None:
    forgotten = {
        step.name
        for step in WORKFLOWS[kind].steps
        if step.name not in LIVES_ON[kind].acts and (kind, step.name) not in STOP_WITH_THE_YEAR
    }
    assert forgotten == set(), "Name it among the acts of LIVES_ON in kit/closed_years.py, or in STOP_WITH_THE_YEAR."


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_somebody_in_the_cast_of_the_tests(role: Role, cast: SimpleNamespace, arts: Department) -> None:
    programme_manager("Stage", arts)
    played = set(Membership.objects.values_list("role", flat=True))
    assert role in played, "Give somebody the role in sop_portal/tests/cast.py."


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_played_in_the_demonstration_and_named_in_the_readme(role: Role) -> None:
    cast = (ROOT / "sop_portal/demo/cast.py").read_text()
    assert f"Role.{role.name}" in cast, "Give somebody the role in sop_portal/demo/cast.py."
    for name, language in (("README.md", "en"), ("README.zh-CN.md", "zh-hans")):
        with translation.override(language):
            row = f"| {role.label} |"
        assert row in (ROOT / name).read_text(), f"Give the role a row in {name}: {row}"


# It is empty for good.
CONSTANT = {"NOTHING"}


def hooks() -> list[tuple[str, str]]:
    """The lists that a module leaves empty and stages.py fills, by module and name."""
    return [
        (".".join(path.relative_to(ROOT).with_suffix("").parts), node.target.id)
        for path in outside_tests()
        for node in parsed(path).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id.isupper()
        if isinstance(node.value, ast.List | ast.Dict)
        and ast.unparse(node.value) in ("[]", "{}")
        and node.target.id not in CONSTANT
    ]


def filled_by_hand() -> set[str]:
    """What stages.py writes into the lists of others."""
    filled = set()
    for node in parsed(ROOT / "sop_portal/stages.py").body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            filled.add(ast.unparse(node.targets[0].value))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            filled.add(ast.unparse(node.value.func).removesuffix(".update"))
    return filled


@pytest.mark.parametrize(("module", "name"), hooks(), ids=lambda part: part.rpartition(".")[2])
def test_a_list_that_a_module_leaves_to_others_is_filled(module: str, name: str) -> None:
    assert vars(import_module(module))[name], f"Nobody hands {name} of {module} anything: sop_portal/stages.py does."


def test_stages_fills_exactly_the_lists_of_the_stages_that_are_left_empty() -> None:
    stages = ("planning.", "budgets.", "evaluations.")
    of_stages = {name for module, name in hooks() if module.startswith(stages)}
    assert of_stages - filled_by_hand() == set(), "Fill it in sop_portal/stages.py."


def packages_of_actions() -> list[str]:
    return sorted(".".join(path.parent.relative_to(ROOT).parts) for path in ROOT.glob("*/*/actions/__init__.py"))


@pytest.mark.parametrize("package", packages_of_actions())
def test_every_verb_of_a_table_is_found_where_the_actions_of_its_stage_are(package: str) -> None:
    """`planning.forecasts.actions.submit(…)`: in whichever file it stands."""
    offered = vars(import_module(package)).get("__all__", [])
    acts = [act for workflow in ALL_WORKFLOWS for act in workflow.acts.values()]
    within = {act.__name__ for act in acts if act.__module__.startswith(f"{package}.")}
    known = {*offered, *(name for name in within if name.startswith("_"))}
    assert within - known == set(), f"Name it in the __init__.py of {package}."


def test_what_papers_can_be_about_leads_to_the_lines_it_stands_on() -> None:
    """A stage that says in its workflow.py what its parts are called (`PARTS`) says where they stand (`LINES`)."""
    assert (set(PARTS), set(PARTS) - {workflow.kind for workflow in ALL_WORKFLOWS}) == (set(LINES), set())

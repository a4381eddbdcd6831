"""Whoever is refused reads what to do instead: no refusal is written in this house without a way out."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.checks import back_to_editing
from sop_portal.foundation.workflow.offers import offers
from sop_portal.stages import ALL_WORKFLOWS
from sop_portal.tests.every_act import HOUSE, NOW, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture

ROOT = Path(settings.BASE_DIR)
# Where the way out stands among the arguments; what is missing is one too, where a refusal lists it.
PLACE = {"Refusal": 1, "NotNow": 1, "NotYours": 1, "NotReady": 2, "Changed": 2}
# Refusals without a way out, by their words, with the reason why there is none.
NO_WAY: dict[str, str] = {}


def refusals() -> Iterator[tuple[str, ast.Call]]:
    """Every refusal that is written in the house, with where it stands."""
    for package in HOUSE:
        for path in sorted((ROOT / package).rglob("*.py")):
            if {"tests", "migrations"} & set(path.parts):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACE:
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def has_way_out(call: ast.Call) -> bool:
    """Whether a refusal says what to do instead, or lists what is missing."""
    assert isinstance(call.func, ast.Name)
    named = {keyword.arg for keyword in call.keywords}
    unpacked = any(isinstance(given, ast.Starred) for given in call.args)
    if unpacked or "way_out" in named or len(call.args) > PLACE[call.func.id]:
        return True
    lists = call.args[1:2] if call.func.id == "NotReady" else []
    return any(not (isinstance(given, ast.List) and not given.elts) for given in lists)


def test_every_refusal_names_a_way_out() -> None:
    without = {where: ast.unparse(call) for where, call in refusals() if not has_way_out(call)}
    silent = {where: said for where, said in without.items() if not any(words in said for words in NO_WAY)}
    assert silent == {}, "Say what to do instead, or write the words into NO_WAY with the reason why nothing can be."


def test_the_refusals_of_the_house_are_found() -> None:
    assert len(list(refusals())) > 150
    found = ast.parse("NotReady(sentence, [])\nNotNow(sentence)\nNotNow(sentence, way)\nNotReady(sentence, missing)")
    calls = [statement.value for statement in found.body if isinstance(statement, ast.Expr)]
    assert [has_way_out(call) for call in calls if isinstance(call, ast.Call)] == [False, False, True, True]


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year with a record of every kind."""
    return filled_year(cast)


@pytest.mark.parametrize("name", ["amina", "ben", "chidi", "dora", "emil", "ada", "omar"])
def test_every_link_of_what_is_missing_opens_for_whoever_reads_it(
    year: SimpleNamespace, as_person: Callable[[User], Client], name: str
) -> None:
    person = getattr(year.cast, name)
    actor, linked = Actor.of(person, NOW), set()
    for workflow in ALL_WORKFLOWS:
        record = workflow.model._default_manager.visible_to(actor).filter(pk=year.records[workflow.kind].pk).first()
        for state in workflow.states.values if record is not None else ():
            record.state = state
            found = offers(workflow, record, actor, NOW)
            linked |= {missing.url.partition("#")[0] for offer in found for missing in offer.missing} - {""}
    with clock.at(NOW):
        shut = {url: status for url in sorted(linked) if (status := as_person(person).get(url).status_code) != 200}
    assert (shut, bool(linked)) == ({}, name in ("amina", "dora", "emil", "ada"))


def test_a_record_that_is_not_edited_any_more_names_steps_that_there_are(year: SimpleNamespace) -> None:
    """Or, where no step leads back, what there is instead."""
    for workflow in ALL_WORKFLOWS:
        for state in sorted(set(workflow.states.values) - workflow.editable):
            record = year.records[workflow.kind]
            record.state = state
            named = back_to_editing(workflow, record)
            back = [step for step in workflow.steps_from(state) if step.main and step.target in workflow.editable]
            assert [str(step.label) in named for step in back] == [True] * len(back)
            assert bool(back) == ("editable again" in named)
            assert named

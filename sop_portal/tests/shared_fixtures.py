"""Shared fixtures: a state that many tests begin from is reached once, and every test gets it as if it were its own.

A fixture marked `@shared_fixture` is built inside a savepoint that stays open while the following tests begin with
it; each of them gets copies of the objects and a savepoint of its own. A test that does not ask for it never sees it,
and a test that needs real transactions builds it again by itself.

Before a test is set up, `prepare` takes away what it does not begin with and reaches what it does. Until the database
is there, which the first test that asks for a shared fixture brings about, fixtures are built by the test itself.
"""

import copy
import inspect
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from sop_portal.foundation.kit import clock

REAL_TRANSACTIONS = {"transactional_db", "django_db_reset_sequences", "live_server"}


class SharedFixture:
    """How a state is reached: the function, and the states and moments it is given."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self.build = build
        self.needs = list(inspect.signature(build).parameters)

    def built(self, given: dict[str, Any]) -> Any:
        """Reach the state from what it needs; the moment it is given is now."""
        taken = {name: given[name] for name in self.needs}
        moments = [value for value in taken.values() if isinstance(value, datetime)]
        with clock.at(moments[0]) if moments else nullcontext():
            return self.build(**taken)


@dataclass(frozen=True)
class Layer:
    """One state that is reached, with everything below it, and its savepoint."""

    fixture: SharedFixture
    values: dict[str, Any]
    savepoint: transaction.Atomic


class SharedState:
    """The layers that stand now, the deepest first."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.blocker: DjangoDbBlocker | None = None

    def prepare(self, wanted: dict[str, SharedFixture], moments: dict[str, Any]) -> None:
        """Take away what the coming test does not begin with, and add what is missing."""
        order = list(wanted.values())
        while [layer.fixture for layer in self.layers] != order[: len(self.layers)]:
            self.take_away()
        for name, fixture in list(wanted.items())[len(self.layers) :]:
            layer = Layer(fixture, self.copies(), transaction.atomic())
            layer.savepoint.__enter__()
            self.layers.append(layer)
            try:
                layer.values[name] = fixture.built(moments | layer.values)
            except BaseException:
                self.take_away()
                raise

    def take_away(self) -> None:
        """Undo the topmost layer."""
        savepoint = self.layers.pop().savepoint
        transaction.set_rollback(True)
        savepoint.__exit__(None, None, None)

    def copies(self) -> dict[str, Any]:
        """Everything that stands, as objects of one's own that know each other as the originals do."""
        return copy.deepcopy(self.layers[-1].values) if self.layers else {}


SHARED_STATE = SharedState()
# What a test was given: the fixtures it begins with, and copies of what they made.
PREPARED = pytest.StashKey[dict[str, SharedFixture]]()
COPIES = pytest.StashKey[dict[str, Any]]()
FIXTURE_TYPE = type(pytest.fixture(lambda: None))


class Registry:
    """What the fixtures of this module's making are, by the object that stands in a test module or a conftest."""

    def __init__(self) -> None:
        self.shared: dict[int, SharedFixture] = {}
        self.moments: dict[int, datetime] = {}
        # Kept, so that nothing else ever gets the identity of a fixture.
        self.fixtures: list[object] = []

    def add_shared(self, fixture: object, state: SharedFixture) -> None:
        """Remember a shared fixture."""
        self.fixtures.append(fixture)
        self.shared[id(fixture)] = state

    def add_moment(self, fixture: object, at: datetime) -> None:
        """Remember a fixture that is a moment."""
        self.fixtures.append(fixture)
        self.moments[id(fixture)] = at


REGISTRY = Registry()


def shared_fixture(build: Callable[..., Any]) -> Any:
    """Mark a fixture as shared by many tests. It is given other shared fixtures and moments, and nothing else."""
    state, name = SharedFixture(build), build.__name__

    def own(request: pytest.FixtureRequest, **given: Any) -> Any:
        prepared = request.node.stash.get(PREPARED, {})
        if name not in prepared:
            return state.built(given)
        if prepared[name] is not state:
            raise LookupError(f"Another “{name}” was prepared than this test means: see definition_of.")
        return request.node.stash[COPIES][name]

    names = ("request", "shared_database", "db", *state.needs)
    places = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names]
    own.__dict__["__signature__"] = inspect.Signature(places)
    own.__name__, own.__doc__ = name, build.__doc__
    fixture = pytest.fixture(own)
    REGISTRY.add_shared(fixture, state)
    return fixture


def moment(at: datetime, what: str, *, is_now: bool = True) -> Any:
    """A fixture that is a moment; where `is_now`, the tests that ask for it run at it."""

    def at_the_moment() -> Iterator[datetime]:
        with clock.at(at) if is_now else nullcontext():
            yield at

    at_the_moment.__doc__ = what
    fixture = pytest.fixture(at_the_moment)
    REGISTRY.add_moment(fixture, at)
    return fixture


@pytest.fixture(scope="session")
def shared_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """From now on states are shared; before the database goes, all of them are taken away."""
    SHARED_STATE.blocker = django_db_blocker
    yield
    with django_db_blocker.unblock():
        SHARED_STATE.prepare({}, {})
    SHARED_STATE.blocker = None


def prepare(item: pytest.Function) -> None:
    """Prepare what a test begins with, before any fixture of its own is set up."""
    if SHARED_STATE.blocker is None or not uses_database(item):
        return
    wanted, moments = ({}, {}) if needs_real_transactions(item) else wanted_by(item)
    with SHARED_STATE.blocker.unblock():
        SHARED_STATE.prepare(wanted, moments)
    item.stash[PREPARED], item.stash[COPIES] = wanted, SHARED_STATE.copies()


def wanted_by(item: pytest.Function) -> tuple[dict[str, SharedFixture], dict[str, datetime]]:
    """The states a test begins with, what is shared most first, each after what it is built from; and its moments."""
    found = {name: id(definition_of(name, item)) for name in item.fixturenames}
    states = {name: REGISTRY.shared[key] for name, key in found.items() if key in REGISTRY.shared}
    moments = {name: REGISTRY.moments[key] for name, key in found.items() if key in REGISTRY.moments}

    def height(name: str) -> int:
        return 1 + max((height(need) for need in states[name].needs if need in states), default=0)

    return {name: states[name] for name in sorted(states, key=lambda name: (height(name), name))}, moments


def definition_of(name: str, item: pytest.Function) -> object:
    """What a name means to a test: a fixture of its module, else of the nearest conftest; None for a library's."""
    modules = modules_by_path(item.config.pluginmanager)
    conftests = (modules.get(folder / "conftest.py") for folder in item.path.parents)
    for module in (item.module, *conftests):
        found = vars(module).get(name) if module else None
        if isinstance(found, FIXTURE_TYPE):
            return found
    return None


@cache
def modules_by_path(plugins: pytest.PytestPluginManager) -> dict[Path, ModuleType]:
    """Every module that pytest takes for a plugin, each conftest among them."""
    modules = [plugin for plugin in plugins.get_plugins() if isinstance(plugin, ModuleType)]
    return {Path(module.__file__): module for module in modules if module.__file__}


def uses_database(item: pytest.Function) -> bool:
    """Whether a test opens a savepoint, or commits."""
    return "db" in item.fixturenames or bool(item.get_closest_marker("django_db")) or needs_real_transactions(item)


def needs_real_transactions(item: pytest.Function) -> bool:
    """Whether a test commits."""
    marks = item.iter_markers("django_db")
    return bool(REAL_TRANSACTIONS & set(item.fixturenames)) or any(mark.kwargs.get("transaction") for mark in marks)

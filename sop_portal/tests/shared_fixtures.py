"""Shared fixtures: a state that many tests begin from is reached once, and every test gets it as if it were its own.

A fixture marked `@shared_fixture` is built inside a savepoint that stays open while the following tests begin with
it; each of them gets copies of the objects and a savepoint of its own. A test that does not ask for it never sees it,
and a test that needs real transactions builds it again by itself.
"""

import copy
import inspect
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import transaction

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
COPIES = pytest.StashKey[dict[str, Any] | None]()


def shared_fixture(build: Callable[..., Any]) -> Any:
    """Mark a fixture as shared by many tests. It is given other shared fixtures and moments, and nothing else."""
    state = SharedFixture(build)

    def own(request: Any, **given: Any) -> Any:
        copies = request.node.stash.get(COPIES, None)
        return state.built(given) if copies is None else copies[request.fixturename]

    places = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in ("request", "db", *state.needs)]
    own.__dict__ |= {"shared_state": state, "__signature__": inspect.Signature(places)}
    own.__name__, own.__doc__ = build.__name__, build.__doc__
    return pytest.fixture(own)


def moment(at: datetime, what: str, *, is_now: bool = True) -> Any:
    """A fixture that is a moment; where `is_now`, the tests that ask for it run at it."""

    def at_the_moment() -> Iterator[datetime]:
        with clock.at(at) if is_now else nullcontext():
            yield at

    at_the_moment.__dict__["moment"] = at
    at_the_moment.__doc__ = what
    return pytest.fixture(at_the_moment)


def wanted_by(node: Any) -> tuple[dict[str, SharedFixture], dict[str, Any]]:
    """The states a test begins with, what is shared most first, each after what it is built from; and its moments."""
    functions = {name: defined[-1].func for name, defined in node._fixtureinfo.name2fixturedefs.items()}
    states = {name: function.shared_state for name, function in functions.items() if hasattr(function, "shared_state")}
    moments = {name: function.moment for name, function in functions.items() if hasattr(function, "moment")}

    def height(name: str) -> int:
        return 1 + max((height(need) for need in states[name].needs if need in states), default=0)

    return {name: states[name] for name in sorted(states, key=lambda name: (height(name), name))}, moments


def needs_real_transactions(node: Any) -> bool:
    """Whether a test commits."""
    marks = node.iter_markers("django_db")
    return bool(REAL_TRANSACTIONS & set(node.fixturenames)) or any(mark.kwargs.get("transaction") for mark in marks)


def prepared(fixturedef: Any, request: Any) -> Any:
    """Before a test's own savepoint what it begins with is prepared; before the database goes, all is taken away."""
    if fixturedef.argname == "_django_db_helper":
        node, is_real = request.node, needs_real_transactions(request.node)
        with request.getfixturevalue("django_db_blocker").unblock():
            SHARED_STATE.prepare(*(({}, {}) if is_real else wanted_by(node)))
        node.stash[COPIES] = None if is_real else SHARED_STATE.copies()
    outcome = yield
    if fixturedef.argname == "django_db_setup":
        fixturedef.addfinalizer(partial(_clear, request.getfixturevalue("django_db_blocker")))
    return outcome


def _clear(blocker: Any) -> None:
    with blocker.unblock():
        SHARED_STATE.prepare({}, {})

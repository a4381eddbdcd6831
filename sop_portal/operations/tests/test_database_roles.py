"""Two roles in PostgreSQL: the one that serves acts as ever, and can rewrite nothing."""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client

from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import record, verify
from sop_portal.operations.actions.database_roles import grant_roles, may_rewrite
from sop_portal.operations.deploy_checks import serving_as_owner
from sop_portal.tests.every_act import Act, every_act, filled_year
from sop_portal.tests.shared_fixtures import shared_fixture

ROLE = "sop_portal_serving_test"


@pytest.fixture
def granted(db: None, settings: Any, on_postgresql: bool) -> str:
    """A role that serves, as `manage.py database_roles` makes it."""
    if not on_postgresql:
        pytest.skip("SQLite has no roles.")
    settings.SERVING_DATABASE = {"USER": ROLE, "PASSWORD": "it's-secret"}
    grant_roles()
    return ROLE


@contextmanager
def serving(role: str) -> Iterator[None]:
    """What is done as the role that serves."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


REWRITING = [
    "UPDATE trail_entry SET comment = 'Another reason'",
    "DELETE FROM trail_entry",
    "TRUNCATE trail_entry",
    "DELETE FROM trail_head",
    "DELETE FROM trail_verification",
    "UPDATE trail_verification SET problems = 0",
    "ALTER TABLE trail_entry DISABLE TRIGGER ALL",
    "DROP TRIGGER trail_entry_append_only_update ON trail_entry",
    "DROP FUNCTION trail_entry_append_only_update() CASCADE",
    "CREATE OR REPLACE FUNCTION trail_entry_append_only_update() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "DROP TABLE trail_entry",
    "ALTER TABLE planning_forecast ADD COLUMN more text",
    "SET session_replication_role = replica",
    # A table of one's own that triggers would look into instead of the real one.
    "CREATE TEMP TABLE workflow_contributor (kind text, record_id bigint, person_id bigint)",
    "CREATE TABLE public.mine (id int)",
    "CREATE SCHEMA mine",
    "UPDATE django_migrations SET name = 'x'",
]


@pytest.mark.parametrize("statement", REWRITING)
def test_the_role_that_serves_can_change_neither_the_trail_nor_what_guards_it(granted: str, statement: str) -> None:
    with serving(granted), pytest.raises(ProgrammingError, match=r"denied|must be owner"), transaction.atomic():
        connection.cursor().execute(statement)


def test_the_role_that_serves_cannot_break_the_end_of_the_trail(
    granted: str, cast: SimpleNamespace, noon: datetime
) -> None:
    record("forecast", SimpleNamespace(pk=7), "edit", by=cast.amina.pk, at=noon)
    for changed in ("hash = 'x'", "seal = 'x'", "position = position + 1", "position = 0"):
        with serving(granted), pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            connection.cursor().execute(f"UPDATE trail_head SET {changed}")
    assert verify() == []


@shared_fixture
def year(cast: SimpleNamespace) -> SimpleNamespace:
    """A year in which everybody acts."""
    return filled_year(cast)


def outcome(act: Act, year: SimpleNamespace, role: str) -> str:
    """How an act ends in the database of this role; nothing of it stays."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL ROLE {role}")
            act.try_on(copy.deepcopy(year))
            transaction.set_rollback(True)
    except Exception as problem:
        return type(problem).__name__
    return "done"


@pytest.mark.slow
def test_every_act_ends_for_the_role_that_serves_as_it_does_for_the_owner(granted: str, year: SimpleNamespace) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        [owner] = cursor.fetchone()
    acts = every_act()
    as_owner = {name: outcome(act, year, owner) for name, act in acts.items()}
    assert {name: outcome(act, year, granted) for name, act in acts.items()} == as_owner
    assert list(as_owner.values()).count("done") > 30


def test_pages_are_served_and_acts_leave_their_trail_by_the_role_that_serves(
    granted: str, cast: SimpleNamespace, noon: datetime, as_person: Callable[[User], Client]
) -> None:
    browser = as_person(cast.ada)
    with serving(granted):
        record("forecast", SimpleNamespace(pk=7), "edit", by=cast.amina.pk, at=noon)
        assert [browser.get(path).status_code for path in ("/", "/trail/", "/notices/mails/")] == [200] * 3
        assert verify() == []


def test_the_check_before_deploying_asks_why_the_owner_serves(
    granted: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [found.id for found in serving_as_owner()] == ["sop_portal.W002"]
    monkeypatch.setitem(connection.settings_dict, "USER", granted)
    assert (serving_as_owner(), may_rewrite(granted)) == ([], False)


@pytest.mark.django_db
def test_the_owner_is_not_the_one_who_serves(on_postgresql: bool, settings: Any) -> None:
    settings.SERVING_DATABASE = {"USER": connection.settings_dict.get("USER", "")}
    with pytest.raises(ImproperlyConfigured, match="another one that serves" if on_postgresql else "Only PostgreSQL"):
        grant_roles()

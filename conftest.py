"""The cast of the process, a clock, and what every test shares."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from zlib import crc32

import hypothesis
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper
from django.test import Client
from pytest_django import DjangoDbBlocker

from sop_portal.foundation.organisation.models import Department, User
from sop_portal.foundation.papers import state
from sop_portal.foundation.trail.chain import START, seal
from sop_portal.operations import upgrade
from sop_portal.tests.cast import everybody
from sop_portal.tests.rows import PUT_BY_MIGRATIONS, rows_by_table
from sop_portal.tests.shared_fixtures import moment, prepare, shared_fixture
from sop_portal.tests.shared_fixtures import shared_database as shared_database

first_edition = import_module("sop_portal.handbook.migrations.0002_first_edition")
papers_promises = import_module("sop_portal.foundation.papers.migrations.0002_promises")

# A busy machine is slow, not wrong: how long something takes is asked by the benchmarks.
hypothesis.settings.register_profile("portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("portal")

NOON = datetime(2027, 3, 12, 17, tzinfo=UTC)
SqliteOperations, PostgresOperations = SqliteWrapper.ops_class, PostgresWrapper.ops_class
# `make check` goes each day through this share of what takes turns.
PARTS = 5
DATABASES = {"db", "transactional_db", "shared_database", "django_db_setup"}
# Bit 5 of a trigger's type: it stands before TRUNCATE.
BEFORE_TRUNCATE = """
    SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND (t.tgtype & 32) <> 0
"""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What asks no database is the same on every one, and so is a page, which shows what queries and acts bring.

    Of what takes turns, a run that names a day takes a part; every part has its turn.
    """
    for item in items:
        if item.path.name.endswith("pages.py") or not asks_database(item):
            item.add_marker("once")
    if (day := os.environ.get("WALK", "all")) != "all":
        left = [item for item in items if takes_turns(item) and part_of(item) != int(day) % PARTS]
        config.hook.pytest_deselected(items=left)
        gone = set(left)
        items[:] = [item for item in items if item not in gone]


def takes_turns(item: pytest.Item) -> bool:
    """Whether not every run needs it: a walk through everything, or on SQLite what PostgreSQL is asked every time."""
    if item.get_closest_marker("walk"):
        return True
    return connection.vendor == "sqlite" and not any(map(item.get_closest_marker, ("sqlite", "browser")))


def part_of(item: pytest.Item) -> int:
    """The part of the walks that a test belongs to, in every process the same."""
    return crc32(item.nodeid.encode()) % PARTS


def asks_database(item: pytest.Item) -> bool:
    """Whether a test is handed rows or a connection by what it asks for."""
    is_marked = item.get_closest_marker("django_db") is not None
    return is_marked or not DATABASES.isdisjoint(getattr(item, "fixturenames", ()))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What many tests share is prepared before a test's own savepoint."""
    if isinstance(item, pytest.Function):
        prepare(item)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest) -> None:
    """The tests' database, and how many rows its tables hold before anything has happened."""
    with django_db_blocker.unblock():
        request.config.stash[PUT_BY_MIGRATIONS] = rows_by_table()


@pytest.fixture(autouse=True, scope="session")
def files_of_other_tests_are_no_strays() -> Iterator[None]:
    """All tests keep papers in one folder, and take back the rows but not the files; those of papers have their own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(state, "UNDER_WAY", timedelta(days=36_500))
        yield


@pytest.fixture(autouse=True, scope="session")
def flush_sets_promises_aside() -> Iterator[None]:
    """Between tests the databases empty all tables, which append-only tables rightly refuse."""
    flush, truncate = SqliteOperations.execute_sql_flush, PostgresOperations.execute_sql_flush

    def begin(self: Any) -> None:
        """What migrations put into the tables comes back: a trail's end, the first handbook, the room for papers."""
        with self.connection.cursor() as cursor:
            row = [START, seal(settings.TRAIL_KEY, 0, START)]
            cursor.execute("INSERT INTO trail_head (id, position, hash, seal) VALUES (1, 0, %s, %s)", row)
        first_edition.publish(apps, None)
        papers_promises.begin(apps, None)

    def without_guards(self: Any, statements: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(BEFORE_TRUNCATE)
            guards = cursor.fetchall()
        off, on = ([f"ALTER TABLE {t} {word} TRIGGER {g}" for t, g in guards] for word in ("DISABLE", "ENABLE"))
        truncate(self, [*off, *statements, *on])
        begin(self)

    def without_triggers(self: Any, statements: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
        flush(self, statements)
        with self.connection.cursor() as cursor:
            for _, create in triggers:
                cursor.execute(create)
        begin(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SqliteOperations, "execute_sql_flush", without_triggers)
        patched.setattr(PostgresOperations, "execute_sql_flush", without_guards)
        yield


@pytest.fixture(autouse=True, scope="session")
def no_upgrade_under_way() -> None:
    """The tests' database is of the code's version; who counts queries need not be the one who finds that out."""
    upgrade.seen.is_asked = False


@pytest.fixture(autouse=True)
def plain_static_files(settings: Any) -> None:
    """Tests need no collected files."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


noon = moment(NOON, "Friday 12 March 2027, 12:00 in New York: the forecast window of 2027 is open.", is_now=False)


@shared_fixture
def arts() -> Department:
    """The department Amina heads."""
    return Department.objects.create(name="Arts", slug="arts")


@shared_fixture
def sports() -> Department:
    """Its twin, headed by Bao."""
    return Department.objects.create(name="Sports", slug="sports")


@shared_fixture
def cast(arts: Department, sports: Department) -> SimpleNamespace:
    """Everybody of the story, with their roles: cast.amina, cast.ben, cast.chidi …"""
    return everybody(arts, sports)


@pytest.fixture
def as_person() -> Callable[[User], Client]:
    """A browser in which somebody is logged in: `as_person(cast.amina).get("/")`."""

    def log_in(person: User) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return log_in


@pytest.fixture
def on_postgresql() -> bool:
    """Whether the tests run on PostgreSQL, where real races can be run."""
    return connection.vendor == "postgresql"

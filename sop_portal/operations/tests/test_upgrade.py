"""An upgrade: a year of work goes through the newest migrations, back and forth; nothing of it is lost on the way."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from evaluations.models import Attendance
from sop_portal.foundation.kit.triggers import existing_triggers
from sop_portal.foundation.trail.actions import record, verify
from sop_portal.foundation.trail.models import Entry
from sop_portal.operations import upgrade
from sop_portal.tests.every_act import filled_year

# Where each part stood before the first version was tagged: the oldest state that has to be brought up to date.
FIRST_STATE = {
    "operations": "zero",
    "reminders": "0002_closed_year_stays",
    "evaluations": "0002_promises",
    "budgets": "0002_promises",
    "planning": "0003_search_by_words",
    "handbook": "0002_first_edition",
    "workflow": "0001_initial",
    "notices": "0001_initial",
    "trail": "0002_append_only",
    "organisation": "0003_names",
}
# Told apart: what migrating writes itself, and what is written under way; seals of a row that got a column are made
# anew by `seal_finished`.
NOT_COMPARED = {"django_migrations", "organisation_cache", "trail_entry", "trail_head", "trail_verification"}
Rows = dict[str, dict[str, list[Any]]]


def every_column() -> Rows:
    """All rows, column by column, as the tables are now; the models may know others."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in NOT_COMPARED:
                kept = "WHERE kind <> 'brought-row'" if table == "workflow_seal" else ""
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} {kept} ORDER BY 1")
                names = [column[0] for column in cursor.description]
                rows = cursor.fetchall()
                found[table] = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return found


def within(rows: Rows, frame: Rows) -> Rows:
    """Of these rows what an older state has a place for."""
    return {table: {name: rows[table][name] for name in columns} for table, columns in frame.items()}


def go_back() -> None:
    for app, name in FIRST_STATE.items():
        call_command("migrate", app, name, interactive=False, verbosity=0)


def go_forward() -> None:
    call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def load(cast: SimpleNamespace, at: datetime, *, wanted: bool) -> Iterator[list[int]]:
    """Somebody acts all the time; the entries that were acknowledged."""
    over, made, failed = threading.Event(), [], []

    def act() -> None:
        try:
            while not over.is_set():
                record("person", cast.amina, "edit", by=cast.ada.pk, at=at)
                made.append(Entry.objects.order_by("-position")[0].position)
        except Exception as problem:
            failed.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=act)
    if wanted:
        thread.start()
    yield made
    over.set()
    if wanted:
        thread.join()
    assert failed == []


@pytest.mark.slow
@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_year_of_work_comes_whole_through_the_newest_migrations(
    cast: SimpleNamespace, noon: datetime, on_postgresql: bool, unseen: None
) -> None:
    filled_year(cast)
    # An older state has no place for the seats of teams, so going back would stop at them.
    Attendance.objects.filter(department=None).delete()
    before, guards, entries = every_column(), existing_triggers(connection), Entry.objects.count()
    try:
        with load(cast, noon, wanted=on_postgresql) as made:
            go_back()
            older = every_column()
            assert Client().get("/account/login/").status_code == 503, "A new version waits for the old tables."
            go_forward()
    finally:
        go_forward()
    after = every_column()
    assert within(before, older) == older
    assert within(after, older) == older
    assert (set(after), existing_triggers(connection)) == (set(before), guards)
    assert (verify(), Entry.objects.count() - entries) == ([], len(made))
    assert bool(made) == on_postgresql, "Nobody waited for the migrations."
    assert Client().get("/account/login/").status_code == 200


@pytest.mark.django_db
def test_pages_wait_for_migrations_and_probes_say_so(unseen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "migrations_missing", lambda: True)
    answer = Client().get("/account/login/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "The portal is being upgraded" in answer.content.decode()
    assert Client().get("/livez").status_code == 200
    monkeypatch.setattr(upgrade, "migrations_missing", lambda: False)
    assert Client().get("/account/login/").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_the_old_version_stops_on_sqlite_and_goes_on_on_postgresql(on_postgresql: bool, unseen: None) -> None:
    """What the database holds and this code does not know is a newer version's."""
    assert upgrade.fits_database() is True
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_newer_version (id int)")
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('planning', '9999_newer', '2027-03-12')"
        )
    try:
        assert Client().get("/account/login/").status_code == (302 if on_postgresql else 503)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE of_a_newer_version")
            cursor.execute("DELETE FROM django_migrations WHERE name = '9999_newer'")
    assert Client().get("/account/login/").status_code == 302

"""A database that takes every question and answers none: pages say so within seconds, and a slow one is waited for."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, close_old_connections, connection
from django.test import Client

from sop_portal.operations import frozen_database

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 12
PASS_ON = """
import asyncio, sys
async def pump(source, target):
    while piece := await source.read(65536):
        target.write(piece)
        await target.drain()
    target.close()
async def pass_on(reader, writer):
    host, port = sys.argv[2], sys.argv[3]
    there = asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}") if host.startswith("/") \\
        else asyncio.open_connection(host, int(port))
    source, target = await there
    await asyncio.gather(pump(reader, target), pump(source, writer), return_exceptions=True)
async def main():
    await (await asyncio.start_server(pass_on, "127.0.0.1", int(sys.argv[1]))).serve_forever()
asyncio.run(main())
"""


@pytest.fixture
def proxy(on_postgresql: bool, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The tests' own database, reached through a process that can be frozen."""
    if not on_postgresql:
        pytest.skip("SQLite is a file.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = dict(connection.settings_dict)
    where = [str(own["HOST"] or "/var/run/postgresql"), str(own["PORT"] or 5432)]
    passing = subprocess.Popen([sys.executable, "-c", PASS_ON, str(port), *where])
    wait_for(port)
    connection.close()
    connection.settings_dict |= {"HOST": "127.0.0.1", "PORT": port}
    try:
        yield passing
    finally:
        passing.send_signal(signal.SIGCONT)
        passing.kill()
        passing.wait()
        connection.close()
        connection.settings_dict |= {"HOST": own["HOST"], "PORT": own["PORT"]}


def wait_for(port: int) -> None:
    for _turn in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)


@contextmanager
def frozen(proxy: "subprocess.Popen[bytes]") -> Iterator[None]:
    proxy.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        proxy.send_signal(signal.SIGCONT)


def asked(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_pages_answer_soon_while_the_database_is_frozen_and_go_on_afterwards(
    proxy: "subprocess.Popen[bytes]",
) -> None:
    browser = Client(raise_request_exception=False)
    assert browser.get("/account/login/").status_code in (200, 302)
    with frozen(proxy):
        # One question is asked by a connection that was open, the next has none yet.
        for _turn in range(2):
            began = time.monotonic()
            assert browser.get("/account/login/").status_code == 503
            assert time.monotonic() - began < SOON
            # A server does so after every request; the client of the tests does not.
            close_old_connections()
    assert browser.get("/account/login/").status_code in (200, 302)


def test_a_slow_statement_is_waited_for(proxy: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frozen_database, "SILENT_FOR", 0.2)
    assert asked("SELECT 1 FROM pg_sleep(1)") == 1


def test_a_statement_that_the_server_does_not_end_is_given_up(
    proxy: "subprocess.Popen[bytes]", monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(frozen_database, "SILENT_FOR", 0.2)
    monkeypatch.setattr(frozen_database, "LATER", 0.1)
    settings.STATEMENT_TIMEOUT = 1
    with pytest.raises(OperationalError, match="did not end a statement within 1 seconds"):
        asked("SELECT 1 FROM pg_sleep(4)")
    connection.close()
    assert asked("SELECT 1") == 1

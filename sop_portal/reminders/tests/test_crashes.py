"""Real workers, beats, Redis and a mail server: processes are killed while reminders go out, and Redis is frozen."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from celery import Celery
from django.conf import settings
from django.db import connection

from planning.cycles.actions import create_cycle
from planning.cycles.models import StageWindow
from planning.models import Cycle, Forecast
from sop_portal.celery import transport
from sop_portal.kit import clock
from sop_portal.notices import bell
from sop_portal.notices.models import Mail, Preference
from sop_portal.organisation.models import Department, Membership, User
from sop_portal.organisation.roles import Role
from sop_portal.reminders.models import Reminder

pytestmark = [
    pytest.mark.race,
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server"),
]
HEADS, KILLS, PATIENCE = 1000, 8, 58
ROOT = Path(settings.BASE_DIR)


class Postbox:
    """A mail server that counts what arrives, and sometimes hangs up after the whole mail."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep recipient and Message-ID."""
        lines = bytes(envelope.content).split(b"\r\n")
        message_id = next(line for line in lines if line.startswith(b"Message-ID:"))
        self.arrived.append((envelope.rcpt_tos[0], message_id.decode()))
        return "250 OK"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A Redis of our own, which may be frozen and killed."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path), "--bind", "127.0.0.1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield SimpleNamespace(url=f"redis://127.0.0.1:{port}/0", process=process, port=port)
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()


@pytest.fixture
def postbox() -> Iterator[SimpleNamespace]:
    """The mail server, in a thread."""
    kept = Postbox()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield SimpleNamespace(arrived=kept.arrived, port=controller.port)
    controller.stop()


def owe(cast: SimpleNamespace) -> None:
    """A year in which a thousand heads owe a forecast by tomorrow; their windows opened yesterday."""
    now = clock.now()
    today = now.date()
    cycle = create_cycle(year=today.year, by=cast.ada, at=now - timedelta(days=30))
    Cycle.objects.update(state="published", published_at=now - timedelta(days=30), published_by=cast.ada)
    StageWindow.objects.exclude(stage="forecast").delete()
    day = timedelta(days=1)
    StageWindow.objects.update(
        opens_on=today - day, due_on=today + day, grace_until=today + day, first_due_on=today + day
    )
    departments = Department.objects.bulk_create(Department(name=f"D {n:04}", slug=f"d-{n}") for n in range(HEADS))
    heads = User.objects.bulk_create(User(email=f"head{n}@example.org", name=f"Head {n}") for n in range(HEADS))
    Membership.objects.bulk_create(
        Membership(person=head, role=Role.HEAD, department=department, from_on=today - 30 * day)
        for head, department in zip(heads, departments, strict=True)
    )
    Preference.objects.bulk_create(Preference(person=head, quiet_from=0, quiet_to=0) for head in heads)
    Forecast.objects.bulk_create(Forecast(cycle=cycle, department=department) for department in departments)
    Mail.objects.all().delete()


class Crew:
    """Two workers and three beats of the portal, each in a process group of its own."""

    def __init__(self, redis: SimpleNamespace, postbox: SimpleNamespace, folder: Path) -> None:
        database = connection.settings_dict
        self.folder = folder
        self.environment = os.environ | {
            "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}",
            "REDIS_URL": redis.url, "EMAIL_URL": f"smtp://127.0.0.1:{postbox.port}", "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "sop_portal.settings", "PYTHONWARNINGS": "ignore",
            "SECRET_KEY": settings.SECRET_KEY,
        }  # fmt: skip
        self.jobs = {f"worker{n}": ["worker", "--pool=solo", "-n", f"worker{n}@test"] for n in range(2)}
        self.jobs |= {f"beat{n}": ["beat", "--schedule", str(folder / f"beat{n}")] for n in range(3)}
        self.processes = {name: self.start(name) for name in self.jobs}

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start one of them."""
        command = [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "sop_portal.reminders.tests.hurried",
            "--quiet",
            *self.jobs[name],
        ]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [*command, "--loglevel=ERROR"], cwd=ROOT, env=self.environment, start_new_session=True, stdout=log,
                stderr=log,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """Kill one without a word and start it again, as a supervisor would."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()
        self.processes[name] = self.start(name)

    def stop(self) -> None:
        """End them all."""
        for process in self.processes.values():
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def counted(state: str) -> int:
    return Mail.objects.filter(state=state).count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="workers and tests share a database server")
def test_workers_and_beats_killed_at_random_lose_nothing_and_send_nothing_twice(
    cast: SimpleNamespace, redis: SimpleNamespace, postbox: SimpleNamespace, tmp_path: Path
) -> None:
    owe(cast)
    crew = Crew(redis, postbox, tmp_path)
    began, killed, dice = time.monotonic(), 0, random.Random(7)
    try:
        while counted("pending") + counted("sending") or not Mail.objects.exists():
            assert time.monotonic() - began < PATIENCE, (tmp_path / "worker0.log").read_text()[-2000:]
            time.sleep(0.4)
            if killed < KILLS and postbox.arrived:
                crew.kill(dice.choice(sorted(crew.jobs)))
                killed += 1
    finally:
        crew.stop()
    told = Reminder.objects.filter(is_skipped=False, person__name__startswith="Head")
    assert told.count() == HEADS
    people = [person for person, _message_id in postbox.arrived if person.startswith("head")]
    assert len(people) == len(set(people))
    unknown = counted("unknown")
    assert unknown <= killed
    assert counted("sent") + unknown == Mail.objects.count()
    assert len(people) + unknown >= HEADS


@pytest.mark.django_db(transaction=True)
def test_a_frozen_or_dead_redis_holds_up_nobody(
    redis: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.REDIS_URL = redis.url
    app = Celery("frozen")
    app.conf.update(**transport())
    monkeypatch.setattr(bell, "app", app)
    assert bell.publish() is True
    for sign in (signal.SIGSTOP, signal.SIGKILL):
        redis.process.send_signal(sign)
        ringing = bell.Bell()
        began = time.monotonic()
        for _commit in range(200):
            ringing.ring()
        assert time.monotonic() - began < 0.5
        began = time.monotonic()
        assert bell.publish() is False
        assert time.monotonic() - began < 10

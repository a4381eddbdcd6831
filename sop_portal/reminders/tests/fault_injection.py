"""Real workers, beats, Redis and a mail server that misbehaves: what the tests and `benchmarks/crashes.py` share."""

import asyncio
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from planning.cycles.actions import create_cycle
from planning.models import Cycle, Forecast, ForecastLine, Project, StageWindow
from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.models import Mail, Preference
from sop_portal.foundation.organisation.models import Department, Membership, User
from sop_portal.foundation.organisation.roles import Role
from sop_portal.reminders.models import Reminder

ROOT = Path(settings.BASE_DIR)
DAY = timedelta(days=1)
FAST_CELERY = "sop_portal.reminders.tests.fast_celery"
# How long a hanging server hangs: longer than the portal with short intervals waits for it.
HANGING_SECONDS = 4.0


@dataclass
class UnreliableMailServer:
    """A mail server that is slow, refuses, hangs or hangs up, now and then; and counts what it took."""

    fault_rates: dict[str, float] = field(default_factory=dict)
    arrived: list[tuple[str, str]] = field(default_factory=list)
    # To whom mails arrived of which the sender was never told.
    withheld: set[str] = field(default_factory=set)
    shown: Counter[str] = field(default_factory=Counter)
    dice: random.Random = field(default_factory=lambda: random.Random(11))

    def has_fault(self, fault: str) -> bool:
        """Whether it has this fault now."""
        if self.dice.random() >= self.fault_rates.get(fault, 0):
            return False
        self.shown[fault] += 1
        return True

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        """Take it, slowly or never, or refuse it for now."""
        if self.has_fault("slow"):
            await asyncio.sleep(0.3)
        if self.has_fault("hangs"):
            await asyncio.sleep(HANGING_SECONDS)
        if self.has_fault("refuses"):
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep recipient and Message-ID; after the final dot the word may stay out."""
        lines = bytes(envelope.content).split(b"\r\n")
        message_id = next(line for line in lines if line.startswith(b"Message-ID:"))
        self.arrived.append((envelope.rcpt_tos[0], message_id.decode()))
        if self.has_fault("drops") and server.transport is not None:
            self.withheld.add(envelope.rcpt_tos[0])
            server.transport.abort()
        return "250 OK"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Redis:
    """A Redis of our own, which may be frozen, emptied and killed."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """As the portal is told."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([*command, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)

    def send(self, sign: signal.Signals) -> None:
        """Freeze it, wake it or kill it."""
        if self.process is not None:
            self.process.send_signal(sign)
            if sign == signal.SIGKILL:
                self.process.wait()
                self.process = None

    def flush(self) -> None:
        """Empty it."""
        with socket.create_connection(("127.0.0.1", self.port), 5) as line:
            line.sendall(b"FLUSHALL\r\n")
            line.recv(64)


@contextmanager
def own_redis(folder: Path, port: int = 0) -> Iterator[Redis]:
    """A Redis that ends with the block, whatever was done to it."""
    redis = Redis(port or free_port(), folder)
    redis.start()
    try:
        yield redis
    finally:
        redis.send(signal.SIGCONT)
        redis.send(signal.SIGKILL)


@contextmanager
def unreliable_mail_server(fault_rates: dict[str, float]) -> Iterator[tuple[UnreliableMailServer, int]]:
    """The mail server, in a thread."""
    mail_server = UnreliableMailServer(fault_rates)
    # With a name of its own it need not ask the network for one at every call.
    controller = Controller(mail_server, hostname="127.0.0.1", port=free_port(), server_hostname="mail.example.org")
    controller.start()
    try:
        yield mail_server, controller.port
    finally:
        controller.stop()


def forecasts_due_tomorrow(ada: User, number: int) -> Cycle:
    """A year in which so many heads owe a forecast by tomorrow; their windows opened yesterday."""
    now, today = clock.now(), date.today()
    cycle = create_cycle(year=today.year, by=ada, at=now - 30 * DAY)
    Cycle.objects.update(state="published", published_at=now - 30 * DAY, published_by=ada)
    StageWindow.objects.exclude(stage="forecast").delete()
    StageWindow.objects.update(
        opens_on=today - DAY, due_on=today + DAY, grace_until=today + DAY, first_due_on=today + DAY
    )
    departments = Department.objects.bulk_create(Department(name=f"D {n:04}", slug=f"d-{n}") for n in range(number))
    heads = User.objects.bulk_create(User(email=f"head{n}@example.org", name=f"Head {n}") for n in range(number))
    Membership.objects.bulk_create(
        Membership(person=head, role=Role.HEAD, department=department, from_on=today - 30 * DAY)
        for head, department in zip(heads, departments, strict=True)
    )
    Preference.objects.bulk_create(Preference(person=head, quiet_from=0, quiet_to=0) for head in heads)
    Forecast.objects.bulk_create(Forecast(cycle=cycle, department=department) for department in departments)
    Mail.objects.all().delete()
    return cycle


def fill_in_forecasts(cycle: Cycle) -> None:
    """Every forecast of the year says what is not planned, and nothing else is missing."""
    forecasts = list(Forecast.objects.filter(cycle=cycle).order_by("pk"))
    projects = Project.objects.bulk_create(
        Project(
            cycle=cycle,
            department_id=forecast.department_id,
            name="Story hours",
            slug="story-hours",
            starts_on=cycle.starts_on,
            ends_on=cycle.ends_on,
        )
        for forecast in forecasts
    )
    ForecastLine.objects.bulk_create(
        ForecastLine(forecast=forecast, project=project, is_planned=False, why_not="A year of repairs")
        for forecast, project in zip(forecasts, projects, strict=True)
    )


class CeleryProcesses:
    """Two workers and three beats of the portal, each in a process group of its own."""

    def __init__(self, redis: Redis, mail_port: int, folder: Path, *, pool: str = "solo") -> None:
        self.folder = folder
        self.environment = environment_of(redis, mail_port)
        self.jobs = {
            f"worker{n}": [
                "worker",
                f"--pool={pool}",
                "--concurrency=2",
                "--without-gossip",
                "--without-mingle",
                "-n",
                f"worker{n}@crashes",
            ]
            for n in range(2)
        }
        self.jobs |= {f"beat{n}": ["beat", "--schedule", str(folder / f"beat{n}")] for n in range(3)}
        self.restarts = 0
        self.processes = {name: self.start(name) for name in self.jobs}

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start one of them."""
        command = [sys.executable, "-m", "celery", "-A", FAST_CELERY, "--quiet", *self.jobs[name], "--loglevel=ERROR"]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, start_new_session=True, stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        """Kill one without a word and start it again, as a supervisor would."""
        end(self.processes[name])
        self.processes[name] = self.start(name)

    def supervise(self) -> None:
        """Start again whoever ended without being asked."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                end(process)
                self.restarts += 1
                self.processes[name] = self.start(name)

    def stop(self) -> None:
        """End them all."""
        for process in self.processes.values():
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def environment_of(redis: Redis, mail_port: int) -> dict[str, str]:
    """The environment in which processes of the portal use this database, this Redis and this mail server."""
    database = connection.settings_dict
    where = "{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database)
    return os.environ | {
        "DATABASE_URL": f"postgres://{where}",
        "REDIS_URL": redis.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "sop_portal.settings",
        "PYTHONWARNINGS": "ignore",
        "SECRET_KEY": settings.SECRET_KEY,
    }


@dataclass(frozen=True)
class Outcome:
    """What was left when nothing waited any more."""

    rows: int
    mails: int
    sent: int
    unknown: int
    doubtful: int
    arrived: int
    twice: int
    killed: int
    seconds: float
    shown: dict[str, int]
    restarts: int

    def problems(self, heads: int) -> list[str]:
        """What was promised and not kept, in sentences; empty is good."""
        promises = {
            f"{self.rows} rows instead of {heads}": self.rows == heads,
            f"{self.twice} people got the same mail twice": self.twice == 0,
            f"{self.unknown} unknown after {self.killed} kills": self.unknown <= self.killed,
            f"{self.mails - self.sent - self.unknown - self.doubtful} mails neither sent nor in doubt": self.mails
            == self.sent + self.unknown + self.doubtful,
            f"only {self.arrived} of {heads} arrived": self.arrived + self.unknown >= heads,
        }
        return [sentence for sentence, is_kept in promises.items() if not is_kept]


def run_with_kills(
    processes: CeleryProcesses,
    mail_server: UnreliableMailServer,
    *,
    heads: int,
    kills: int,
    pause: float,
    patience: float,
) -> Outcome:
    """Kill workers and beats at random until so many were killed and nothing waits any more."""
    began, killed, dice = time.monotonic(), 0, random.Random(7)
    while killed < kills or not Mail.objects.exists() or Mail.objects.filter(state__in=["pending", "sending"]).exists():
        if time.monotonic() - began > patience:
            break
        time.sleep(pause)
        processes.supervise()
        if killed < kills and mail_server.arrived:
            processes.kill(dice.choice(sorted(processes.jobs)))
            killed += 1
    unknown = set(Mail.objects.filter(state="unknown").values_list("person__email", flat=True))
    arrived = Counter(person for person, _message_id in mail_server.arrived if person.startswith("head"))
    return Outcome(
        rows=Reminder.objects.filter(is_skipped=False, person__name__startswith="Head").count(),
        mails=Mail.objects.count(),
        sent=Mail.objects.filter(state="sent").count(),
        unknown=len(unknown - mail_server.withheld),
        doubtful=len(unknown & mail_server.withheld),
        arrived=len(arrived),
        twice=sum(times > 1 for times in arrived.values()),
        killed=killed,
        seconds=round(time.monotonic() - began, 1),
        shown=dict(mail_server.shown),
        restarts=processes.restarts,
    )

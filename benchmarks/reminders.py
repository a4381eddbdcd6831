"""How fast reminders are: 20,000 open deadlines of 10,000 people swept, and how many mails leave in a second.

    .venv/bin/python benchmarks/reminders.py [--people 10000] [--deadlines 20000] [--mails 2000]

Uses DATABASE_URL, or SQLite in a folder of its own; makes and removes a database named bench_reminders. Beside the
mails it tells what a commit takes, because each waits for one. Prints one JSON object.
"""

import argparse
import json
import multiprocessing
import os
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-0123456789-0123456789-0123456789")
FOLDER = tempfile.mkdtemp(prefix="sop-bench-")
DATABASE = "bench_reminders"


def own_database() -> None:
    """Point the settings at a database of our own, made anew."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER}/{DATABASE}.sqlite3"
        return
    import psycopg2

    admin = psycopg2.connect(url.rsplit("/", 1)[0] + "/postgres")
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        cursor.execute(f"CREATE DATABASE {DATABASE}")
    admin.close()
    os.environ["DATABASE_URL"] = f"{url.rsplit('/', 1)[0]}/{DATABASE}"


own_database()
os.environ["DJANGO_SETTINGS_MODULE"] = "sop_portal.settings"
os.environ["LOG_LEVEL"] = "WARNING"
os.environ["EMAIL_URL"] = "smtp://127.0.0.1:1"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from evaluations.models import ProgressReport  # noqa: E402
from planning.cycles.actions import create_cycle  # noqa: E402
from planning.models import Cycle, Project  # noqa: E402
from sop_portal.foundation.notices.models import Mail  # noqa: E402
from sop_portal.foundation.notices.outbox import send_batches  # noqa: E402
from sop_portal.foundation.organisation.models import Department, Membership, User  # noqa: E402
from sop_portal.foundation.organisation.roles import Role  # noqa: E402
from sop_portal.reminders.actions import sweep  # noqa: E402
from sop_portal.reminders.models import Reminder  # noqa: E402

settings.BELL_RINGS = False
NOON = datetime(2027, 8, 1, 16, tzinfo=UTC)
DEPARTMENTS = 200


def fill(people: int, deadlines: int) -> None:
    """People who lead projects, and a report owed for each."""
    ada = User.objects.create(email="ada@example.org", name="Ada Moreno")
    since = date(2020, 1, 1)
    Membership.objects.create(person=ada, role=Role.ADMINISTRATOR, from_on=since)
    cycle = create_cycle(year=2027, by=ada, at=NOON - timedelta(days=300))
    Cycle.objects.update(state="published", published_at=NOON - timedelta(days=200), published_by=ada)
    departments = Department.objects.bulk_create(
        Department(name=f"Department {n:03}", slug=f"department-{n:03}") for n in range(DEPARTMENTS)
    )
    leads = User.objects.bulk_create(
        [
            User(email=f"lead{n}@example.org", name=f"Lead {n}", language="en" if n % 3 else "zh-hans")
            for n in range(people)
        ],
        batch_size=2000,
    )
    Membership.objects.bulk_create(
        [
            Membership(person=lead, role=Role.LEAD, department=departments[n % DEPARTMENTS], from_on=since)
            for n, lead in enumerate(leads)
        ],
        batch_size=2000,
    )
    Project.objects.bulk_create(
        [
            Project(
                cycle=cycle,
                department=departments[n % people % DEPARTMENTS],
                name=f"Project {n}",
                slug=f"project-{n}",
                lead=leads[n % people],
                starts_on=cycle.starts_on,
                ends_on=cycle.ends_on,
                state="active",
                activated_at=NOON,
                activated_by=ada,
            )
            for n in range(deadlines)
        ],
        batch_size=1000,
    )
    reports("draft", month=7)


def reports(state: str, month: int) -> None:
    """A report of a month for every project."""
    projects, cycle = list(Project.objects.order_by("pk")), Cycle.objects.get()
    ada = User.objects.get(email="ada@example.org")
    emil = User.objects.get_or_create(email="emil@example.org", defaults={"name": "Emil Novak"})[0]
    first = date(2027 + (month > 12), (month - 1) % 12 + 1, 1)
    done: dict[str, Any] = {}
    if state == "accepted":
        done = {
            "submitted_at": NOON,
            "submitted_by": ada,
            "accepted_at": NOON,
            "accepted_by": emil,
            "activities_held": 1,
            "participants_reached": 1,
            "frozen_at": NOON,
        }
    last = first + timedelta(days=27)
    ProgressReport.objects.bulk_create(
        [
            ProgressReport(
                cycle=cycle,
                department_id=project.department_id,
                project=project,
                period_first=first,
                period_last=last,
                due=last + timedelta(days=10),
                state=state,
                **done,
            )
            for project in projects
        ],
        batch_size=1000,
    )


def elsewhere(work: Callable[..., None], *about: Any) -> None:
    """Do it in a process of its own, so that the memory of this one is that of a worker."""
    connection.close()
    process = multiprocessing.get_context("fork").Process(target=work, args=about)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(process.exitcode)


def timed(at: datetime) -> dict[str, Any]:
    """One sweep, with its seconds and its questions to the database."""
    began, worked = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as asked:
        done = sweep(at=at)
    seconds = round(time.perf_counter() - began, 3)
    return {
        "seconds": seconds,
        "cpu_seconds": round(time.process_time() - worked, 3),
        "queries": len(asked),
        "told": done.told,
        "owed": done.owed,
    }


def sink(port: int, ready: Any) -> None:
    """A mail server in a process of its own that takes everything."""
    from aiosmtpd.controller import Controller

    class Takes:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            return "250 OK"

    controller = Controller(Takes(), hostname="127.0.0.1", port=port)
    controller.start()
    ready.set()
    time.sleep(3600)


@contextmanager
def mail_server() -> Iterator[int]:
    """The sink, while mails are sent."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=sink, args=(port, ready), daemon=True)
    process.start()
    ready.wait(20)
    try:
        yield port
    finally:
        process.terminate()


def seconds_per_commit(count: int = 200) -> float:
    """How long the database takes to write one small row durably."""
    person = User.objects.order_by("pk").values_list("pk", flat=True)[0]
    began = time.perf_counter()
    for number in range(count):
        User.objects.filter(pk=person).update(name=f"Ada Moreno {number}")
    return (time.perf_counter() - began) / count


def sending(count: int) -> dict[str, Any]:
    """The outbox: claimed, written, marked, sent, noted."""
    with mail_server() as port:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        began, done = time.perf_counter(), send_batches(at=NOON, most=count)
        seconds = time.perf_counter() - began
    if not done["sent"]:
        raise SystemExit(f"Nothing was sent: {done}")
    return {
        "mails": done["sent"],
        "mails_per_second": round(done["sent"] / seconds),
        "milliseconds_per_commit": round(1000 * seconds_per_commit(), 2),
    }


def main() -> None:
    """Everything in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--deadlines", type=int, default=20_000)
    parser.add_argument("--mails", type=int, default=2_000)
    chosen = parser.parse_args()
    call_command("migrate", verbosity=0)
    elsewhere(fill, chosen.people, chosen.deadlines)
    result: dict[str, Any] = {"database": connection.vendor, "host": urlsplit(settings.BASE_URL).hostname}
    # A worker lives for weeks: what its first sweep has to load is told apart.
    result["first_of_a_worker"] = timed(NOON - timedelta(days=60))
    result["everything_due"] = timed(NOON)
    print(result["everything_due"], file=sys.stderr, flush=True)
    result["rows_per_second"] = round(result["everything_due"]["told"] / result["everything_due"]["seconds"])
    result["nothing_due"] = [timed(NOON + timedelta(minutes=n)) for n in (1, 2, 3)]
    for month in range(8, 12):
        elsewhere(reports, "accepted", month)
    result["nothing_due_with_more_closed"] = [timed(NOON + timedelta(minutes=n)) for n in (4, 5, 6)]
    result["ledger"], result["mails"] = Reminder.objects.count(), Mail.objects.count()
    if chosen.mails:
        result["sending"] = sending(min(chosen.mails, chosen.people))
    result["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()

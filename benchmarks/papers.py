"""Ten thousand small files attached one after the other: seconds per file, memory of the worker, what is left behind.

    .venv/bin/python benchmarks/papers.py [--files 10000] [--at-once 20] [--side 8]

Uses DATABASE_URL, or SQLite in a folder of its own; makes and removes a database named bench_papers. The files are sent
to the page that attaches papers, in this process, so that its memory is that of a web worker. A tenth of them are no
files at all, and refused. Prints one JSON object; ends with 1 where memory grew by more than 30 MB after the first
tenth, where a file has no row, or a row no file.
"""

import argparse
import io
import json
import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-0123456789-0123456789-0123456789")
FOLDER = tempfile.TemporaryDirectory(prefix="sop-bench-")
DATABASE = "bench_papers"
ALLOWED_GROWTH_MB = 30


def own_database() -> None:
    """Point the settings at a database of our own, made anew."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        os.environ["DATABASE_URL"] = f"sqlite:///{FOLDER.name}/{DATABASE}.sqlite3"
        return
    on_the_server(url, f"CREATE DATABASE {DATABASE}")
    os.environ["DATABASE_URL"] = f"{url.rsplit('/', 1)[0]}/{DATABASE}"


def on_the_server(url: str, create: str = "") -> None:
    """Remove the database of an earlier run; make a new one."""
    import psycopg2

    admin = psycopg2.connect(url.rsplit("/", 1)[0] + "/postgres")
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        if create:
            cursor.execute(create)
    admin.close()


SERVER = os.environ.get("DATABASE_URL", "")
own_database()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "sop_portal.settings",
    "LOG_LEVEL": "ERROR",
    "EMAIL_URL": "memorymail://",
    "ALLOWED_HOSTS": "testserver",
    "PAPERS_FOLDER": f"{FOLDER.name}/papers",
}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from PIL import Image  # noqa: E402

from evaluations.feedback.actions import give  # noqa: E402
from planning.models import Cycle  # noqa: E402
from sop_portal.foundation.kit import clock  # noqa: E402
from sop_portal.foundation.organisation.models import Department  # noqa: E402
from sop_portal.foundation.papers.models import Paper, StoredFile, WaitingPaper  # noqa: E402
from sop_portal.foundation.papers.state import stray_names, wrong_with_papers  # noqa: E402
from sop_portal.tests.cast import everybody  # noqa: E402
from sop_portal.tests.small_year import AUGUST, small_year  # noqa: E402


def a_file(number: int, side: int) -> io.BytesIO:
    """A small picture unlike every other one; each tenth says it is one and is not."""
    written = io.BytesIO()
    if number % 10 == 0:
        written.write(f"no picture {number}".encode())
    else:
        # Noise, so that a picture of 300 pixels a side is a file of some 270 kB, and each is another one.
        Image.frombytes("RGB", (side, side), Random(number).randbytes(3 * side * side)).save(written, "PNG")
    written.name = f"receipt-{number}.png"
    written.seek(0)
    return written


def memory_mb() -> float:
    """What this process holds in memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000, 1)


def attach(files: int, at_once: int, side: int) -> list[dict[str, float]]:
    """Attach so many; after every tenth of them the seconds per file and the memory."""
    departments = [Department.objects.create(name=name, slug=name.lower()) for name in ("Arts", "Sports")]
    cast = everybody(*departments)
    with clock.at(AUGUST.replace(day=8)):
        small_year(cast)
        cycle = Cycle.objects.get(year=2027)
        browser = Client()
        browser.force_login(cast.amina, backend="allauth.account.auth_backends.AuthenticationBackend")
        told, began = [], time.perf_counter()
        for start in range(0, files, at_once):
            # A record takes fifty, so that each form is about one of its own.
            told_so = {"title": f"Receipts {start}", "text": "They are many"}
            record = give(cycle, departments[0], by=cast.amina, at=clock.now(), **told_so)
            papers = [a_file(number, side) for number in range(start, min(start + at_once, files))]
            sent = {"key": str(uuid4()), "papers": papers, "description": "Receipts"}
            # Those that were refused are said; those that were taken wait for the form to be sent again.
            answer = browser.post(f"/papers/feedback/{record.pk}/", sent)
            if answer.status_code == 422:
                waiting = [str(token) for token in WaitingPaper.objects.values_list("token", flat=True)]
                again = {"key": str(uuid4()), "paper": waiting, "description": "Receipts"}
                answer = browser.post(f"/papers/feedback/{record.pk}/", again)
            if answer.status_code != 302:
                raise SystemExit(f"Answered {answer.status_code}.")
            if (start + at_once) % (files // 10) < at_once:
                seconds, began = time.perf_counter() - began, time.perf_counter()
                told.append({"seconds_per_file": round(seconds / (files / 10), 4), "memory_mb": memory_mb()})
    return told


def main() -> None:
    """Everything in one run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--side", type=int, default=8, help="pixels of a side of each picture")
    chosen = parser.parse_args()
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        raise SystemExit("First: make var/static/staticfiles.json")
    call_command("migrate", verbosity=0)
    tenths = attach(chosen.files, chosen.at_once, chosen.side)
    at = AUGUST.replace(day=8) + timedelta(days=2)
    result: dict[str, Any] = {
        "database": connection.vendor,
        "tenths": tenths,
        "papers": Paper.objects.count(),
        "files": StoredFile.objects.count(),
        "wrong": [*wrong_with_papers(at)],
        "strays": [*stray_names()],
    }
    print(json.dumps(result, indent=2))
    connection.close()
    if SERVER.startswith("postgres"):
        on_the_server(SERVER)
    grew = tenths[-1]["memory_mb"] - tenths[0]["memory_mb"]
    sys.exit(bool(result["wrong"] or result["strays"] or grew > ALLOWED_GROWTH_MB))


if __name__ == "__main__":
    main()

"""What pages cost: processor time, time, SQL statements and bytes at two sizes, beside a bare Django page.

    .venv/bin/python benchmarks/pages.py [--sizes 20 200] [--rounds 15] [--port 8190] [--loaded small large]

Uses the server of DATABASE_URL, or SQLite in a folder of its own; makes and removes a database named bench_pages for
each size. Requests go to 127.0.0.1 only, one at a time, the bare page between all others, each timed one after one that
is not: only ratios within one run count. Processor time is that of the web worker and of its database backends (Linux),
which a busy machine does not stretch as it does the clock. The run is bounded by its rounds and a time limit, and stops
its own server.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
DATABASE = "bench_pages"
LIMIT, PATIENCE, MOST_ROUNDS = 1800, 60, 50
KEY = "only-for-benchmarks-0123456789-0123456789-0123456789"
PEOPLE = {"allocation": "chidi@example.org"}


def main() -> None:
    """Measure at every size, then print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[20, 200], help="departments; 100 projects each")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--port", type=int, default=8190)
    parser.add_argument("--loaded", nargs="+", default=[], help="databases of the server that hold these sizes already")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    chosen = parser.parse_args()
    ends = time.monotonic() + LIMIT
    rounds = min(chosen.rounds, MOST_ROUNDS)
    databases = [*chosen.loaded, *[""] * len(chosen.sizes)]
    found = {
        size: measured(size, rounds, chosen.port, ends, name)
        for size, name in zip(chosen.sizes, databases, strict=False)
    }
    print(json.dumps(found) if chosen.json else table(found))


def measured(size: int, rounds: int, port: int, ends: float, loaded: str) -> dict[str, dict[str, float]]:
    """Everything about one size, in a database of its own or in one that holds it already."""
    with tempfile.TemporaryDirectory(prefix="sop-pages-") as folder:
        url = f"{os.environ['DATABASE_URL'].rsplit('/', 1)[0]}/{loaded}" if loaded else make_database(folder)
        env = os.environ | {
            "DATABASE_URL": url,
            "SECRET_KEY": KEY,
            "TRAIL_KEY": KEY,
            "DEBUG": "False",
            "DEMO": "False",
            "ALLOWED_HOSTS": "127.0.0.1",
            "EMAIL_URL": "memorymail://",
            "LOG_LEVEL": "ERROR",
            "SECURE_PROXY": "False",
        }
        try:
            begun = time.monotonic()
            made = [["demo", "--size", str(size), "--json"]] if not loaded else []
            # A loaded database is only read: if it is of another version, its owner migrates it.
            migrate = ["migrate", "--check" if loaded else "-v0"]
            for command in (["collectstatic", "--no-input", "-v0"], migrate, *made):
                subprocess.run(
                    [sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
                )
            print(f"size {size}: loaded in {time.monotonic() - begun:.0f} s", file=sys.stderr)
            asked = [sys.executable, __file__.replace("pages.py", "query_counts.py")]
            facts = json.loads(subprocess.run(asked, cwd=ROOT, env=env, check=True, capture_output=True).stdout)
            took_each = served(facts, rounds, port, env, ends)
        finally:
            if not loaded:
                drop_database(url)
    return {
        name: took_each[name] | {"sql": fact["sql"], "bytes": fact["bytes"]} for name, fact in facts["pages"].items()
    }


def served(facts: dict[str, Any], rounds: int, port: int, env: dict[str, str], ends: float) -> dict[str, Any]:
    """Median milliseconds of every page, each round in the same order with the bare page between."""
    options = ("--workers=1", "--threads=1", "--log-level=error", "--no-control-socket", f"--bind=127.0.0.1:{port}")
    folder = {"PYTHONPATH": f"{ROOT}:{ROOT / 'benchmarks'}"}
    server = subprocess.Popen([f"{BIN}/gunicorn", "bare:application", *options], cwd=ROOT, env=env | folder)
    try:
        wait_for(port)
        processes = Processes(server.pid, env["DATABASE_URL"])
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in facts["pages"]}
        bare = facts["pages"]["bare"]
        for number in range(rounds + 1):
            for name, page in facts["pages"].items():
                took(port, bare, [], number, processes)
                took(port, page, times[name], number, processes)
                if time.monotonic() > ends:
                    sys.exit("The time limit is reached; take fewer rounds or smaller sizes.")
    finally:
        server.terminate()
        server.wait(timeout=20)
    return {
        name: {
            "cpu": statistics.median(value for value, _clock in values),
            "ms": statistics.median(value for _cpu, value in values),
        }
        for name, values in times.items()
    }


class Processes:
    """The web workers of a server and the backends that its database keeps for them."""

    def __init__(self, server: int, url: str) -> None:
        self.server = server
        self.connection = None
        if url.startswith("postgres"):
            import psycopg2

            self.connection = psycopg2.connect(url)
            self.connection.autocommit = True

    def milliseconds(self) -> float:
        """The processor time that all of them have taken."""
        workers = Path(f"/proc/{self.server}/task/{self.server}/children").read_text().split()
        return sum(map(spent_by, [*workers, *self.backends()])) / 1e6

    def backends(self) -> list[str]:
        """The database's processes for connections to this database, but for our own."""
        if self.connection is None:
            return []
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return [str(pid) for (pid,) in cursor.fetchall()]


def spent_by(process: str) -> int:
    """The nanoseconds that all threads of a process have been on a processor."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(thread.read_text().split()[0]) for thread in threads)


def took(port: int, page: dict[str, Any], times: list[tuple[float, float]], number: int, processes: Processes) -> None:
    """Fetch a page once; the first round warms up and does not count."""
    spent = processes.milliseconds()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    begun = time.perf_counter()
    connection.request("GET", page["path"], headers={"Cookie": page["cookie"]})
    reply = connection.getresponse()
    reply.read()
    waited = (time.perf_counter() - begun) * 1000
    connection.close()
    if number:
        times.append((processes.milliseconds() - spent, waited))
    if reply.status != 200:
        sys.exit(f"{page['path']} answered {reply.status}.")


def wait_for(port: int) -> None:
    """Wait until the server answers."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/livez")
            connection.getresponse()
        except OSError:
            time.sleep(0.3)
        else:
            return
    sys.exit("The server did not start.")


def make_database(folder: str) -> str:
    """A database of our own: on the server of DATABASE_URL, or a file."""
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        return f"sqlite:///{folder}/{DATABASE}.sqlite3"
    drop_database(f"{url.rsplit('/', 1)[0]}/{DATABASE}")
    administer(url, f"CREATE DATABASE {DATABASE}")
    return f"{url.rsplit('/', 1)[0]}/{DATABASE}"


def drop_database(url: str) -> None:
    """Remove it again."""
    if url.startswith("postgres"):
        administer(url, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def administer(url: str, statement: str) -> None:
    """One statement to the database server itself."""
    import psycopg2

    connection = psycopg2.connect(url.rsplit("/", 1)[0] + "/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def table(found: dict[int, dict[str, dict[str, float]]]) -> str:
    """All sizes side by side: processor time, also as a multiple of the bare page, time, statements and kilobytes."""
    sizes = list(found)
    head = ["page", *(f"{f'{size} dep.: cpu':>14}  x bare    ms  SQL    KB" for size in sizes), "growth"]
    lines = ["  ".join(f"{cell:<38}" if n else f"{cell:<16}" for n, cell in enumerate(head))]
    for name in found[sizes[0]]:
        cells = [f"{name:<16}"]
        for size in sizes:
            page, bare = found[size][name], found[size]["bare"]["cpu"]
            ratio, kilobytes = page["cpu"] / bare, page["bytes"] / 1024
            numbers = f"{page['cpu']:14.1f} {ratio:7.1f} {page['ms']:5.0f} {page['sql']:4.0f} {kilobytes:5.1f}"
            cells.append(f"{numbers:<38}")
        cells.append(f"{found[sizes[-1]][name]['cpu'] / found[sizes[0]][name]['cpu']:.2f}")
        lines.append("  ".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    main()

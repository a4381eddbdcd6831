"""How fast pages are: median time, SQL statements and bytes at two sizes, beside a bare Django page on the same server.

    .venv/bin/python benchmarks/pages.py [--sizes 20 200] [--rounds 15] [--port 8190] [--loaded small large]

Uses the server of DATABASE_URL, or SQLite in a folder of its own; makes and removes a database named bench_pages for
each size. Requests go to 127.0.0.1 only, one at a time, the bare page between all others: only ratios within one run
count. The run is bounded by its rounds and a time limit, and stops its own server.
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
            times = served(facts, rounds, port, env, ends)
        finally:
            if not loaded:
                drop_database(url)
    return {
        name: {"ms": times[name], "sql": fact["sql"], "bytes": fact["bytes"]} for name, fact in facts["pages"].items()
    }


def served(facts: dict[str, Any], rounds: int, port: int, env: dict[str, str], ends: float) -> dict[str, float]:
    """Median milliseconds of every page, each round in the same order with the bare page between."""
    options = ("--workers=1", "--threads=2", "--log-level=error", "--no-control-socket", f"--bind=127.0.0.1:{port}")
    folder = {"PYTHONPATH": f"{ROOT}:{ROOT / 'benchmarks'}"}
    server = subprocess.Popen([f"{BIN}/gunicorn", "bare:application", *options], cwd=ROOT, env=env | folder)
    try:
        wait_for(port)
        times: dict[str, list[float]] = {name: [] for name in facts["pages"]}
        for number in range(rounds + 1):
            for name, page in facts["pages"].items():
                if name != "bare":
                    took(port, facts["pages"]["bare"], times["bare"], number)
                took(port, page, times[name], number)
                if time.monotonic() > ends:
                    sys.exit("The time limit is reached; take fewer rounds or smaller sizes.")
    finally:
        server.terminate()
        server.wait(timeout=20)
    return {name: statistics.median(values) for name, values in times.items()}


def took(port: int, page: dict[str, Any], times: list[float], number: int) -> None:
    """Fetch a page once; the first round warms up and does not count."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    begun = time.perf_counter()
    connection.request("GET", page["path"], headers={"Cookie": page["cookie"]})
    reply = connection.getresponse()
    reply.read()
    if number:
        times.append((time.perf_counter() - begun) * 1000)
    connection.close()
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
    """All sizes side by side, each page in milliseconds and as a multiple of the bare page."""
    sizes = list(found)
    head = ["page", *(f"{size} dep.: ms  x bare  SQL     KB" for size in sizes), "growth"]
    lines = ["  ".join(f"{cell:<28}" if n else f"{cell:<14}" for n, cell in enumerate(head))]
    for name in found[sizes[0]]:
        cells = [f"{name:<14}"]
        for size in sizes:
            page, bare = found[size][name], found[size]["bare"]["ms"]
            numbers = f"{page['ms']:9.1f} {page['ms'] / bare:7.1f} {page['sql']:5.0f} {page['bytes'] / 1024:7.1f}"
            cells.append(f"{numbers:<28}")
        cells.append(f"{found[sizes[-1]][name]['ms'] / found[sizes[0]][name]['ms']:.2f}")
        lines.append("  ".join(cells))
    return "\n".join(lines)


if __name__ == "__main__":
    main()

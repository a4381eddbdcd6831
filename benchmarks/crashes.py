"""What breaks when processes are killed and Redis vanishes: nothing, and here are the numbers.

    DATABASE_URL=postgres://… .venv/bin/python benchmarks/crashes.py kills [--heads 1000] [--kills 40]
    DATABASE_URL=postgres://… .venv/bin/python benchmarks/crashes.py redis [--submissions 200]

`kills`: two workers and three beats are killed at random while a thousand reminders leave through a mail server that is
slow, refuses, hangs, and hangs up after the final dot. `redis`: heads submit forecasts on a real web server while Redis
is well, emptied, frozen and gone. Makes and removes a database named bench_crashes; prints one JSON object, and ends
with 1 where a promise was not kept.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DATABASE = "bench_crashes"
PATIENCE = 60
MOODS = {"slow": 0.05, "refuses": 0.03, "hangs": 0.004, "drops": 0.01}
# A page may take this much longer than the slowest while Redis is well.
ALLOWED = 2.0


def administer(url: str, *statements: str) -> None:
    """Statements to the database server itself."""
    import psycopg2

    admin = psycopg2.connect(url.rsplit("/", 1)[0] + "/postgres")
    admin.autocommit = True
    with admin.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    admin.close()


SERVER = os.environ.get("DATABASE_URL", "")
if not SERVER.startswith("postgres"):
    sys.exit("Workers and web server share a PostgreSQL: set DATABASE_URL.")
administer(SERVER, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"CREATE DATABASE {DATABASE}")
os.environ |= {
    "DATABASE_URL": f"{SERVER.rsplit('/', 1)[0]}/{DATABASE}",
    "DJANGO_SETTINGS_MODULE": "sop_portal.settings",
    "SECRET_KEY": "only-for-benchmarks-0123456789-0123456789-0123456789",
    "LOG_LEVEL": "ERROR",
    "DEBUG": "False",
    "DEMO": "False",
    "TIME_ZONE": "UTC",
}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from planning.models import Forecast  # noqa: E402
from sop_portal.foundation.kit import clock  # noqa: E402
from sop_portal.foundation.notices.models import Mail, Notice  # noqa: E402
from sop_portal.foundation.organisation.models import Membership, User  # noqa: E402
from sop_portal.foundation.organisation.roles import Role  # noqa: E402
from sop_portal.reminders.tests import fault_injection  # noqa: E402

settings.BELL_RINGS = False


def administrator() -> User:
    """Who sets the year up."""
    ada = User.objects.create(email="ada@example.org", name="Ada Moreno")
    Membership.objects.create(person=ada, role=Role.ADMINISTRATOR, from_on="2020-01-01")
    return ada


def kills(heads: int, number: int, pause: float, patience: float) -> tuple[dict[str, Any], list[str]]:
    """Two workers, three beats, a moody mail server, and somebody who kills."""
    fault_injection.forecasts_due_tomorrow(administrator(), heads)
    with tempfile.TemporaryDirectory() as name, fault_injection.unreliable_mail_server(MOODS) as (mail_server, port):
        folder = Path(name)
        with fault_injection.own_redis(folder) as redis:
            processes = fault_injection.CeleryProcesses(redis, port, folder, pool="prefork")
            try:
                outcome = fault_injection.run_with_kills(
                    processes, mail_server, heads=heads, kills=number, pause=pause, patience=patience
                )
            finally:
                processes.stop()
    return vars(outcome), outcome.problems(heads)


class Browser:
    """A head with a session, who submits one forecast and looks at one page."""

    def __init__(self, port: int, person: User) -> None:
        session = SessionStore()
        session["_auth_user_id"] = str(person.pk)
        session["_auth_user_backend"] = "allauth.account.auth_backends.AuthenticationBackend"
        session["_auth_user_hash"] = person.get_session_auth_hash()
        session.create()
        self.port, self.cookies = port, {"sessionid": session.session_key or ""}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, place it leads to, and page."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, urlencode(form) if form is not None else None, headers)
        reply = line.getresponse()
        for name, value in reply.getheaders():
            if name == "Set-Cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        page = reply.read().decode()
        line.close()
        return reply.status, reply.getheader("Location") or "", page

    def submit(self, forecast: Forecast) -> tuple[float, bool]:
        """Submit it; how long the act and the page after it took, and whether both went well."""
        path = f"{forecast.get_absolute_url()}submit/"
        _status, _to, page = self.ask("GET", path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        began = time.perf_counter()
        form = {"csrfmiddlewaretoken": token[1] if token else "", "key": str(uuid.uuid4()), "seen": "1", "comment": ""}
        status, to, _page = self.ask("POST", path, form)
        took = time.perf_counter() - began
        after = self.ask("GET", to or "/")[0]
        return took, status == 302 and "login" not in to and after == 200


@contextlib.contextmanager
def web_server(redis: fault_injection.Redis, mail_port: int) -> Iterator[int]:
    """The portal as it is deployed."""
    port = fault_injection.free_port()
    environment = fault_injection.environment_of(redis, mail_port) | {"ALLOWED_HOSTS": "127.0.0.1"}
    command = [str(Path(sys.executable).parent / "gunicorn"), "sop_portal.wsgi", f"--bind=127.0.0.1:{port}"]
    options = ["--workers=2", "--threads=4", "--log-level=error", "--no-control-socket"]
    server = subprocess.Popen([*command, *options], cwd=ROOT, env=environment, start_new_session=True)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/livez")
            if line.getresponse().status == 200:
                break
        time.sleep(0.3)
    try:
        yield port
    finally:
        fault_injection.end(server)


def emptied(redis: fault_injection.Redis) -> Callable[[], None]:
    """Flush it again and again until the end of a phase."""
    over = threading.Event()

    def flush() -> None:
        while not over.wait(0.05):
            redis.flush()

    threading.Thread(target=flush, daemon=True).start()
    return over.set


def broken(redis: fault_injection.Redis, phase: str) -> Callable[[], None]:
    """Do to Redis what the phase says, and return what ends it."""
    if phase == "flushed":
        return emptied(redis)
    if phase == "frozen":
        redis.send(signal.SIGSTOP)
        return lambda: redis.send(signal.SIGCONT)
    if phase == "stopped":
        redis.send(signal.SIGKILL)
    return lambda: None


def without_redis(submissions: int) -> tuple[dict[str, Any], list[str]]:
    """Forecasts are submitted while Redis is well, flushed, frozen and stopped; then everything is caught up."""
    cycle = fault_injection.forecasts_due_tomorrow(administrator(), submissions)
    fault_injection.fill_in_forecasts(cycle)
    Membership.objects.create(
        person=User.objects.create(email="chidi@example.org", name="Chidi Okafor"),
        role=Role.RESOURCE,
        from_on="2020-01-01",
    )
    forecasts = list(Forecast.objects.select_related("cycle", "department").order_by("pk"))
    heads = list(User.objects.filter(name__startswith="Head").order_by("pk"))
    phases = ("well", "flushed", "frozen", "stopped")
    found: dict[str, Any] = {}
    problems: list[str] = []
    with tempfile.TemporaryDirectory() as name, fault_injection.unreliable_mail_server({}) as (mail_server, mail_port):
        folder = Path(name)
        with fault_injection.own_redis(folder) as redis, web_server(redis, mail_port) as port:
            browsers = [Browser(port, head) for head in heads]
            browsers[0].ask("GET", "/")
            for place, phase in enumerate(phases):
                mend = broken(redis, phase)
                pairs = list(zip(browsers, forecasts, strict=True))[place :: len(phases)]
                answers = [browser.submit(forecast) for browser, forecast in pairs]
                mend()
                seconds = [took for took, _went_well in answers]
                found[phase] = {
                    "submissions": len(answers),
                    "median_s": round(statistics.median(seconds), 3),
                    "slowest_s": round(max(seconds), 3),
                    "refused": sum(not well for _took, well in answers),
                }
            logged_out = sum(browser.ask("GET", "/")[0] != 200 for browser in browsers)
            redis.start()
            waiting = Mail.objects.filter(state="pending").count()
            processes = fault_injection.CeleryProcesses(redis, mail_port, folder)
            deadline = time.monotonic() + 4 * PATIENCE
            try:
                while Mail.objects.filter(state__in=["pending", "sending"]).exists() and time.monotonic() < deadline:
                    time.sleep(0.5)
                    processes.supervise()
            finally:
                processes.stop()
    told = Notice.objects.filter(verb="submit", is_deadline=False, person__name="Chidi Okafor").count()
    arrived = [person for person, _message_id in mail_server.arrived if person == "chidi@example.org"]
    found |= {
        "submitted": Forecast.objects.filter(state="submitted").count(),
        "told": told,
        "logged_out": logged_out,
        "waited_for_a_worker": waiting,
        "mails_sent": Mail.objects.filter(state="sent").count(),
        "mails_of_acts_arrived": len(arrived),
    }
    limit = found["well"]["slowest_s"] + ALLOWED
    problems += [
        f"{phase}: a page took {found[phase]['slowest_s']} s" for phase in phases if found[phase]["slowest_s"] > limit
    ]
    problems += [f"{phase}: {found[phase]['refused']} were refused" for phase in phases if found[phase]["refused"]]
    problems += [
        f"{number} {what} instead of {submissions}"
        for what, number in (("submitted", found["submitted"]), ("told", told))
        if number != submissions
    ]
    problems += [f"{logged_out} were logged out"] if logged_out else []
    left = Mail.objects.exclude(state__in=["sent", "withdrawn"]).count()
    problems += [f"{left} mails were not sent"] if left else []
    return found, problems


def main() -> None:
    """One of the two, in one run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["kills", "redis"])
    parser.add_argument("--heads", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two kills")
    parser.add_argument("--patience", type=float, default=900, help="seconds at most")
    parser.add_argument("--submissions", type=int, default=200)
    chosen = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    try:
        if chosen.what == "kills":
            found, problems = kills(chosen.heads, chosen.kills, chosen.pause, chosen.patience)
        else:
            found, problems = without_redis(chosen.submissions)
    finally:
        connection.close()
        administer(SERVER, f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    print(json.dumps({"at": clock.now().isoformat(), **found, "problems": problems}, indent=2))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()

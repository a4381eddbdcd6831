"""Run the portal on this machine: the web server and the worker with its clock, until Ctrl-C."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import unicodedata
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from prepare import LOGINS, ROOT, choose_portal, is_empty_portal

BIN = Path(sys.executable).parent
# A worker that dies at once is not restarted in a tight circle.
REST = 2.0
PATIENCE = 12.0
# In a container one may well be root; the worker reads nothing but its own JSON.
os.environ.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser")


def main() -> int:
    """Start both processes, keep the worker alive, and stop everything with the web server."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    host = os.environ.get("HOST", "127.0.0.1")
    port = free_port(host, int(os.environ.get("PORT", "8000")))
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    os.environ.setdefault("BASE_URL", address)
    choose_portal()
    # Asked for before the web processes start: within two minutes they say no other one.
    code = one_time_code()
    web, worker = start(*web_command(host, port)), start(*worker_command())
    try:
        greet(web, address, code)
        return watch(web, worker)
    except KeyboardInterrupt:
        print("\n→ Stopping", flush=True)
        return 0
    finally:
        stop()


def interrupt(number: int, frame: FrameType | None) -> None:
    """Treat a polite request to stop like Ctrl-C."""
    raise KeyboardInterrupt


def free_port(host: str, port: int) -> int:
    """Return the wished port, or the next one that nobody listens on."""
    for candidate in range(port, port + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            if candidate != port:
                print(f"→ Port {port} is taken, so {candidate} it is")
            return candidate
    sys.exit(f"No free port between {port} and {port + 99}.")


def web_command(host: str, port: int) -> tuple[str, ...]:
    """Return how the web server is started: two processes of four threads."""
    options = ("--workers=2", "--threads=4", "--graceful-timeout=10", "--log-level=warning", "--no-control-socket")
    return (f"{BIN}/gunicorn", "sop_portal.wsgi", f"--bind={host}:{port}", *options)


def worker_command() -> tuple[str, ...]:
    """Return how the worker is started: it does the scheduled work and rings the bell for it every minute."""
    options = ("--loglevel=WARNING", "--concurrency=2", "--without-gossip", "--without-mingle")
    return (f"{BIN}/celery", "-A", "sop_portal", "--quiet", "worker", "-B", *options)


STARTED: list[subprocess.Popen[bytes]] = []


def start(*command: str) -> subprocess.Popen[bytes]:
    """Start a process of ours in a group of its own, so that Ctrl-C reaches it once, through us."""
    process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    STARTED.append(process)
    return process


def one_time_code() -> str:
    """What an empty portal says: the code that makes its first administrator; nothing where there is one."""
    asked = [sys.executable, str(ROOT / "manage.py"), "first_administrator", "--json"]
    answer = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True)
    return str(json.loads(answer.stdout)["code"]) if answer.returncode == 0 else ""


def greet(web: subprocess.Popen[bytes], address: str, code: str) -> None:
    """Wait until the portal answers, then say where it is and who may come in."""
    while web.poll() is None and not answers(address):
        time.sleep(0.2)
    if web.poll() is None:
        print(f"\nSOP Portal is at {address}   (Ctrl-C stops it)", flush=True)
        print(f"No administrator yet. One-time code: {code}" if code else demo_logins(), flush=True)


def answers(address: str) -> bool:
    """Tell whether the web server is up."""
    try:
        with urllib.request.urlopen(f"{address}/livez", timeout=2) as reply:
            return bool(reply.status == 200)
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def demo_logins() -> str:
    """Return the demonstration's logins, one a line, or nothing where there are none."""
    if is_empty_portal() or not LOGINS.exists():
        return ""
    found: dict[str, Any] = json.loads(LOGINS.read_text())
    rows = [[str(login[key]) for key in ("role", "email", "password")] for login in found["logins"]]
    widths = [max(columns(row[place]) for row in rows) for place in range(3)]
    return "\n".join("  " + "   ".join(map(filled, row, widths)) for row in rows)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese sign takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def filled(text: str, width: int) -> str:
    """A text with blanks behind it up to a width."""
    return text + " " * (width - columns(text))


def watch(web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]) -> int:
    """Restart the worker whenever it ends; return the web server's exit code when that ends."""
    while (code := web.poll()) is None:
        time.sleep(REST)
        if worker.poll() is not None:
            print(f"→ The worker ended ({worker.returncode}) and is started again", flush=True)
            end_group(worker)
            STARTED.remove(worker)
            worker = start(*worker_command())
    return code


def stop() -> None:
    """End what was started: each is asked, may finish what it does, and then goes with all its children."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for process in STARTED:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in STARTED:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, deadline - time.monotonic()))
        end_group(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and its children, who may have outlived it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())

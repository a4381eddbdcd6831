"""The bell: after a commit a worker is told that mail waits. Nothing depends on it; beat rings every minute too.

It is rung from a thread of its own, so that a broker that is frozen, gone or slow never holds up a page; there the
library is loaded that speaks to it, when the first ring is due.
"""

import logging
import threading
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)
MOST_UNHEARD = 20
TASK = "sop_portal.foundation.notices.tasks.send_mail"


class Bell:
    """Rings once for however many commits there were since it last rang."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        """Ask for a ring and return at once. A process that was forked starts a thread of its own."""
        self._wanted.set()
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._listen, name="bell", daemon=True)
                self._thread.start()

    def _listen(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            publish()


def publish() -> bool:
    """Tell a worker that mail waits; whatever goes wrong with the broker is logged and forgotten."""
    from sop_portal.celery import app

    if nobody_listens():
        return False
    try:
        app.send_task(TASK, retry=False, ignore_result=True, expires=60)
    except Exception as problem:
        logger.warning("The bell did not ring, mail leaves within a minute all the same: %s", problem)
        return False
    return True


def nobody_listens() -> bool:
    """Whether rings pile up in the folder that stands in for Redis: then no worker runs, and one more helps nobody."""
    from sop_portal.celery import app

    queue = Path(app.conf.broker_transport_options.get("data_folder_in") or "/nowhere")
    return queue.is_dir() and sum(1 for _ring in islice(queue.iterdir(), MOST_UNHEARD)) >= MOST_UNHEARD


bell = Bell()


def ring_on_commit() -> None:
    """Ring once the transaction is through."""
    if settings.BELL_RINGS:
        transaction.on_commit(bell.ring)

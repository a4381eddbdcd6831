"""`manage.py send_mail_queue`: send the mails that wait, for those who run no worker."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sop_portal.kit import clock
from sop_portal.notices.outbox import OUTCOMES, send_waiting


class Command(BaseCommand):
    """Exit code 0 when nothing failed, 1 when a mail was given up."""

    help = "Send the mails that wait in the outbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """When, how many, and a report for programs."""
        clock.add_now_argument(parser)
        parser.add_argument("--most", type=int, default=1000, help="how many at most")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send batch after batch until the queue is empty or the limit reached."""
        at = options["now"] or clock.now()
        done = dict.fromkeys(OUTCOMES, 0)
        while sum(done.values()) < options["most"]:
            batch = send_waiting(at=at, most=min(100, options["most"] - sum(done.values())))
            if not sum(batch.values()):
                break
            done = {name: done[name] + batch[name] for name in done}
        self.stdout.write(
            json.dumps(done)
            if options["json"]
            else f"{done['sent']} sent, {done['failed']} failed, {done['later']} to be tried later."
        )
        if done["failed"]:
            raise SystemExit(1)

"""`manage.py send_mail_queue`: send the mails that wait, for those who run no worker."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sop_portal.foundation.kit import clock
from sop_portal.foundation.notices.outbox import send_batches
from sop_portal.foundation.organisation.models import on_its_clock


class Command(BaseCommand):
    """Exit code 0 when nothing failed, 1 when a mail was given up."""

    help = "Send the mails that wait in the outbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """When, how many, and a report for programs."""
        clock.add_now_argument(parser)
        parser.add_argument("--most", type=int, default=1000, help="how many at most")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @on_its_clock()
    def handle(self, *args: object, **options: Any) -> None:
        """Send batch after batch until the queue is empty or the limit reached."""
        done = send_batches(at=options["now"] or clock.now(), most=options["most"])
        line = (
            "{sent} sent, {failed} failed, {later} to be tried later, {unknown} unknown, {withdrawn} no longer needed."
        )
        self.stdout.write(json.dumps(done) if options["json"] else line.format(**done))
        if done["failed"]:
            raise SystemExit(1)

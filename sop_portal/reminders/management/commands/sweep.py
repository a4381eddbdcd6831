"""`manage.py sweep`: remind of what is due, for those who run no worker."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import on_its_clock
from sop_portal.reminders.actions import sweep


class Command(BaseCommand):
    """Running it twice, or five times at once, tells nobody twice."""

    help = "Remind everybody of what is due. Mails wait in the outbox: see send_mail_queue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """When, and a report for programs."""
        clock.add_now_argument(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @on_its_clock()
    def handle(self, *args: object, **options: Any) -> None:
        """Sweep once."""
        result = sweep(at=options["now"] or clock.now()).as_json()
        line = "{owed} owed, {told} told, {skipped} overtaken, {settled} archived.".format(**result)
        self.stdout.write(json.dumps(result) if options["json"] else line)

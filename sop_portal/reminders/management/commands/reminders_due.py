"""`manage.py reminders_due --from … --to …`: who would be reminded of what, and when."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from sop_portal.foundation.kit import clock, formats
from sop_portal.foundation.organisation.models import on_its_clock
from sop_portal.reminders.upcoming import upcoming_reminders

USUALLY = timedelta(days=30)


class Command(BaseCommand):
    """A table of what is to come, if nobody did anything meanwhile. It writes nothing."""

    help = "List the reminders between two moments, as things stand now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From when to when, and a report for programs."""
        clock.add_now_argument(parser)
        parser.add_argument("--from", dest="first", type=clock.parse_now, metavar="MOMENT", help="now, unless given")
        parser.add_argument("--to", dest="last", type=clock.parse_now, metavar="MOMENT", help="30 days later")
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    @on_its_clock()
    def handle(self, *args: object, **options: Any) -> None:
        """Print the table."""
        at = options["now"] or clock.now()
        first = options["first"] or at
        rows = upcoming_reminders(first, options["last"] or first + USUALLY, at=at)
        if options["json"]:
            self.stdout.write(json.dumps([row.as_json() for row in rows], ensure_ascii=False))
            return
        for row in rows:
            moment = formats.moment_long(row.at)
            self.stdout.write(f"{moment}\t{row.person_name} <{row.person_email}>\t{row.what}\t{row.occurrence}")
        self.stdout.write(f"{len(rows)} reminders.")

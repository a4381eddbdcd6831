"""`manage.py purge`: delete sessions, form keys, notices, mails and log entries that are older than is set."""

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand

from sop_portal.foundation.kit import clock
from sop_portal.people.actions import purge


class Command(BaseCommand):
    """Does what a worker does once a day."""

    help = "Delete sessions that are over, and what KEEP_NOTICES_DAYS and the other settings of this kind say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The moment to take for now."""
        clock.add_now_argument(parser)

    def handle(self, *args: object, **options: object) -> None:
        """Purge, and say how much."""
        now = options["now"]
        for what, count in purge(at=now if isinstance(now, datetime) else clock.now()).items():
            self.stdout.write(f"{what}: {count}")

"""`manage.py move_to postgres://…`: everything from SQLite to an empty PostgreSQL, row for row."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from sop_portal.operations.actions.moving import NotMoved, move_to


class Command(BaseCommand):
    """Exit code 0 once every row has arrived; otherwise nothing has. What is here stays as it is."""

    help = "Move everything from the SQLite database of DATABASE_URL to an empty PostgreSQL. Stop the portal first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        parser.add_argument("url", help="postgres://name:password@host:5432/database, as the role that owns it")

    def handle(self, *args: object, url: str, **options: object) -> None:
        """Move, and say what was moved."""
        try:
            counts = move_to(url)
        except (NotMoved, DatabaseError) as problem:
            raise CommandError(f"Nothing was moved. {problem}") from problem
        self.stdout.write(f"{sum(counts.values())} rows in {len(counts)} tables arrived, each value compared.")
        self.stdout.write("The trail is whole there. Set DATABASE_URL to that address and start the portal again.")

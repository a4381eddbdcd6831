"""`manage.py database_roles`: let one role own and migrate the database, and another one serve."""

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from sop_portal.operations.actions.database_roles import grant_roles


class Command(BaseCommand):
    """Run as the owner, after every migration; run twice it does the same."""

    help = "Grant the role of DATABASE_URL what serving needs: not the trail's past, no triggers, no tables of its own."

    def handle(self, *args: object, **options: object) -> None:
        """Grant, and say what was granted."""
        try:
            done = grant_roles()
        except ImproperlyConfigured as problem:
            raise CommandError(str(problem)) from None
        except DatabaseError as problem:
            raise CommandError(f"The database refused: {str(problem).splitlines()[0]}") from None
        self.stdout.write("\n".join(f"{statement};" for statement in done))

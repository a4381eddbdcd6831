"""`manage.py seal_finished`: seal what was finished before there were seals, once, after an upgrade."""

from django.core.management.base import BaseCommand
from django.db import transaction

from sop_portal.dashboards.checks.sealed import seal_what_is_not


class Command(BaseCommand):
    """A record that has a seal keeps it, also where it does not fit: this covers up no change."""

    help = "Seal finished records and expenses that have no seal yet; those that have one keep it."

    @transaction.atomic
    def handle(self, *args: object, **options: object) -> None:
        """Say how many were sealed."""
        self.stdout.write(f"Sealed: {seal_what_is_not()}. What had a seal has kept it.")

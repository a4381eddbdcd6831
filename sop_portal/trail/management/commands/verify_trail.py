"""`manage.py verify_trail`: has anybody edited, deleted, inserted, reordered or cut the trail?"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sop_portal.kit import clock
from sop_portal.trail.actions import verified, verify


class Command(BaseCommand):
    """Exit code 0 when the chain is whole, 1 when it is not."""

    help = "Check the trail's chain from the first entry to the last."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch: a report for programs."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what is wrong, sentence by sentence."""
        wrong = verify()
        entries = verified(wrong, at=clock.now()).entries
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not wrong, "entries": entries, "problems": wrong}))
        else:
            self.stdout.write("\n".join(wrong) or f"The trail is whole: {entries} entries.")
        if wrong:
            raise SystemExit(1)

"""`manage.py verify_trail`: has anybody edited, deleted, inserted, reordered or cut the trail?"""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand

from sop_portal.foundation.kit import clock
from sop_portal.foundation.organisation.models import on_its_clock
from sop_portal.foundation.trail.actions import end_of_trail
from sop_portal.foundation.trail.models import Entry
from sop_portal.operations.actions.trail_watch import check_trail

END = re.compile(r"\d{1,18}:[0-9a-f]{64}", re.ASCII)


def an_end(text: str) -> str:
    """An end of the trail as this command prints it."""
    if not END.fullmatch(text.strip()):
        raise ArgumentTypeError(f"{text!r} is not an end of the trail as verify_trail prints it, like 2434:9f86d0….")
    return text.strip()


class Command(BaseCommand):
    """Exit code 0 when the chain is whole, 1 when it is not."""

    help = "Check the trail's chain from the first entry to the last."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A report for programs, and an end of the trail that was kept elsewhere."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        hint = "an end of the trail printed earlier and kept elsewhere; the trail has to contain it"
        parser.add_argument("--expect", type=an_end, metavar="END", help=hint)

    def handle(self, *args: object, **options: Any) -> None:
        """Print what is wrong, sentence by sentence; administrators and auditors are told."""
        with on_its_clock():
            wrong = check_trail(at=clock.now(), noted=options["expect"] or "")
        entries, ends = Entry.objects.count(), end_of_trail()
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not wrong, "entries": entries, "end": ends, "problems": wrong}))
        else:
            self.stdout.write(
                "\n".join(wrong) or f"The trail is whole: {entries} entries. Keep its end elsewhere: {ends}"
            )
        if wrong:
            raise SystemExit(1)

"""`manage.py check_invariants`: do all kept totals, states and stamps still fit what they are made of?"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from sop_portal.dashboards.checks.equations import EQUATIONS
from sop_portal.dashboards.checks.history import remarks
from sop_portal.dashboards.checks.invariants import problems
from sop_portal.foundation.papers.actions import mend


class Command(BaseCommand):
    """Exit code 0 when everything fits, 1 when it does not."""

    help = "Recompute every kept total and compare; check states against their stamps and the trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Two switches: a report for programs, and mending what can be mended."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--mend", action="store_true", help="remove what killed uploads of papers left behind")

    def handle(self, *args: object, **options: Any) -> None:
        """Print what does not fit, sentence by sentence."""
        mended = list(mend()) if options["mend"] else []
        wrong = problems()
        with override("en"):
            said_by_hand = remarks()
        if options["json"]:
            said = {"ok": not wrong, "equations": len(EQUATIONS), "problems": wrong}
            said |= {"remarks": said_by_hand} if said_by_hand else {}
            self.stdout.write(json.dumps(said | ({"mended": mended} if options["mend"] else {})))
        else:
            self.stdout.write("".join(f"{sentence}\n" for sentence in [*mended, *said_by_hand]), ending="")
            self.stdout.write("\n".join(wrong) or f"Everything fits: {len(EQUATIONS)} equations, states and the trail.")
        if wrong:
            raise SystemExit(1)

"""`manage.py check_invariants`: do all kept totals, states and stamps still fit what they are made of?"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from sop_portal.dashboards.checks.equations import EQUATIONS
from sop_portal.dashboards.checks.invariants import problems


class Command(BaseCommand):
    """Exit code 0 when everything fits, 1 when it does not."""

    help = "Recompute every kept total and compare; check states against their stamps and the trail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch: a report for programs."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: object, **options: Any) -> None:
        """Print what does not fit, sentence by sentence."""
        wrong = problems()
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not wrong, "equations": len(EQUATIONS), "problems": wrong}))
        else:
            self.stdout.write("\n".join(wrong) or f"Everything fits: {len(EQUATIONS)} equations, states and the trail.")
        if wrong:
            raise SystemExit(1)

"""The whole ledger: one act after the other, accepted or refused, and nothing changed by a refused one."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from sop_portal.tests.simulation.ledger.facts import Refused
from sop_portal.tests.simulation.ledger.outlook import Outlook


@dataclass
class Ledger(Outlook):
    """What the organisation did, and what must have come of it."""

    def judge(self, name: str, day: date, by: str, args: dict[str, Any]) -> str:
        """Carry an act out; the rule that refuses it, or nothing where it was accepted."""
        self.day, self.clock = day, self.clock + 1
        try:
            getattr(self, name)(by, **deepcopy(args))
        except Refused as refused:
            return str(refused) or "refused"
        return ""

"""Who owes a decision on a change proposal, or its carrying out."""

from collections.abc import Collection, Iterator
from datetime import datetime

from evaluations.proposals.models import ChangeProposal
from evaluations.proposals.workflow import PROPOSAL
from sop_portal.foundation.workflow.owed import Owed, decisions


def owed(at: datetime, *, ahead: int = 0, departments: Collection[int] | None = None) -> Iterator[Owed]:
    """Proposals that wait; they belong to no department."""
    if departments is not None:
        return
    found = ChangeProposal.objects.filter(state__in=PROPOSAL.awaiting).select_related("cycle").order_by("pk")
    yield from decisions(PROPOSAL, found, begun="proposed_at")

"""The page of one change proposal, and its steps."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from evaluations.proposals.queries import find_proposal
from evaluations.proposals.workflow import PROPOSAL
from sop_portal.foundation.kit.components import Link, Person
from sop_portal.foundation.organisation.access import Request, page
from sop_portal.foundation.workflow.record_page import record_context
from sop_portal.foundation.workflow.views import step_view


@page()
def proposal(request: Request, *, year: int, number: int) -> HttpResponse:
    """What should change, why, who proposed it, and what became of it."""
    found = find_proposal(request, year=year, number=number)
    origin = [Link(_("Where it came up"), found.origin_url)] if found.origin_url else []
    context = record_context(request, PROPOSAL, found) | {
        "cycle": found.cycle,
        "is_finished": found.state in PROPOSAL.closed,
        "people": [Person(found.proposed_by.name, found.proposed_by.initials, _("proposed it"))],
        "chain": [*origin, Link(str(found), "", found.get_state_display(), is_here=True)] if origin else [],
    }
    return render(request, "evaluations/proposals/proposal.html", context)


proposal_step = step_view(PROPOSAL, find_proposal)

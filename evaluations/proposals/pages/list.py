"""The change proposals of a year, and the form for another one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from evaluations.proposals import actions
from evaluations.proposals.forms import ProposalForm
from evaluations.proposals.models import ChangeProposal
from evaluations.proposals.queries import LIKE_ANOTHER, proposal_like
from evaluations.proposals.workflow import PROPOSAL
from planning.cycles.queries import cycle_of, may_in
from sop_portal.foundation.kit.filters import BESIDE, NotUnderstood, refuse_unknown
from sop_portal.foundation.kit.paging import paginate
from sop_portal.foundation.kit.refusals import NotReady, say_beside_field
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can


@page()
def proposals(request: Request, *, year: int) -> HttpResponse:
    """Everything that somebody wants to change."""
    cycle = cycle_of(request, year)
    refuse_unknown(request.GET, *BESIDE)
    rows = ChangeProposal.objects.filter(cycle=cycle).visible_to(request.actor).select_related("cycle", "proposed_by")
    shown = paginate(rows, request.GET, {"number": "number", "state": "state"}, "-number")
    lines = [(row, PROPOSAL.tones[row.state], row.state in PROPOSAL.closed) for row in shown.rows]
    may = may_in(request, cycle, Can.PROPOSE_CHANGE)
    context = {"cycle": cycle, "lines": lines, "shown": shown, "may_propose": may}
    return render(request, "evaluations/proposals/proposals.html", context)


@page(Can.PROPOSE_CHANGE)
def ask_proposal(request: Request, *, year: int) -> HttpResponse:
    """The form; it remembers the page on which the idea came up."""
    refuse_unknown(request.GET, "came_from")
    came_from = request.GET.get("came_from", "")
    if came_from and not came_from.startswith("/"):
        raise NotUnderstood("came_from", came_from)
    form = ProposalForm(initial={"origin_url": came_from[:300]})
    return render(request, "evaluations/proposals/propose.html", {"cycle": cycle_of(request, year), "form": form})


@act(Can.PROPOSE_CHANGE)
def take_proposal(request: Request, *, year: int) -> HttpResponse:
    """Propose the change."""
    cycle, form = cycle_of(request, year), ProposalForm(request.POST)
    if not form.is_valid() or form.asks_about_duplicate(
        proposal_like(form.cleaned_data["title"], form.cleaned_data["what"]), LIKE_ANOTHER
    ):
        return render(request, "evaluations/proposals/propose.html", {"cycle": cycle, "form": form}, status=422)
    try:
        proposed = actions.propose_change(cycle, form.change, by=request.user, at=request.moment)
    except NotReady as refusal:
        say_beside_field(form, refusal)
        return render(request, "evaluations/proposals/propose.html", {"cycle": cycle, "form": form}, status=422)
    messages.success(request, _("Thank you. Management decides, in a meeting or before."))
    return redirect(proposed.get_absolute_url())


propose = either(ask_proposal, take_proposal)

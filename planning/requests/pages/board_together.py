"""Several lines of the allocation board at once: those that were ticked are granted in full, or none is."""

from collections.abc import Iterator, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.requests import actions
from planning.requests.actions import LineDecision
from planning.requests.models import RequestLine
from planning.requests.pages.board import ROWS, board_query, is_number
from planning.requests.queries import find_board_line, must_see_board
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.access import Request, act
from sop_portal.foundation.organisation.roles import Can


@act(Can.ALLOCATE)
def grant_together(request: Request, *, year: int) -> HttpResponse:
    """Grant every line in full that was ticked."""
    must_see_board(request)
    chosen = list(_ticked(request.POST.getlist("line")))
    if not chosen:
        way_out = _("Tick the lines that are granted in full, then press the button again.")
        raise NotReady(_("No line is ticked, so nothing was decided."), [], way_out)
    for pk, seen, seen_decision in chosen:
        line = find_board_line(request, year, pk)
        decided = LineDecision(RequestLine.Decision.FULL, line.quantity, request.POST.get("reason", ""))
        actions.grant(line, decided, by=request.user, at=request.moment, seen=seen, seen_decision=seen_decision)
    done = ngettext("%(count)s line was granted in full.", "%(count)s lines were granted in full.", len(chosen))
    messages.success(request, done % {"count": len(chosen)})
    query = board_query(request)
    return redirect(f"{reverse('allocation', args=[year])}{'?' if query else ''}{query}")


def _ticked(values: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Each line with the versions of its request and of its decision that were seen; what is malformed is left out."""
    for value in values[:ROWS]:
        pk, __, rest = value.partition("|")
        seen, __, seen_decision = rest.partition("|")
        if is_number(pk) and is_number(seen) and seen_decision:
            yield int(pk), int(seen), seen_decision

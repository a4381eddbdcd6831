"""One line of the allocation board: decide it, in its row or on a page of its own, and score it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.requests import actions
from planning.requests.forms import GrantForm, ScoreForm
from planning.requests.models import Pool, RequestLine
from planning.requests.pages.board import board_frame, board_query, is_number, seen_versions
from planning.requests.pages.board_rows import board_rows, grant_form
from planning.requests.queries import find_board_line
from sop_portal.foundation.kit.refusals import NotReady, Refusal, say_beside_field
from sop_portal.foundation.kit.sentences import interpolate, marked
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.middleware import note_attempt


@page()
def _ask(request: Request, *, year: int, pk: int) -> HttpResponse:
    line = find_board_line(request, year, pk)
    return _show_line(request, line, grant_form(line))


@act(Can.ALLOCATE)
def _decide(request: Request, *, year: int, pk: int) -> HttpResponse:
    line = find_board_line(request, year, pk)
    form = GrantForm(request.POST, line=line)
    if form.is_valid() and _is_granted(request, line, form):
        return _show_row(request, line, None) if _by_script(request) else _back_to_board(request, line)
    return _show_row(request, line, form) if _by_script(request) else _show_line(request, line, form, status=422)


grant = either(_ask, _decide, when_closed=True)


def _is_granted(request: Request, line: RequestLine, form: GrantForm) -> bool:
    """Carry the decision out; what the row can say about a refusal stands in its form."""
    seen, seen_decision = form.cleaned_data["seen"], form.cleaned_data["seen_decision"]
    try:
        actions.grant(line, form.decided, by=request.user, at=request.moment, seen=seen, seen_decision=seen_decision)
    except NotReady as refusal:
        say_beside_field(form, refusal)
        return False
    except Refusal as refusal:
        if not _by_script(request):
            raise
        note_attempt(refusal)
        form.add_error(None, str(refusal))
        return False
    return True


@act(Can.ALLOCATE)
def score(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Say how urgent a line is and how good its evidence is."""
    line = find_board_line(request, year, pk)
    form = ScoreForm(request.POST, line=line)
    if not form.is_valid():
        return _show_line(request, line, grant_form(line), form, status=422)
    who: Any = {"by": request.user, "at": request.moment}
    actions.set_importance(line.project, form.cleaned_data["importance"], seen=form.shown, **who)
    actions.score_line(line, form.score, seen=form.cleaned_data["seen"], seen_score=form.shown, **who)
    messages.success(request, _("The score was changed."))
    return redirect("grant", year=year, pk=pk)


def _by_script(request: Request) -> bool:
    """Whether the page only wants the parts that changed."""
    return request.headers.get("HX-Request") == "true"


def _back_to_board(request: Request, line: RequestLine) -> HttpResponse:
    words = {"what": line.called, "project": line.project}
    messages.success(request, marked(interpolate(_("Decided: %(what)s, %(project)s."), words)))
    query = board_query(request)
    return redirect(f"{reverse('allocation', args=[line.request.cycle.year])}{'?' if query else ''}{query}")


def _show_row(request: Request, line: RequestLine, form: GrantForm | None) -> HttpResponse:
    """The row, and the parts of the page that follow from it."""
    cycle = line.request.cycle
    latest = find_board_line(request, cycle.year, line.pk)
    [row] = board_rows([latest], request.actor, request.today, board_query(request))
    seen = request.POST.get("seen", "")
    since = {line.request_id: int(seen) if is_number(seen) else 0} | seen_versions(request.POST)
    context = board_frame(request, cycle, list(Pool.objects.filter(cycle_id=cycle.pk)), since)
    context |= {"row": row, "form": form or row.form, "is_fragment": True, "is_saved": form is None}
    return render(request, "planning/requests/board_row.html", context)


def _show_line(
    request: Request, line: RequestLine, form: GrantForm, scoring: ScoreForm | None = None, *, status: int = 200
) -> HttpResponse:
    """One line by itself: on a phone, and when something is wrong with a decision."""
    [row] = board_rows([line], request.actor, request.today, board_query(request))
    context = {
        "cycle": line.request.cycle,
        "line": line,
        "row": row,
        "form": form if row.form else None,
        "scoring": scoring or ScoreForm(line=line),
        "query": board_query(request),
    }
    return render(request, "planning/requests/board_line.html", context, status=status)

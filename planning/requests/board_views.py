"""The allocation board: read it, decide a line, score a line, allocate what is decided."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning.cycles.models import Cycle
from planning.cycles.queries import cycle_of
from planning.requests import actions, board, exports
from planning.requests.finding import find_board_line, must_see_board, requests_of
from planning.requests.forms import BoardFilter, GrantForm, ScoreForm
from planning.requests.models import Pool, RequestLine
from planning.requests.whatif import compare
from sop_portal.foundation.kit.refusals import NotReady, Refusal
from sop_portal.foundation.kit.sentences import interpolate, marked
from sop_portal.foundation.organisation.access import Request, act, either, page
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.middleware import note_attempt


@page()
def allocation(request: Request, *, year: int) -> HttpResponse:
    """All departments' lines by score, beside what is available."""
    must_see_board(request)
    cycle = cycle_of(request, year)
    wanted = BoardFilter(request.GET, cycle_id=cycle.pk)
    pools = list(Pool.objects.filter(cycle_id=cycle.pk))
    asks = board.asks_of(cycle)
    free = board.free_for(asks or [], pools)
    scenario = request.GET.get("scenario", "")
    proposal = board.SCENARIOS[scenario](asks, free) if asks and scenario in board.SCENARIOS else None
    found = board.lines_of(cycle, wanted.cleaned_data if wanted.is_valid() else {})
    lines, after = board.page_of(found, request.GET.get("after", ""))
    context = _frame(request, cycle, pools) | {
        "rows": board.rows_of(lines, request.actor, request.today, _query(request), proposal),
        "filter": wanted, "scenario": scenario, "asks": asks, "after": after,
        "after_url": f"?{_query(request, 'after')}&after={after}", "plain_query": _query(request, "after", "scenario"),
        "comparison": compare(asks, free) if asks else None,
    }  # fmt: skip
    return render(request, "planning/requests/board.html", context)


@page()
def allocation_export(request: Request, *, year: int) -> HttpResponse:
    """The lines of the board, as filtered, as a workbook."""
    must_see_board(request)
    cycle = cycle_of(request, year)
    wanted = BoardFilter(request.GET, cycle_id=cycle.pk)
    return exports.allocation(cycle, board.lines_of(cycle, wanted.cleaned_data if wanted.is_valid() else {}))


@page()
def _ask(request: Request, *, year: int, pk: int) -> HttpResponse:
    line = find_board_line(request, year, pk)
    return _show_line(request, line, board.grant_form(line), 200)


@act(Can.ALLOCATE)
def _decide(request: Request, *, year: int, pk: int) -> HttpResponse:
    line = find_board_line(request, year, pk)
    form = GrantForm(request.POST, line=line)
    try:
        if form.is_valid():
            actions.grant(line, by=request.user, at=request.moment, **form.cleaned_data)
            return _decided(request, line)
    except NotReady as refusal:
        form.add_error("granted", str(refusal))
    except Refusal as refusal:
        if not _by_script(request):
            raise
        note_attempt(refusal)
        form.add_error(None, str(refusal))
    return _show_row(request, line, form) if _by_script(request) else _show_line(request, line, form, 422)


grant = either(_ask, _decide)


@act(Can.ALLOCATE)
def score(request: Request, *, year: int, pk: int) -> HttpResponse:
    """Say how urgent a line is and how good its evidence."""
    line = find_board_line(request, year, pk)
    form = ScoreForm(request.POST)
    if not form.is_valid():
        return _show_line(request, line, board.grant_form(line), 422, form)
    actions.score_line(line, by=request.user, at=request.moment, **form.cleaned_data)
    messages.success(request, _("The score was changed."))
    return redirect("grant", year=year, pk=pk)


@act(Can.ALLOCATE)
def finish(request: Request, *, year: int) -> HttpResponse:
    """Allocate every request whose lines are all decided, together or not at all."""
    must_see_board(request)
    seen = _versions(request.POST)
    records = requests_of(request).filter(cycle__year=year, pk__in=list(seen)[:500]).order_by("pk")
    for record in records:
        actions.allocate(record, by=request.user, at=request.moment, seen=seen[record.pk])
    done = ngettext("%(count)s request was allocated.", "%(count)s requests were allocated.", len(records))
    messages.success(request, done % {"count": len(records)})
    return redirect("allocation", year=year)


def _versions(typed: QueryDict) -> dict[int, int]:
    """Which version of which request was seen; whatever is no number is left out."""
    pairs = [(name.removeprefix("seen-"), typed.get(name, "")) for name in typed if name.startswith("seen-")]
    return {
        int(pk): int(version)
        for pk, version in pairs
        if f"{pk}{version}".isascii() and pk.isdigit() and version.isdigit() and max(len(pk), len(version)) < 18
    }


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0


def _by_script(request: Request) -> bool:
    """Whether the page only wants the parts that changed."""
    return request.headers.get("HX-Request") == "true"


def _query(request: Request, *without: str) -> str:
    """The address of this view of the board, to come back to it."""
    query = request.GET.copy()
    for name in list(query):
        if name in without or name not in ("pool", "department", "show", "scenario", "after"):
            del query[name]
    return query.urlencode()


def _frame(request: Request, cycle: Cycle, pools: list[Pool], since: dict[int, int] | None = None) -> dict[str, Any]:
    """What a decision changes beside its row: the bars, and how far everything is."""
    return {
        "cycle": cycle,
        "pools": board.pictures_of(cycle, pools),
        "ready": board.ready_of(cycle, request.actor, since),
    }


def _decided(request: Request, line: RequestLine) -> HttpResponse:
    if _by_script(request):
        return _show_row(request, line, None)
    messages.success(
        request,
        marked(interpolate(_("Decided: %(what)s, %(project)s."), {"what": line.called, "project": line.project})),
    )
    query = _query(request)
    return redirect(f"{reverse('allocation', args=[line.request.cycle.year])}{'?' if query else ''}{query}")


def _show_row(request: Request, line: RequestLine, form: GrantForm | None) -> HttpResponse:
    """The row, and the parts of the page that follow from it."""
    cycle = line.request.cycle
    fresh = find_board_line(request, cycle.year, line.pk)
    [row] = board.rows_of([fresh], request.actor, request.today, _query(request))
    since = {line.request_id: _number(request.POST.get("seen", ""))} | _versions(request.POST)
    context = _frame(request, cycle, list(Pool.objects.filter(cycle_id=cycle.pk)), since)
    context |= {"row": row, "form": form or row.form, "is_fragment": True, "is_saved": form is None}
    return render(request, "planning/requests/board_row.html", context)


def _show_line(
    request: Request, line: RequestLine, form: GrantForm, status: int, scoring: ScoreForm | None = None
) -> HttpResponse:
    """One line by itself: on a phone, and when something is wrong with a decision."""
    [row] = board.rows_of([line], request.actor, request.today, _query(request))
    start = {"seen": line.request.version, "urgency": line.urgency, "evidence": line.evidence}
    context = {
        "cycle": line.request.cycle, "line": line, "row": row, "form": form if row.form else None,
        "scoring": scoring or ScoreForm(initial=start), "query": _query(request),
    }  # fmt: skip
    return render(request, "planning/requests/board_line.html", context, status=status)

"""The allocation board: all departments' lines by score, beside what is available, and allocating what is decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from planning.cycles.models import Cycle
from planning.cycles.queries import cycle_of
from planning.requests import actions, exports
from planning.requests.figures import SCENARIOS
from planning.requests.forms import BoardFilter
from planning.requests.models import Pool, ResourceRequest
from planning.requests.pages.board_rows import board_rows, grouped
from planning.requests.pages.pools import pool_capacities
from planning.requests.pages.what_if import what_if_of
from planning.requests.queries import (
    board_lines_of_all_departments,
    must_see_board,
    submitted_requests_of_all_departments,
    visible_requests,
)
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.filters import one_of, sort_asked
from sop_portal.foundation.kit.paging import Sort, paginate
from sop_portal.foundation.organisation.access import Request, act, page
from sop_portal.foundation.organisation.actor import Actor
from sop_portal.foundation.organisation.models import Department
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.models import Contributor

ROWS = 50
SORTS = {"score": Sort(("-points", "pk"))}
MOST_ALLOCATED_AT_ONCE = 500
LONGEST_KEY = 18


@dataclass(frozen=True)
class BoardProgress:
    """How far the decisions are, and the requests whose every line is decided."""

    lines: int
    decided: int
    requests: list[ResourceRequest]

    @property
    def left(self) -> int:
        """How many lines wait for a decision."""
        return self.lines - self.decided

    @property
    def departments(self) -> list[Department]:
        """Whose requests can be allocated now."""
        return [request.department for request in self.requests]


@page()
def allocation(request: Request, *, year: int) -> HttpResponse:
    """All departments' lines by score, beside what is available."""
    must_see_board(request)
    cycle = cycle_of(request, year)
    pools = list(Pool.objects.filter(cycle_id=cycle.pk))
    what_if, scenario = what_if_of(cycle, pools), one_of(request.GET, "scenario", SCENARIOS)
    context = board_frame(request, cycle, pools) | {
        "scenario": scenario,
        "asks": what_if.lines,
        "comparison": what_if.table,
        "plain_query": board_query(request, "after", "scenario"),
    }
    lines = _lines_shown(request, cycle, what_if.proposal(scenario))
    return render(request, "planning/requests/board.html", context | lines)


@page()
def allocation_export(request: Request, *, year: int) -> HttpResponse:
    """The lines of the board, as filtered, as a workbook."""
    must_see_board(request)
    cycle = cycle_of(request, year)
    wanted = BoardFilter(request.GET, cycle_id=cycle.pk)
    sort_asked(request.GET, SORTS)
    return exports.allocation(cycle, board_lines_of_all_departments(cycle, wanted.chosen))


@act(Can.ALLOCATE)
def finish(request: Request, *, year: int) -> HttpResponse:
    """Allocate every request whose lines are all decided, together or not at all."""
    must_see_board(request)
    seen = seen_versions(request.POST)
    chosen = list(seen)[:MOST_ALLOCATED_AT_ONCE]
    records = visible_requests(request).filter(cycle__year=year, pk__in=chosen).order_by("pk")
    for record in records:
        actions.allocate(record, by=request.user, at=request.moment, seen=seen[record.pk])
    done = ngettext("%(count)s request was allocated.", "%(count)s requests were allocated.", len(records))
    messages.success(request, done % {"count": len(records)})
    return redirect("allocation", year=year)


def _lines_shown(request: Request, cycle: Cycle, proposal: Mapping[int, Decimal] | None) -> dict[str, object]:
    """One page of the lines that fit the filter, and the way to the next."""
    wanted = BoardFilter(request.GET, cycle_id=cycle.pk)
    found = board_lines_of_all_departments(cycle, wanted.chosen)
    # A line that was decided meanwhile leaves a list of undecided ones; the next page still follows it.
    everything = board_lines_of_all_departments(cycle, {})
    turned = paginate(found, request.GET, SORTS, "score", ROWS, among=everything)
    rows = board_rows(turned.rows, request.actor, request.today, board_query(request), proposal)
    return {
        "filter": wanted,
        "rows": rows,
        "groups": grouped(rows),
        "query": board_query(request),
        "next_url": turned.next_url,
    }


def board_frame(
    request: Request, cycle: Cycle, pools: Sequence[Pool], since: Mapping[int, int] | None = None
) -> dict[str, object]:
    """What a decision changes beside its row: the bars, and how far everything is."""
    return {
        "cycle": cycle,
        "decided": visible_requests(request).filter(cycle_id=cycle.pk, state=ResourceRequest.State.ALLOCATED).count(),
        "pools": pool_capacities(cycle, pools),
        "ready": _progress(cycle, request.actor, since),
    }


def board_query(request: Request, *without: str) -> str:
    """The address of this view of the board, to come back to it."""
    query = request.GET.copy()
    for name in list(query):
        if name in without or name not in ("pool", "department", "show", "scenario", "after"):
            del query[name]
    return query.urlencode()


def seen_versions(typed: QueryDict) -> dict[int, int]:
    """Which version of which request was seen; whatever is no number is left out."""
    pairs = [(name.removeprefix("seen-"), typed.get(name, "")) for name in typed if name.startswith("seen-")]
    return {int(pk): int(version) for pk, version in pairs if is_number(pk) and is_number(version)}


def is_number(typed: str) -> bool:
    """Whether this is a whole number that a database takes."""
    return typed.isascii() and typed.isdigit() and len(typed) < LONGEST_KEY


def _progress(cycle: Cycle, actor: Actor, since: Mapping[int, int] | None = None) -> BoardProgress:
    """The submitted requests: how many lines are decided, and which requests this person can allocate.

    `since` are the versions of an open page of which only a part is drawn anew: what colleagues decided after them
    stands unseen on it, so their requests keep the version that was seen.
    """
    requests = list(submitted_requests_of_all_departments(cycle))
    edited = set(Contributor.objects.filter(kind=REQUEST.kind, person=actor.user).values_list("record_id", flat=True))
    done = [
        request
        for request in requests
        if not request.undecided
        and request.pk not in edited
        and not actor.counts_as_head(request.department_id, Can.ALLOCATE)
    ]
    if since is not None:
        done = [request for request in done if request.pk in since]
        for request in done:
            request.version = _seen_version(request, since[request.pk], actor)
    lines = sum(request.line_count for request in requests)
    undecided = sum(request.undecided for request in requests)
    return BoardProgress(lines, lines - undecided, done if actor.may(Can.ALLOCATE) else [])


def _seen_version(request: ResourceRequest, since: int, actor: Actor) -> int:
    """The last version before somebody else decided."""
    later = Entry.objects.of(REQUEST.kind, request.pk).filter(version__gt=since, verb__in=["grant", "edit"])
    others = later.exclude(by_id=actor.user.pk).order_by("version").values_list("version", flat=True).first()
    return request.version if others is None else others - 1

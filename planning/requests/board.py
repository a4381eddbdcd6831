"""The allocation board as a page shows it: pools, lines by score, who decides, and what-if."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from planning.cycles.models import Cycle
from planning.requests.figures import (
    EVIDENCE_COUNTS,
    IMPORTANCE_COUNTS,
    URGENCY_COUNTS,
    Ask,
    Score,
    importance_only,
    same_share,
    score_of,
)
from planning.requests.forms import GrantForm
from planning.requests.granting import mark_of
from planning.requests.models import Pool, RequestLine, ResourceRequest
from planning.requests.wording import in_unit, quantity_text
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.charts import capacity_bar
from sop_portal.foundation.kit.components import PoolCapacity as PoolPicture
from sop_portal.foundation.kit.formats import moment
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow.checks import named
from sop_portal.foundation.workflow.models import Contributor

ROWS = 50
MOST_COMPARED = 3000
NOTHING = Decimal(0)
D = RequestLine.Decision
SCENARIOS = {"share": same_share, "importance": importance_only}


@dataclass(frozen=True)
class Row:
    """One line on the board: what counts, what is free for it, and its form, or who decides instead."""

    line: RequestLine
    score: Score
    asked: str
    free: str
    pool_free: str
    form: GrantForm | None
    barred: str
    url: str
    page_url: str


@dataclass(frozen=True)
class Ready:
    """How far the decisions are, and the requests whose every line is decided."""

    lines: int
    decided: int
    requests: list[ResourceRequest]

    @property
    def left(self) -> int:
        """How many lines wait for a decision."""
        return self.lines - self.decided


def lines_of(cycle: Cycle, wanted: Mapping[str, Any]) -> QuerySet[RequestLine]:
    """The lines of submitted requests, the highest score first."""
    found = RequestLine.objects.filter(request__cycle_id=cycle.pk, request__state="submitted")
    if wanted.get("pool"):
        found = found.filter(pool_id=wanted["pool"].pk)
    if wanted.get("department"):
        found = found.filter(request__department_id=wanted["department"].pk)
    if wanted.get("show"):
        found = found.filter(decision=D.OPEN)
    score = (
        F("project__importance") * IMPORTANCE_COUNTS + F("urgency") * URGENCY_COUNTS + F("evidence") * EVIDENCE_COUNTS
    )
    found = found.annotate(points=score).order_by("-points", "pk")
    return found.select_related("request__department", "request__cycle", "project", "pool", "decided_by")


def page_of(found: QuerySet[RequestLine], after: str) -> tuple[list[RequestLine], str]:
    """One page of lines and the key of the next: score and number of the last line shown."""
    points, _dot, pk = after.partition(".")
    if all(part.isascii() and part.isdigit() and len(part) < 18 for part in (points, pk)):
        found = found.filter(Q(points__lt=int(points)) | Q(points=int(points), pk__gt=int(pk)))
    lines = list(found[: ROWS + 1])
    if len(lines) <= ROWS:
        return lines, ""
    last = lines[ROWS - 1]
    return lines[:ROWS], f"{last.points}.{last.pk}"  # type: ignore[attr-defined]


def rows_of(
    lines: Sequence[RequestLine], actor: Actor, on: date, query: str, proposal: Mapping[int, Decimal] | None = None
) -> list[Row]:
    """The lines with their forms; where this person may not decide, with the sentence that says who does."""
    barred = _barred(lines, actor, on)
    return [_row(line, actor, barred.get(line.request_id, ""), query, proposal) for line in lines]


def _row(line: RequestLine, actor: Actor, barred: str, query: str, proposal: Mapping[int, Decimal] | None) -> Row:
    url = reverse("grant", args=[line.request.cycle.year, line.pk])
    may = actor.may(Can.ALLOCATE) and not barred and line.request.state == "submitted"
    return Row(
        line,
        score_of(line.project.importance, line.urgency, line.evidence),
        in_unit(line.quantity, line.pool.unit),
        quantity_text(line.pool.free + line.granted),
        quantity_text(line.pool.free),
        grant_form(line, proposal) if may else None,
        barred,
        f"{url}?{query}" if query else url,
        url,
    )


def grant_form(line: RequestLine, proposal: Mapping[int, Decimal] | None = None) -> GrantForm:
    """The form of a line: as decided, else as a scenario proposes, else open."""
    decision, granted = line.decision, line.granted if line.decision != D.OPEN else line.quantity
    if proposal is not None and line.pk in proposal and line.decision == D.OPEN:
        granted = proposal[line.pk]
        decision = D.FULL if granted == line.quantity else D.PART if granted else D.DEFERRED
    initial = {
        "seen": line.request.version, "was": mark_of(line), "decision": decision,
        "granted": quantity_text(granted), "reason": line.reason,
    }  # fmt: skip
    return GrantForm(line=line, initial=initial)


def _barred(lines: Sequence[RequestLine], actor: Actor, on: date) -> dict[int, str]:
    """For each request this person may not decide on: who does, and why not them. Three queries at most."""
    if not actor.may(Can.ALLOCATE):
        return {}
    requests = {line.request_id: line.request for line in lines}
    people = {actor.user.pk, *(g.behalf for g in actor.authorities(Can.ALLOCATE) if g.behalf)}
    shaped = Contributor.objects.filter(kind=REQUEST.kind, record_id__in=requests)
    hands: dict[int, dict[int, Any]] = {}
    for hand in shaped:
        hands.setdefault(hand.record_id, {})[hand.person_id] = hand.at
    found: dict[int, str] = {}
    deciders = list(people_who_can(Can.ALLOCATE, None, on))
    for pk, request in requests.items():
        mine = [hands[pk][person] for person in people if person in hands.get(pk, {})]
        heads = request.department_id in actor.headed_ids
        if mine or heads:
            others = [p for p in deciders if p.pk not in hands.get(pk, {}) and p.pk not in people]
            found[pk] = f"{_decided_by(others)} {_why_not(mine[0] if mine and not heads else None)}"
    return found


def _decided_by(others: list[User]) -> str:
    return interpolate(_("%(who)s decides this line."), {"who": others[0]}) if len(others) == 1 else named(others)


def _why_not(edited_at: datetime | None) -> str:
    if edited_at is None:
        return _("You head this department.")
    return _("You edited the request on %(moment)s.") % {"moment": moment(edited_at)}


def pictures_of(cycle: Cycle, pools: Sequence[Pool]) -> list[PoolPicture]:
    """Every pool: committed solid, what this board's open lines ask hatched, the rest free."""
    waiting = RequestLine.objects.filter(request__cycle_id=cycle.pk, request__state="submitted", decision=D.OPEN)
    asked = dict(waiting.order_by().values_list("pool").annotate(sum=Sum("quantity")))
    return [_picture(pool, asked.get(pool.pk) or NOTHING) for pool in pools]


def _picture(pool: Pool, asked: Decimal) -> PoolPicture:
    words = {"free": quantity_text(pool.free), "asked": quantity_text(asked), "unit": pool.unit}
    if asked > pool.free:
        words["beyond"] = quantity_text(asked - pool.free)
        note = _("%(free)s free, %(beyond)s %(unit)s asked beyond it") % words
        if not pool.free:
            note = _("Full. %(beyond)s %(unit)s asked beyond it") % words
    elif asked:
        note = _("%(free)s free, %(asked)s asked and not decided") % words
    else:
        note = _("%(free)s free") % words
    bar = capacity_bar(pool.capacity, pool.committed, asked)
    return PoolPicture(pool.name, in_unit(pool.capacity, pool.unit), bar, note)


def ready_of(cycle: Cycle, actor: Actor, since: Mapping[int, int] | None = None) -> Ready:
    """The submitted requests: how many lines are decided, and which requests this person can allocate.

    `since` are the versions of an open page of which only a part is drawn anew: what colleagues decided after them
    stands unseen on it, so their requests keep the version that was seen.
    """
    found = ResourceRequest.objects.filter(cycle_id=cycle.pk, state="submitted").order_by("department__name")
    requests = list(found.select_related("department"))
    touched = set(Contributor.objects.filter(kind=REQUEST.kind, person=actor.user).values_list("record_id", flat=True))
    done = [
        r for r in requests
        if not r.undecided and r.pk not in touched and r.department_id not in actor.headed_ids
    ]  # fmt: skip
    if since is not None:
        done = [r for r in done if r.pk in since]
        for request in done:
            request.version = _seen(request, since[request.pk], actor)
    lines = sum(r.line_count for r in requests)
    return Ready(lines, lines - sum(r.undecided for r in requests), done if actor.may(Can.ALLOCATE) else [])


def _seen(request: ResourceRequest, since: int, actor: Actor) -> int:
    """The last version before somebody else decided."""
    later = Entry.objects.of(REQUEST.kind, request.pk).filter(version__gt=since, verb__in=["grant", "edit"])
    others = later.exclude(by_id=actor.user.pk).order_by("version").values_list("version", flat=True).first()
    return request.version if others is None else others - 1


def asks_of(cycle: Cycle) -> list[Ask] | None:
    """Every line of the board for the comparison; none where they are too many to compare on a page."""
    found = RequestLine.objects.filter(request__cycle_id=cycle.pk, request__state="submitted").order_by("pk")
    rows: Any = found.values_list(
        "pk", "request__department__name", "pool_id", "quantity", "unit_cost", "project__importance", "urgency",
        "evidence", "decision", "granted",
    )[: MOST_COMPARED + 1]  # fmt: skip
    asks = [
        Ask(line, department, pool, quantity, cost, importance, score_of(importance, *judged).total, decision, granted)
        for line, department, pool, quantity, cost, importance, *judged, decision, granted in rows
    ]
    return asks if len(asks) <= MOST_COMPARED else None


def free_for(asks: Sequence[Ask], pools: Sequence[Pool]) -> dict[int, Decimal]:
    """What the lines of the board could share: what is free, and what they were granted so far."""
    free = {pool.pk: pool.free for pool in pools}
    for ask in asks:
        free[ask.pool] = free.get(ask.pool, NOTHING) + ask.granted
    return free

"""The rows of the allocation board: each line with its form, or with the sentence that says who decides it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from planning.requests.figures import LineScore, score_of
from planning.requests.forms import GrantForm
from planning.requests.models import RequestLine, ResourceKind, ResourceRequest, quantity_text
from planning.requests.workflow import REQUEST
from sop_portal.foundation.kit.formats import moment, money
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor, people_who_can
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import named
from sop_portal.foundation.workflow.models import Contributor

Decision = RequestLine.Decision
# What scores at least so much, was forecast, and leaves enough for the lines above it, can be granted together.
TOGETHER_FROM = 15


@dataclass(frozen=True)
class BoardRow:
    """One line on the board: what counts, what is free for it and of the money that pays, and who decides."""

    line: RequestLine
    score: LineScore
    asked: str
    cost: str
    free: str
    pool_free: str
    money_free: str
    payer_free: str
    payer_left: str
    form: GrantForm | None
    barred: str
    url: str
    page_url: str

    @property
    def ticked(self) -> str:
        """What is posted when the line is chosen: the line, and what was seen of it."""
        return f"{self.line.pk}|{self.line.request.version}|{self.line.decision_version}"


@dataclass(frozen=True)
class BoardGroups:
    """The rows of a page of the board: those to look at one by one, and those that can be granted together."""

    singly: Sequence[BoardRow]
    together: Sequence[BoardRow]


def grouped(rows: Sequence[BoardRow]) -> BoardGroups:
    """Part the rows: undecided, forecast, of a fair score, and enough is free for all of them; the others singly."""
    free: dict[int, Decimal] = {}
    found: defaultdict[bool, list[BoardRow]] = defaultdict(list)
    for row in rows:
        found[_is_ordinary(row) and _fits(row.line, free)].append(row)
    return BoardGroups(found[False], found[True]) if len(found[True]) > 1 else BoardGroups(rows, [])


def _is_ordinary(row: BoardRow) -> bool:
    line = row.line
    is_open = row.form is not None and line.decision == Decision.OPEN
    return is_open and line.forecast_line_id is not None and row.score.total >= TOGETHER_FROM


def _fits(line: RequestLine, free: dict[int, Decimal]) -> bool:
    """Whether enough is free after the rows above it; if so, that is taken."""
    payer = line.pool.paid_from or (line.pool if line.pool.kind == ResourceKind.MONEY else None)
    wanted = {line.pool.pk: (line.pool, line.quantity)}
    if payer is not None:
        wanted[payer.pk] = (payer, line.cost)
    left = {pk: free.get(pk, pool.free) - amount for pk, (pool, amount) in wanted.items()}
    if any(amount < 0 for amount in left.values()):
        return False
    free.update(left)
    return True


def board_rows(
    lines: Sequence[RequestLine], actor: Actor, on: date, query: str, proposal: Mapping[int, Decimal] | None = None
) -> list[BoardRow]:
    """The lines with their forms; where this person may not decide, with the sentence that says who does."""
    barred = _barred({line.request_id: line.request for line in lines}, actor, on)
    rows = []
    for line in lines:
        why_barred = barred.get(line.request_id, "")
        may_decide = actor.may(Can.ALLOCATE) and not why_barred and line.request.state in REQUEST["allocate"].sources
        rows.append(_row(line, grant_form(line, proposal) if may_decide else None, why_barred, query))
    return rows


def _row(line: RequestLine, form: GrantForm | None, barred: str, query: str) -> BoardRow:
    url, payer = reverse("grant", args=[line.request.cycle.year, line.pk]), line.pool.paid_from
    return BoardRow(
        line=line,
        score=score_of(line.project.importance, line.urgency, line.evidence),
        asked=line.pool.in_unit(line.quantity),
        cost=money(line.cost, 2) if payer else "",
        free=quantity_text(line.pool.free + line.granted),
        pool_free=quantity_text(line.pool.free),
        money_free=payer.in_unit(payer.free + line.granted_cost) if payer else "",
        payer_free=quantity_text((payer or line.pool).free),
        payer_left=(payer or line.pool).in_unit((payer or line.pool).free),
        form=form,
        barred=barred,
        url=f"{url}?{query}" if query else url,
        page_url=url,
    )


def grant_form(line: RequestLine, proposal: Mapping[int, Decimal] | None = None) -> GrantForm:
    """The form of a line: as decided, else as a scenario proposes, else open."""
    decision, granted = line.decision, line.granted if line.decision != Decision.OPEN else line.quantity
    if proposal is not None and line.pk in proposal and line.decision == Decision.OPEN:
        granted = proposal[line.pk]
        decision = Decision.FULL if granted == line.quantity else Decision.PART if granted else Decision.DEFERRED
    start = {
        "seen": line.request.version,
        "seen_decision": line.decision_version,
        "decision": decision,
        "granted": quantity_text(granted),
        "reason": line.reason,
    }
    return GrantForm(line=line, initial=start)


def _barred(requests: Mapping[int, ResourceRequest], actor: Actor, on: date) -> dict[int, str]:
    """For each request this person may not decide on: who does, and why not them. Three queries at most."""
    if not actor.may(Can.ALLOCATE):
        return {}
    people = {actor.user.pk, *(grant.behalf for grant in actor.authorities(Can.ALLOCATE) if grant.behalf)}
    edited = _edited(requests)
    deciders = list(people_who_can(Can.ALLOCATE, None, on))
    found: dict[int, str] = {}
    for pk, request in requests.items():
        edited_at = next((edited[pk][person] for person in people if person in edited[pk]), None)
        is_head = actor.counts_as_head(request.department_id, Can.ALLOCATE)
        if edited_at or is_head:
            others = [person for person in deciders if person.pk not in edited[pk] and person.pk not in people]
            found[pk] = f"{_decided_by(others)} {_why_not(actor, request, None if is_head else edited_at)}"
    return found


def _edited(requests: Iterable[int]) -> dict[int, dict[int, datetime]]:
    """Who worked on each request, and when."""
    edited: dict[int, dict[int, datetime]] = {pk: {} for pk in requests}
    for contributor in Contributor.objects.filter(kind=REQUEST.kind, record_id__in=edited):
        edited[contributor.record_id][contributor.person_id] = contributor.at
    return edited


def _decided_by(others: list[User]) -> str:
    return interpolate(_("%(who)s decides this line."), {"who": others[0]}) if len(others) == 1 else named(others)


def _why_not(actor: Actor, request: ResourceRequest, edited_at: datetime | None) -> str:
    if edited_at is None:
        is_head = request.department_id in actor.headed_ids
        return _("You head this department.") if is_head else _("You are the programme manager of its division.")
    return _("You edited the request on %(moment)s.") % {"moment": moment(edited_at)}

"""The resource team's side: scoring a line, deciding on it, taking decisions back."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from planning.projects.models import Project
from planning.requests.figures import cost_of
from planning.requests.models import RequestLine, ResourceRequest
from planning.requests.pooling import PLACES, take
from planning.requests.wording import in_unit, quantity_text
from planning.requests.workflow import REQUEST, WEIGHING
from sop_portal.foundation.kit.formats import under
from sop_portal.foundation.kit.refusals import Changed, Difference, NotNow, NotReady, Refusal
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.actor import Actor, Grant
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.trail.actions import record as leave_trail
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow import checks
from sop_portal.foundation.workflow.engine import lock

D = RequestLine.Decision
NOTHING = Decimal(0)


@dataclass
class Deciding:
    """A decision under way: the locked request and line, and in which role it is taken."""

    request: ResourceRequest
    line: RequestLine
    grant: Grant


def mark_of(line: RequestLine) -> str:
    """The decision as it was shown: whoever decides next names it, so that no decision is overwritten unseen."""
    moment = line.decided_at.isoformat() if line.decided_at else ""
    return f"{line.decision} {Decimal(line.granted).normalize():f} {moment}".strip()


def grant(
    line: RequestLine, *, decision: str, granted: Decimal, reason: str, by: User, at: datetime, seen: int,
    was: str | None = None,
) -> RequestLine:  # fmt: skip
    """Decide on a line: in full, in part, deferred or refused, with the reason the department will read.

    `seen` is the version of the request, `was` the mark of the decision that was shown (that of `line` itself
    if not given). A decision may be changed, or opened again, until the request is allocated.
    """
    with _deciding(line, "grant", by=by, at=at, seen=seen) as deciding:
        locked = deciding.line
        _refuse_unseen(locked, mark_of(line) if was is None else was)
        amount = _amount(locked, decision, granted, reason)
        cost = locked.cost if amount == locked.quantity else min(cost_of(amount, locked.unit_cost), locked.cost)
        take(locked.pool_id, amount - locked.granted, asked=locked.quantity, had=locked.granted)
        _keep_request(locked, decision, cost - locked.granted_cost)
        changes = _changes(locked, decision, amount, reason)
        if changes:
            _write(locked, decision, amount, cost, reason, by, at)
            _count(deciding.request)
            _trail(deciding, "grant", changes, by, at)
    line.request.version = deciding.request.version
    _refresh(line, locked)
    return line


def score_line(line: RequestLine, *, urgency: int, evidence: int, by: User, at: datetime, seen: int) -> RequestLine:
    """Say how urgent a line is and how good its evidence is, each from 1 to 5."""
    if not (1 <= urgency <= 5 and 1 <= evidence <= 5):
        raise NotReady(_("Urgency and evidence go from 1 to 5."))
    with _deciding(line, "score", by=by, at=at, seen=seen) as deciding:
        locked = deciding.line
        old, new = f"{locked.urgency} / {locked.evidence}", f"{urgency} / {evidence}"
        if old != new:
            locked.urgency, locked.evidence = urgency, evidence
            locked.save(update_fields=["urgency", "evidence"])
            _trail(deciding, "score", [Change("score", old, new, _where(locked))], by, at)
    _refresh(line, locked)
    return line


def release(request: ResourceRequest) -> None:
    """Take every decision on a locked request back, and give what was granted to the pools again."""
    pools: dict[int, Decimal] = defaultdict(Decimal)
    for line in request.lines.exclude(decision=D.OPEN).select_for_update().order_by("pk"):
        pools[line.pool_id] += line.granted
    for pool_id in sorted(pools):
        take(pool_id, -pools[pool_id], asked=NOTHING, had=NOTHING)
    request.lines.exclude(decision=D.OPEN).update(
        decision=D.OPEN, granted=0, granted_cost=0, reason="", decided_at=None, decided_by=None
    )
    request.undecided, request.granted_cost = request.line_count, NOTHING


def keep_granted(request: ResourceRequest) -> None:
    """Keep per project what its department was granted; before the request is allocated that is a draft."""
    granted = request.lines.order_by("project_id").values_list("project_id").annotate(sum=Sum("granted_cost"))
    for project_id, cost in granted:
        Project.objects.filter(pk=project_id).update(granted=cost)


@contextmanager
def _deciding(line: RequestLine, verb: str, *, by: User, at: datetime, seen: int) -> Iterator[Deciding]:
    step = REQUEST["allocate"]
    try:
        with transaction.atomic():
            request = lock(line.request)
            checks.state(REQUEST, step, request)
            actor = Actor.of(by, at)
            checks.capability(REQUEST, step, request, actor)
            found = checks.four_eyes(REQUEST, step, request, actor)
            _refuse_changed_lines(request, seen)
            locked = RequestLine.objects.select_for_update(of=("self",)).filter(pk=line.pk, request=request).first()
            if locked is None:
                raise NotNow(_("This line is no longer part of the request."), _("Open the board again."))
            yield Deciding(request, locked, found)
    except Refusal as refusal:
        refusal.attempt = (REQUEST.kind, line.request, verb, by.pk, at)
        raise


def _refuse_changed_lines(request: ResourceRequest, seen: int) -> None:
    """Refuse where the department changed its lines; what colleagues decided on other lines is no conflict."""
    later = Entry.objects.of(REQUEST.kind, request.pk).filter(version__gt=seen)
    if later.exclude(verb__in=[*WEIGHING, "comment"]).exists():
        checks.version(REQUEST, request, seen)


def _refuse_unseen(line: RequestLine, was: str) -> None:
    if mark_of(line) == was:
        return
    now = under(line.get_decision_display(), in_unit(line.granted, line.pool.unit))
    sentence = _("%(person)s decided on this line a moment before you, so nothing was saved.")
    person = line.decided_by or _("Somebody")
    raise Changed(
        interpolate(sentence, {"person": person}),
        [Difference(_where(line), "", now)],
        _("Look at the decision, then decide again."),
    )


def _amount(line: RequestLine, decision: str, granted: Decimal, reason: str) -> Decimal:
    """What the decision grants; a decision that contradicts its figure or lacks its reason is refused."""
    if decision not in D.values:
        raise NotReady(_("Choose a decision."))
    if decision not in (D.OPEN, D.FULL) and not reason.strip():
        raise NotReady(interpolate(_("Say why. %(department)s will read it."), {"department": line.request.department}))
    if decision == D.FULL:
        return line.quantity
    if decision != D.PART:
        return NOTHING
    if not NOTHING < granted < line.quantity:
        limit = {"asked": quantity_text(line.quantity)}
        raise NotReady(_("In part is more than zero and less than the %(asked)s asked for.") % limit)
    return granted


def _write(
    line: RequestLine, decision: str, amount: Decimal, cost: Decimal, reason: str, by: User, at: datetime
) -> None:
    is_open = decision == D.OPEN
    line.decision, line.granted, line.granted_cost, line.reason = decision, amount, cost, reason.strip()
    line.decided_at, line.decided_by = (None, None) if is_open else (at, by)
    line.save(update_fields=["decision", "granted", "granted_cost", "reason", "decided_at", "decided_by"])


def _changes(line: RequestLine, decision: str, amount: Decimal, reason: str) -> list[Change]:
    wanted = {"decision": decision, "granted": amount, "reason": reason.strip()}
    return [
        Change(field, str(getattr(line, field)), str(value), _where(line))
        for field, value in wanted.items()
        if getattr(line, field) != value
    ]


def _where(line: RequestLine) -> str:
    return f"{line.project.name}, {line.called}"


def _trail(deciding: Deciding, verb: str, changes: list[Change], by: User, at: datetime) -> None:
    behalf = deciding.grant.behalf
    leave_trail(REQUEST.kind, deciding.request, verb, by=by.pk, at=at, behalf=behalf, changes=changes)


def _keep_request(line: RequestLine, decision: str, cost: Decimal) -> None:
    """Keep how many lines of the request wait for a decision, and what was granted; its row is locked."""
    fewer = (decision != D.OPEN) - (line.decision != D.OPEN)
    if fewer or cost:
        ResourceRequest.objects.filter(pk=line.request_id).update(
            undecided=F("undecided") - fewer, granted_cost=Round(F("granted_cost") + cost, PLACES)
        )


def _count(request: ResourceRequest) -> None:
    """Another decision makes another version, so that nobody allocates what they have not seen."""
    request.version += 1
    request.save(update_fields=["version"])


def _refresh(line: RequestLine, locked: RequestLine) -> None:
    for field in ("decision", "granted", "granted_cost", "reason", "decided_at", "decided_by", "urgency", "evidence"):
        setattr(line, field, getattr(locked, field))

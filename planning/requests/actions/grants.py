"""The resource team's side: scoring a line, deciding on it, taking decisions back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Sum
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from planning.projects.models import Project
from planning.projects.workflow import refuse_unplanned
from planning.requests.actions.commitments import NOTHING, PLACES, commit_grant, give_back
from planning.requests.figures import cost_of
from planning.requests.models import RequestLine, ResourceRequest, quantity_text
from planning.requests.workflow import DECISION_VERBS, LINE, REQUEST
from sop_portal.foundation.kit.bounds import SCORE, refuse_beyond
from sop_portal.foundation.kit.fitting import refuse_unknown
from sop_portal.foundation.kit.formats import under
from sop_portal.foundation.kit.refusals import Changed, Difference, NotNow, NotReady
from sop_portal.foundation.kit.sentences import interpolate
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.models import Entry
from sop_portal.foundation.workflow import checks
from sop_portal.foundation.workflow.conflicts import Shown, beside_theirs
from sop_portal.foundation.workflow.editing import Editing
from sop_portal.foundation.workflow.engine import decide
from sop_portal.foundation.workflow.seals import seal_rows

Decision = RequestLine.Decision
DECIDED_FIELDS = ("decision", "granted", "granted_cost", "reason", "decided_at", "decided_by")


@dataclass(frozen=True)
class LineDecision:
    """What is decided on a line: in full, in part or not, how much of it, and what the department will read."""

    decision: str
    granted: Decimal = NOTHING
    reason: str = ""


@dataclass(frozen=True)
class LineRating:
    """How urgent a line is, and how good its evidence."""

    urgency: int
    evidence: int


def grant(
    line: RequestLine, decided: LineDecision, *, by: User, at: datetime, seen: int, seen_decision: str | None = None
) -> RequestLine:
    """Decide on a line: in full, in part, deferred or refused, with the reason the department will read.

    `seen` is the version of the request, `seen_decision` that of the decision that was shown (of `line` itself
    if not given). A decision may be changed, or opened again, until the request is allocated.
    """
    with _deciding(line, "grant", by=by, at=at, seen=seen) as (editing, locked):
        _refuse_unseen(locked, line.decision_version if seen_decision is None else seen_decision)
        settled = _settled(locked, decided)
        if settled.granted:
            refuse_unplanned(locked.project)
        cost = _granted_cost(locked, settled.granted)
        commit_grant(locked, settled.granted, cost)
        _add_to_totals(locked, settled.decision, cost - locked.granted_cost)
        if editing.set(locked, where=_where(locked), **vars(settled)):
            is_open = settled.decision == Decision.OPEN
            locked.granted_cost = cost
            locked.decided_at, locked.decided_by = (None, None) if is_open else (at, by)
            locked.save(update_fields=DECIDED_FIELDS)
            seal_rows(LINE, [locked.pk])
            _count(editing.record)
    line.request.version = editing.record.version
    _refresh(line, locked)
    return line


def score_line(
    line: RequestLine, score: LineRating, *, by: User, at: datetime, seen: int, seen_score: Shown | None = None
) -> RequestLine:
    """Say how urgent a line is and how good its evidence is, each from 1 to 5.

    `seen` is the version of the request; a score raises none, so what the page showed of it is `seen_score`.
    """
    refuse_beyond(_("Urgency"), score.urgency, SCORE)
    refuse_beyond(_("Evidence"), score.evidence, SCORE)
    with _deciding(line, "score", by=by, at=at, seen=seen) as (editing, locked):
        settled = LineRating(**beside_theirs(REQUEST.kind, locked, asdict(score), seen_score))
        if editing.change("score", _score_text(locked), _score_text(settled), _where(locked)):
            locked.urgency, locked.evidence = settled.urgency, settled.evidence
            locked.save(update_fields=["urgency", "evidence"])
            seal_rows(LINE, [locked.pk])
    _refresh(line, locked)
    return line


def _score_text(scored: RequestLine | LineRating) -> str:
    return f"{scored.urgency} / {scored.evidence}"


def release(request: ResourceRequest) -> None:
    """Take every decision on a locked request back, and give what was granted to the pools and their money again."""
    decided = request.lines.exclude(decision=Decision.OPEN).select_related("pool").select_for_update(of=("self",))
    give_back(decided.order_by("pk"))
    request.lines.exclude(decision=Decision.OPEN).update(
        decision=Decision.OPEN, granted=0, granted_cost=0, reason="", decided_at=None, decided_by=None
    )
    seal_rows(LINE, request.lines.values_list("pk", flat=True))
    request.undecided, request.granted_cost = request.line_count, NOTHING


def record_granted(request: ResourceRequest) -> None:
    """Write on each project what its department was granted; before the request is allocated that is a draft."""
    granted = request.lines.order_by("project_id").values_list("project_id").annotate(sum=Sum("granted_cost"))
    for project_id, cost in granted:
        Project.objects.filter(pk=project_id).update(granted=cost)


@contextmanager
def _deciding(
    line: RequestLine, verb: str, *, by: User, at: datetime, seen: int
) -> Iterator[tuple[Editing[ResourceRequest], RequestLine]]:
    """A decision under way, on the locked request and line: whoever may allocate the request may decide its lines."""
    with decide(REQUEST, line.request, "allocate", by=by, at=at, verb=verb) as editing:
        _refuse_changed_lines(editing.record, seen)
        yield editing, _lock_line(line, editing.record)


def _lock_line(line: RequestLine, request: ResourceRequest) -> RequestLine:
    lines = RequestLine.objects.select_related("pool").select_for_update(of=("self",))
    locked = lines.filter(pk=line.pk, request=request).first()
    if locked is None:
        raise NotNow(_("This line is no longer part of the request."), _("Open the board again."))
    return locked


def _refuse_changed_lines(request: ResourceRequest, seen: int) -> None:
    """Refuse where the department changed its lines; what colleagues decided on other lines is no conflict."""
    later = Entry.objects.of(REQUEST.kind, request.pk).filter(version__gt=seen)
    if later.exclude(verb__in=[*DECISION_VERBS, "comment"]).exists():
        checks.version(REQUEST, request, seen)


def _refuse_unseen(line: RequestLine, seen_decision: str) -> None:
    if line.decision_version == seen_decision:
        return
    now = under(line.get_decision_display(), line.pool.in_unit(line.granted))
    sentence = _("%(person)s decided on this line a moment before you, so nothing was saved.")
    person = line.decided_by or _("Somebody")
    raise Changed(
        interpolate(sentence, {"person": person}),
        [Difference(_where(line), "", now)],
        _("Look at the decision, then decide again."),
    )


def _settled(line: RequestLine, decided: LineDecision) -> LineDecision:
    """The decision as it is written down; one that contradicts its figure or lacks its reason is refused."""
    refuse_unknown(_("Decision"), decided.decision, dict(Decision.choices))
    reason = decided.reason.strip()
    if decided.decision not in (Decision.OPEN, Decision.FULL) and not reason:
        sentence = interpolate(_("Say why. %(department)s will read it."), {"department": line.request.department})
        raise NotReady(sentence, [_("A reason is missing.")]).about("reason")
    return replace(decided, granted=_granted(line, decided), reason=reason)


def _granted(line: RequestLine, decided: LineDecision) -> Decimal:
    if decided.decision == Decision.FULL:
        return line.quantity
    if decided.decision != Decision.PART:
        return NOTHING
    refuse_beyond(_("Grant"), decided.granted, line.pool.bound.above_zero)
    if decided.granted >= line.quantity:
        limit = {"asked": quantity_text(line.quantity)}
        sentence = _("In part is more than zero and less than the %(asked)s asked for.") % limit
        raise NotReady(sentence, [], _("Grant it in full, or less of it.")).about("granted")
    return decided.granted


def _granted_cost(line: RequestLine, granted: Decimal) -> Decimal:
    return line.cost if granted == line.quantity else min(cost_of(granted, line.unit_cost), line.cost)


def _where(line: RequestLine) -> str:
    return f"{line.project.name}, {line.called}"


def _add_to_totals(line: RequestLine, decision: str, cost: Decimal) -> None:
    """Keep how many lines of the request wait for a decision, and what was granted; its row is locked."""
    fewer = (decision != Decision.OPEN) - (line.decision != Decision.OPEN)
    if fewer or cost:
        ResourceRequest.objects.filter(pk=line.request_id).update(
            undecided=F("undecided") - fewer, granted_cost=Round(F("granted_cost") + cost, PLACES)
        )


def _count(request: ResourceRequest) -> None:
    """Another decision makes another version, so that nobody allocates what they have not seen."""
    request.version += 1
    request.save(update_fields=["version"])


def _refresh(line: RequestLine, locked: RequestLine) -> None:
    for field in (*DECIDED_FIELDS, "urgency", "evidence"):
        setattr(line, field, getattr(locked, field))

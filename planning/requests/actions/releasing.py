"""What a project that does not go on gives back: what it asked for is taken out, what was granted is free again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_UP, Decimal

from django.db.models import F, QuerySet
from django.db.models.functions import Round

from planning.projects.models import Project
from planning.requests.actions.commitments import PLACES, commit_grant, give_back
from planning.requests.figures import cost_of
from planning.requests.models import RequestLine, ResourceRequest
from planning.requests.workflow import LINE, REQUEST
from sop_portal.foundation.kit.refusals import NotReady
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.trail.actions import Change
from sop_portal.foundation.workflow.engine import note
from sop_portal.foundation.workflow.seals import release_rows, seal_rows

NOTHING = Decimal(0)
CENT = Decimal(1).scaleb(-PLACES)
Decision = RequestLine.Decision
State = ResourceRequest.State


@dataclass(frozen=True)
class Release:
    """What of a grant was given back, and how the line had been decided before."""

    line: RequestLine
    quantity: Decimal
    decision: str
    reason: str


def lock_requests_of(project: Project) -> list[ResourceRequest]:
    """The requests that hold lines of a project, locked before the project is, as whoever decides on them does."""
    holding = RequestLine.objects.filter(project_id=project.pk).values("request")
    return list(ResourceRequest.objects.select_for_update(of=("self",)).filter(pk__in=holding).order_by("pk"))


def take_out(project: Project, *, why: str, by: User, at: datetime) -> int:
    """Remove what was asked for the project in requests that are not allocated; how many lines that were."""
    lines = _lines_of(project).filter(request__state__in=REQUEST.awaiting)
    for line in lines:
        give_back([line])
        ResourceRequest.objects.filter(pk=line.request_id).update(
            line_count=F("line_count") - 1,
            undecided=F("undecided") - int(line.decision == Decision.OPEN),
            cost=Round(F("cost") - line.cost, PLACES),
            granted_cost=Round(F("granted_cost") - line.granted_cost, PLACES),
            # Whoever saw the request before is asked to look again.
            version=F("version") + 1,
        )
        Project.objects.filter(pk=project.pk).update(asked=Round(F("asked") - line.cost, PLACES))
        asked = f"{line.called}: {line.pool.in_unit(line.quantity)}, {line.pool.name}"
        release_rows(LINE, [line.pk])
        line.delete()
        _note(line, [Change("line", asked, "", project.name)], why, by, at)
    return len(lines)


def release_unused(
    project: Project, used: Mapping[int, Decimal], *, decision: str, why: str, by: User, at: datetime
) -> list[Release]:
    """Give back to the pools what of the project's grants was not used; `used` is the money spent on each line.

    What was used stays granted. Hours and days that cost nothing are known to be used by no record, so all of them are
    free again. Where nothing stays, `decision` says what the line is now: deferred or refused.
    """
    released = []
    for line in _lines_of(project).filter(request__state=State.ALLOCATED, granted__gt=0):
        kept = _used_quantity(line, used.get(line.pk, NOTHING))
        if kept < line.granted:
            released.append(Release(line, line.granted - kept, line.decision, line.reason))
            decided = Decision.PART if kept else decision
            _decide(line, kept, decided, why, by, at)
    return released


def take_back(line: RequestLine, quantity: Decimal, decided: tuple[str, str], *, by: User, at: datetime) -> bool:
    """Grant again what a line gave back, with decision and reason as before; whether its pool still held that much."""
    locked = RequestLine.objects.select_for_update(of=("self",)).select_related("request", "pool").get(pk=line.pk)
    try:
        _decide(locked, locked.granted + quantity, *decided, by, at)
    except NotReady:
        return False
    return True


def _lines_of(project: Project) -> QuerySet[RequestLine]:
    lines = RequestLine.objects.select_for_update(of=("self",)).filter(project_id=project.pk)
    return lines.select_related("request__cycle", "request__department", "pool", "project").order_by("pk")


def _used_quantity(line: RequestLine, spent: Decimal) -> Decimal:
    """How much of a grant was used for the money that was spent on it; a unit that was begun counts to the cent."""
    if not line.unit_cost:
        return NOTHING
    return min(line.granted, (spent / line.unit_cost).quantize(CENT, ROUND_UP))


def _decide(line: RequestLine, granted: Decimal, decision: str, reason: str, by: User, at: datetime) -> None:
    """Write what stays granted into the line, its pool, its request and its project."""
    cost = line.cost if granted == line.quantity else min(cost_of(granted, line.unit_cost), line.cost)
    commit_grant(line, granted, cost)
    more = cost - line.granted_cost
    ResourceRequest.objects.filter(pk=line.request_id).update(
        granted_cost=Round(F("granted_cost") + more, PLACES), version=F("version") + 1
    )
    Project.objects.filter(pk=line.project_id).update(granted=Round(F("granted") + more, PLACES))
    changes = [
        Change("decision", line.decision, decision, f"{line.project.name}, {line.called}"),
        Change("granted", f"{line.granted:f}", f"{granted:f}", f"{line.project.name}, {line.called}"),
    ]
    line.granted, line.granted_cost, line.decision, line.reason = granted, cost, decision, reason
    line.save(update_fields=["granted", "granted_cost", "decision", "reason"])
    seal_rows(LINE, [line.pk])
    _note(line, changes, reason, by, at)


def _note(line: RequestLine, changes: list[Change], why: str, by: User, at: datetime) -> None:
    line.request.refresh_from_db(fields=["version"])
    note(REQUEST.kind, line.request, "edit", by=by, at=at, changes=changes, comment=why)

"""The rows of the list of requests, written out once."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from planning.requests.models import ResourceRequest
from planning.requests.workflow import REQUEST, due_of
from sop_portal.foundation.kit.addresses import address
from sop_portal.foundation.kit.formats import day_short, money, number
from sop_portal.foundation.kit.templatetags.icons import state
from sop_portal.foundation.organisation.actor import Actor


@dataclass(frozen=True)
class RequestRow:
    """A department's request as the list shows it."""

    url: str
    department: str
    state: SafeString
    is_late: bool
    due: str
    lines: str
    asked: str
    granted: str


def request_row(record: ResourceRequest, actor: Actor) -> RequestRow:
    """One request; what is granted is read by its department once everything is decided."""
    tone = REQUEST.tones[record.state]
    may_read = actor.sees_everything or record.state == ResourceRequest.State.ALLOCATED
    return RequestRow(
        f"{address('requests', record.cycle.year)}{record.department.slug}/",
        record.department.name,
        state(tone, REQUEST.states(record.state).label, tone in ("ok", "shut")),
        record.is_late,
        day_short(due_of(record), actor.on),
        number(record.line_count),
        money(record.cost),
        money(record.granted_cost) if may_read else "–",
    )

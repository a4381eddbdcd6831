"""The steps of a request: submit, withdraw, send back, waive, allocate."""

from datetime import datetime

from planning.requests.actions.grants import record_granted, release
from planning.requests.actions.totals import ask_no_more
from planning.requests.models import ResourceRequest
from planning.requests.workflow import REQUEST
from sop_portal.foundation.organisation.models import User
from sop_portal.foundation.workflow.engine import step


@REQUEST.act("submit")
def submit(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Hand the request to the resource team."""
    with step(REQUEST, request, "submit", by=by, at=at, seen=seen, comment=comment):
        pass
    return request


@REQUEST.act("withdraw")
def withdraw(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Take the request back while no line is decided."""
    with step(REQUEST, request, "withdraw", by=by, at=at, seen=seen, comment=comment):
        pass
    return request


@REQUEST.act("send-back")
def send_back(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Return the request to its department; what was granted on it so far is released."""
    with step(REQUEST, request, "send-back", by=by, at=at, seen=seen, comment=comment) as locked:
        release(locked)
    return request


@REQUEST.act("waive")
def waive(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Excuse the department from asking this year."""
    with step(REQUEST, request, "waive", by=by, at=at, seen=seen, comment=comment) as locked:
        ask_no_more(locked)
    return request


@REQUEST.act("allocate")
def allocate(request: ResourceRequest, *, by: User, at: datetime, seen: int, comment: str = "") -> ResourceRequest:
    """Close the decisions on a request; from now on the department reads them."""
    with step(REQUEST, request, "allocate", by=by, at=at, seen=seen, comment=comment) as locked:
        record_granted(locked)
    return request

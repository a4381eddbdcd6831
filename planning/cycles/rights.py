"""Refusing early: who may not carry out a form is not shown what is wrong with it."""

from typing import Any

from sop_portal.foundation.kit.refusals import NotYours
from sop_portal.foundation.organisation.access import Request
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.checks import who_instead


def only_for(request: Request, can: Can, record: Any = None) -> None:
    """Refuse whoever may not do this, and name who can."""
    if not request.actor.may(can, record):
        raise NotYours(*who_instead(can, record, request.moment))

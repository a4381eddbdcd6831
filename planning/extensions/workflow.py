"""What may happen to a request for more time, on one screen."""

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from planning.cycles.queries import due_for
from planning.extensions.models import ExtensionRequest
from sop_portal.foundation.kit.formats import day_short
from sop_portal.foundation.organisation.roles import Can
from sop_portal.foundation.workflow.table import Missing, Step, Workflow

State = ExtensionRequest.State


def missing_to_grant(request: ExtensionRequest, at: datetime) -> list[Missing]:
    """An extension ends after the day the department has, and not in the past."""
    due_on, on = due_for(request.cycle, request.stage, request.department_id), request.cycle.day(at)
    if due_on is None or request.until_on <= due_on:
        day = day_short(request.until_on, on)
        return [Missing(gettext("The department has until %(day)s or longer.") % {"day": day})]
    if request.until_on < on:
        passed = gettext("%(day)s has passed. Refuse, and say which day to ask for.")
        return [Missing(passed % {"day": day_short(request.until_on, on)})]
    return []


EXTENSION_REQUEST = Workflow(
    kind="extension-request",
    model=ExtensionRequest,
    label=_("Request for more time"),
    states=State,
    initial=State.ASKED,
    created=_("asked for more time"),
    closed=frozenset({State.GRANTED, State.REFUSED, State.WITHDRAWN}),
    tones={State.ASKED: "sent", State.GRANTED: "ok", State.REFUSED: "no", State.WITHDRAWN: "shut"},
    steps=(
        Step(
            "grant", _("Grant more time"), [State.ASKED], State.GRANTED, by=Can.EXTEND_WINDOW,
            done=_("%(person)s granted more time"), stamps="decided", four_eyes=True, missing=missing_to_grant,
            says=_("The department’s deadline moves at once; everybody can read until when and why."),
            task=_("Decide on more time for %(department)s until %(day)s (%(stage)s %(year)s)"),
        ),
        Step(
            "refuse", _("Refuse"), [State.ASKED], State.REFUSED, by=Can.EXTEND_WINDOW,
            done=_("%(person)s refused more time"), stamps="decided", four_eyes=True, comment=True, awaited=False,
        ),
        Step(
            "withdraw", _("Withdraw"), [State.ASKED], State.WITHDRAWN, by=Can.ASK_EXTENSION,
            done=_("%(person)s withdrew the request for more time"), awaited=False,
        ),
    ),
)  # fmt: skip

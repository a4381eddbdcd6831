"""What may happen to a review meeting, on one screen."""

from django.utils.translation import gettext_lazy as _

from evaluations.meetings.models import Meeting
from sop_portal.organisation.roles import Can
from sop_portal.workflow.table import Step, Workflow

S = Meeting.State

MEETING = Workflow(
    kind="meeting",
    label=_("Review meeting"),
    states=S,
    initial=S.CALLED,
    closed=frozenset({S.HELD}),
    tones={S.CALLED: "sent", S.HELD: "ok"},
    editable=frozenset({S.CALLED}),
    steps=(
        Step(
            "hold", _("Close the minutes"), [S.CALLED], S.HELD, by=Can.HOLD_MEETING,
            done=_("%(person)s closed the minutes"), stamps="held", awaited=False,
        ),
    ),
)  # fmt: skip
